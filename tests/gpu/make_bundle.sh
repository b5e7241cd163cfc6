#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Packs the GPU tests of a build folder with the libraries they need, for a machine that has a GPU and
# cuBLAS but no Qt: make_bundle.sh BUILD_FOLDER OUTPUT_FOLDER. There: tests/gpu/run_gpu_tests.sh OUTPUT_FOLDER
set -euo pipefail
build=$1
out=$2
# shellcheck source=SCRIPTDIR/programs.sh
source "$(dirname "$0")/programs.sh"
mkdir -p "$out"
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/bin" "$stage/lib"
for name in "${programs[@]}"; do
  if [[ -x $build/bin/$name ]]; then
    cp "$build/bin/$name" "$stage/bin/"
    strip "$stage/bin/$name"
  fi
done
cp "$build/lib/libfireside_cuda.so" "$stage/lib/"
strip --strip-unneeded "$stage/lib/libfireside_cuda.so"
# The C and C++ runtimes and cuBLAS are the other machine's own.
ldd "$stage"/bin/* "$stage"/lib/* | awk '$2 == "=>" && $3 ~ /^\// {print $3}' | sort -u |
  grep -vE '/(libc|libm|libdl|librt|libpthread|libstdc\+\+|libgcc_s|ld-linux[^/]*|libcublas[^/]*|libcublasLt)\.so' |
  xargs -I{} cp -L {} "$stage/lib/"
tar -C "$stage" -c . | xz -T2 -3 >"$out/bundle.tar.xz"
ls -l "$out/bundle.tar.xz"
