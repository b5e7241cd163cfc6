#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that needs a GPU, in one run, ending in a short table.
#
#   tests/gpu/run_gpu_tests.sh BUILD_OR_BUNDLE_FOLDER [--sanitize] [--fidelity] [--bench] [--deep] [--only]
#
# The folder is a CMake build with CUDA, or what make_bundle.sh packed (for machines without Qt).
# --sanitize  compute-sanitizer's four tools over every kernel once, side by side
# --fidelity  transformers on the same card (Python with torch and transformers), small models and a
#             full-size one with random weights
# --bench     what users wait for, beside the limits of the card, on the same full-size checkpoint
# --deep      the same with prompts of 128K and 256K tokens (minutes)
# --only      without the tests that always run
# Logs go to the folder $FIRESIDE_LOGS (default: a new temporary one, named at the end), the full-size
# checkpoint (8 GB) to $FIRESIDE_RANDOM_MODEL or a temporary folder that is removed.
set -uo pipefail
folder=$(realpath "$1")
shift
cd "$(dirname "$0")/../.." || exit
logs=${FIRESIDE_LOGS:-$(mktemp -d -t fireside-gpu.XXXXXX)}
scratch=$(mktemp -d -t fireside-scratch.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$logs"
root=$folder
if [[ -f $folder/bundle.tar.xz ]]; then
  root=$scratch/bundle
  mkdir "$root"
  tar -C "$root" -xf "$folder/bundle.tar.xz"
  export LD_LIBRARY_PATH="$root/lib:${LD_LIBRARY_PATH:-}"
fi
# cuBLAS: the toolkit's, else the one that comes with PyTorch.
cublas=$(find -L /usr/local/cuda*/lib64 /usr/local/cuda*/targets/*/lib /opt -name 'libcublasLt.so.13' -print -quit 2>/dev/null)
if [[ -n $cublas ]]; then
  LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}:$(dirname "$cublas")"
  export LD_LIBRARY_PATH
fi
export FIRESIDE_TEST_DATA=$PWD/tests/data QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 QTEST_DISABLE_STACK_DUMP=1
export FIRESIDE_CUDA_LIBRARY=$root/lib/libfireside_cuda.so

table=()
record() { # name status seconds detail
  table+=("$(printf '%-24s %-9s %4ss  %s' "$1" "$2" "$3" "$4")")
}
summary() { # log
  grep -E '^Totals:|ERROR SUMMARY|RACECHECK SUMMARY' "$1" |
    awk '/^Totals:/ {p += $2; f += $4; s += $6} !/^Totals:/ {sub(/^=+ /, ""); e = $0} END {if (p + f + s) printf "%d passed, %d failed, %d skipped ", p, f, s; printf "%s", e}'
}
# $LIMIT seconds for a command; its output goes to a log of that name.
timed() { # name command...
  local name=$1 begin=$SECONDS
  shift
  timeout -s KILL "${LIMIT:-300}" "$@" >"$logs/$name.log" 2>&1
  echo "$? $((SECONDS - begin))" >"$logs/$name.end"
}
finish() { # name: the row of a command that ran in timed()
  local status seconds
  read -r status seconds <"$logs/$1.end"
  rm -f "$logs/$1.end"
  if [[ $status == 0 ]]; then
    record "$1" ok "$seconds" "$(summary "$logs/$1.log")"
    return 0
  fi
  [[ $status == 137 ]] && status="time"
  record "$1" "FAIL($status)" "$seconds" "$(summary "$logs/$1.log")"
  grep -E '^FAIL!|Loc:|FAILED|Error|error|hazard|terminate|fatal' "$logs/$1.log" | head -n 24
  tail -n 3 "$logs/$1.log"
  return 1
}
run() { # name command...
  timed "$@"
  finish "$1"
}
# A full-size checkpoint with random weights, made when first asked for.
random_model() {
  model=${FIRESIDE_RANDOM_MODEL:-$scratch/qwen3-4b-random}
  [[ -f $model/tokenizer.json ]] && return 0
  run checkpoint python3 tests/reference/make_random_checkpoint.py "$model" --tokenizer tests/data/tiny-qwen3
}
# racecheck is slow where blocks share memory, most of all over the draws: they have a row of their own.
sanitize() {
  local name
  local -A arguments=([memcheck]="" [synccheck]="" [initcheck]="" [racecheck]=products [racecheck_draws]=draws)
  for name in "${!arguments[@]}"; do
    # shellcheck disable=SC2086
    LIMIT=${SANITIZE_LIMIT:-200} timed "sanitize_$name" compute-sanitizer --tool "${name%_draws}" \
      --error-exitcode 9 "$root/bin/tst_kernels_cuda" --small ${arguments[$name]} &
  done
  wait
  for name in memcheck synccheck initcheck racecheck racecheck_draws; do finish "sanitize_$name"; done
}

nvidia-smi --query-gpu=name,driver_version,memory.free --format=csv,noheader 2>/dev/null
if [[ " $* " != *" --only "* ]]; then
  run cuda_loader "$root/bin/tst_cuda_loader"
  run kernels "$root/bin/tst_kernels_cuda"
  run runner "$root/bin/tst_cuda_runner"
  grep -h '^fidelity' "$logs/runner.log"
fi
for option in "$@"; do
  case $option in
  --only) ;;
  --sanitize) sanitize ;;
  --fidelity)
    random_model && run fidelity python3 tests/reference/fidelity_gpu.py tests/data \
      --cli "$root/bin/fireside-cli" --random "$model"
    grep -h '^fidelity' "$logs/fidelity.log"
    ;;
  --bench)
    run steps "$root/bin/bench_cuda" --idle && grep -E '^(first|idle|load)' "$logs/steps.log"
    random_model && LIMIT=420 run bench "$root/bin/fireside-cli" bench --model "$model" --device cuda
    cat "$logs/bench.log"
    ;;
  --deep)
    random_model && LIMIT=560 run bench_full "$root/bin/fireside-cli" bench --full --model "$model" --device cuda
    cat "$logs/bench_full.log"
    ;;
  *)
    echo "$option is not known" >&2
    exit 2
    ;;
  esac
done
echo "--- logs: $logs"
printf '%s\n' "${table[@]}"
[[ ! "${table[*]}" =~ FAIL ]]
