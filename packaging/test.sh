#!/usr/bin/env bash
# Builds everything and runs all tests: ./packaging/test.sh [CTEST OPTION...]
# Installs what is missing first, as run.sh does. Works from a clean clone; needs no GPU and no display.
set -euo pipefail
cd "$(dirname "$0")/.."

packaging/dependencies.sh test

# CUDA code is compiled where nvcc is found, in a new folder for two architectures only: a test run need not wait for six.
cuda=()
if [ ! -f build/release/build.ninja ]; then cuda=("-DCMAKE_CUDA_ARCHITECTURES=80-real;90a-real"); fi
# shellcheck disable=SC2086  # several options in one variable
cmake --preset release "${cuda[@]}" ${FIRESIDE_CMAKE_ARGS:-}
cmake --build --preset release
QT_QPA_PLATFORM=offscreen ctest --preset release -j "$(nproc)" --no-tests=error "$@"
