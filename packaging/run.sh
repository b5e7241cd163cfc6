#!/usr/bin/env bash
# Builds Fireside and opens its window: ./packaging/run.sh [FILE...]
# On a fresh Debian 12 or Ubuntu 24.04 it installs what is missing first (as root or with sudo). FILEs are attached to
# a new conversation. Without a display it does the main job in the terminal instead: it summarises the FILEs, or
# the sample document that comes with Fireside. FIRESIDE_CMAKE_ARGS adds options to the configuration.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
build=build/release

files=()
for file in "$@"; do
  case "$file" in
    -*) files+=("$file") ;;
    *) files+=("$(cd "$OLDPWD" && realpath -- "$file")") ;;
  esac
done

packaging/dependencies.sh build

# Configures again where options are given, where test.sh was first (kernels for two kinds of card only), and where nvcc
# has come since.
found() { grep -q "$1" "$build/CMakeCache.txt"; }
forget=()
if [ -f "$build/build.ninja" ]; then
  if found '^CMAKE_CUDA_ARCHITECTURES:.*=80-real;90a-real$'; then forget+=(-UCMAKE_CUDA_ARCHITECTURES); fi
  if found '^CMAKE_CUDA_COMPILER:.*NOTFOUND$' && { command -v nvcc || [ -x /usr/local/cuda/bin/nvcc ]; } > /dev/null; then
    forget+=(-UCMAKE_CUDA_COMPILER)
  fi
fi
if [ ! -f "$build/build.ninja" ] || [ -n "${forget[*]}${FIRESIDE_CMAKE_ARGS:-}" ]; then
  # shellcheck disable=SC2086  # several options in one variable
  cmake --preset release "${forget[@]}" ${FIRESIDE_CMAKE_ARGS:-}
fi
# Quiet when there is nothing to do; progress when there is.
targets=(fireside fireside-cli fireside-document-helper)
if [[ $(ninja -C "$build" -n "${targets[@]}") != *"no work to do"* ]]; then
  echo "fireside: building; the first time this takes some minutes"
  ninja -C "$build" "${targets[@]}"
fi

if [ -z "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ] && [ -z "${QT_QPA_PLATFORM:-}" ]; then
  echo "fireside: no display found (DISPLAY and WAYLAND_DISPLAY are not set), so here is the main job in the terminal."
  if [ ${#files[@]} -eq 0 ]; then files=("$root/resources/samples/fireside-sample.pdf"); fi
  exec "$build/bin/fireside-cli" summarize "${files[@]}"
fi
exec "$build/bin/fireside" "${files[@]}"
