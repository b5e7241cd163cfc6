#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that needs a GPU, in one run, ending in a short table.
#
#   tests/gpu/run_gpu_tests.sh BUILD_OR_BUNDLE_FOLDER [--sanitize] [--fidelity] [--bench] [--deep]
#
# The folder is a CMake build with CUDA, or what make_bundle.sh packed (for machines without Qt).
# --sanitize adds compute-sanitizer over the kernel tests, --fidelity transformers on the same card,
# --bench the speed table. Logs go to the folder $FIRESIDE_LOGS
# (default: a new temporary one, named at the end).
set -uo pipefail
cd "$(dirname "$0")/../.."
folder=$1
shift
logs=${FIRESIDE_LOGS:-$(mktemp -d -t fireside-gpu.XXXXXX)}
root=$folder
if [[ -f $folder/bundle.tar.xz ]]; then
  root=$(mktemp -d -t fireside-bundle.XXXXXX)
  tar -C "$root" -xf "$folder/bundle.tar.xz"
  export LD_LIBRARY_PATH="$root/lib:${LD_LIBRARY_PATH:-}"
fi
# cuBLAS: the toolkit's, else the one that comes with PyTorch.
cublas=$(find -L /usr/local/cuda*/lib64 /usr/local/cuda*/targets/*/lib /opt -name 'libcublasLt.so.13' -print -quit 2>/dev/null)
if [[ -n $cublas ]]; then
  export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}:$(dirname "$cublas")"
fi
export FIRESIDE_TEST_DATA=$PWD/tests/data QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8
export FIRESIDE_CUDA_LIBRARY=$root/lib/libfireside_cuda.so

table=()
record() { # name status seconds detail
  table+=("$(printf '%-34s %-7s %6ss  %s' "$1" "$2" "$3" "$4")")
}
run() { # name command...
  local name=$1 begin=$SECONDS status=ok
  shift
  timeout "${LIMIT:-300}" "$@" >"$logs/$name.log" 2>&1 || status="FAIL($?)"
  local detail
  detail=$(grep -E '^Totals:|ERROR SUMMARY|RACECHECK SUMMARY' "$logs/$name.log" |
    awk '/^Totals:/ {p += $2; f += $4; s += $6} !/^Totals:/ {sub(/^=+ /, ""); e = $0} END {if (p + f + s) printf "%d passed, %d failed, %d skipped ", p, f, s; printf "%s", e}')
  record "$name" "$status" $((SECONDS - begin)) "$detail"
  if [[ $status != ok ]]; then
    grep -E '^FAIL!|Loc:|FAILED|Error|error|terminate|fatal' "$logs/$name.log" | head -n 24
    tail -n 3 "$logs/$name.log"
  fi
}

nvidia-smi --query-gpu=name,driver_version,memory.free --format=csv,noheader 2>/dev/null
run cuda_loader "$root/bin/tst_cuda_loader"
run kernels "$root/bin/tst_kernels_cuda"
run runner "$root/bin/tst_cuda_runner"
grep -h '^fidelity' "$logs/runner.log"
for option in "$@"; do
  case $option in
  --sanitize)
    # Small shapes only: the sanitizer is a hundred times slower.
    for tool in memcheck racecheck synccheck initcheck; do
      LIMIT=240 run "sanitize_$tool" compute-sanitizer --tool $tool --error-exitcode 9 \
        "$root/bin/tst_kernels_cuda" --small
    done
    ;;
  --fidelity) run fidelity_transformers python3 tests/reference/fidelity_gpu.py tests/data && grep -h '^fidelity' "$logs/fidelity_transformers.log" ;;
  --bench) LIMIT=420 run bench "$root/bin/bench_cuda" && cat "$logs/bench.log" ;;
  --deep) LIMIT=560 run bench_deep "$root/bin/bench_cuda" --deep && cat "$logs/bench_deep.log" ;;
  esac
done
echo "--- logs: $logs"
printf '%s\n' "${table[@]}"
[[ ! "${table[*]}" =~ FAIL ]]
