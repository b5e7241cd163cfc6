# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# What the GPU tests run: read by run_gpu_tests.sh and make_bundle.sh.
programs=(tst_kernels_cuda tst_cuda_runner tst_cuda_loader bench_cuda bench_kernels fireside-cli)
