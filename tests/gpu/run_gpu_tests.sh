#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that needs a GPU, in one run of minutes, ending in a short table.
#
#   tests/gpu/run_gpu_tests.sh BUILD_OR_BUNDLE_FOLDER [--sanitize] [--fidelity] [--bench] [--deep] [--only]
#
# The folder is a CMake build with CUDA, which is brought up to date first (made, for the cards of this
# machine, where there is none), or what make_bundle.sh packed (for machines without Qt).
# --sanitize  compute-sanitizer's four tools over every kernel once, side by side
# --fidelity  transformers on the same card (Python with torch and transformers), small models and a
#             full-size one with random weights
# --bench     what users wait for, beside the limits of the card, on the same full-size checkpoint
# --deep      the same with prompts of 128K and 255K tokens (about three minutes)
# --only      without the tests that always run
# All of it takes about six minutes on one H200. Timings want a card that does nothing else.
# Logs go to the folder $FIRESIDE_LOGS (default: a new temporary one, named at the end), the full-size
# checkpoint (8 GB) to $FIRESIDE_RANDOM_MODEL or a temporary folder that is removed.
set -uo pipefail
if (($# == 0)); then
  sed -n '3,19s/^# \{0,1\}//p' "$0"
  exit 2
fi
folder=$(realpath -m "$1")
shift
cd "$(dirname "$0")/../.." || exit
if ! nvidia-smi --list-gpus >/dev/null 2>&1; then
  echo "nvidia-smi finds no GPU on this machine: there is nothing to test" >&2
  exit 1
fi
# shellcheck source=SCRIPTDIR/programs.sh
source tests/gpu/programs.sh
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
elif [[ -f $folder/CMakeCache.txt || ! -d $folder/bin ]]; then
  if [[ ! -f $folder/CMakeCache.txt ]]; then
    cards=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | sort -u |
      sed 's/\.//; s/^90$/90a/; s/$/-real/' | paste -sd ';')
    cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DFIRESIDE_CUDA=ON -DFIRESIDE_GUI=OFF \
      -DCMAKE_CUDA_ARCHITECTURES="$cards" || exit
  fi
  cmake --build "$folder" --target "${programs[@]}" || exit
fi
# cuBLAS: the toolkit's, else the one that comes with PyTorch.
cublas=$(find -L /usr/local/cuda*/lib64 /usr/local/cuda*/targets/*/lib /opt -name 'libcublasLt.so.13' -print -quit 2>/dev/null)
if [[ -n $cublas ]]; then
  LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}:$(dirname "$cublas")"
  export LD_LIBRARY_PATH
fi
export FIRESIDE_TEST_DATA=$PWD/tests/data QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 QTEST_DISABLE_STACK_DUMP=1
export FIRESIDE_CUDA_LIBRARY=$root/lib/libfireside_cuda.so

table=$logs/table.txt # kept even when the run is cut short
: >"$table"
record() { # name status seconds detail
  printf '%-28s %-9s %4ss  %s\n' "$1" "$2" "$3" "$4" >>"$table"
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
# Several timed commands at once, one row each, in the order of their names here.
together() { # names
  local name status=0
  wait "${jobs[@]}"
  jobs=()
  for name in "$@"; do finish "$name" || status=1; done
  return "$status"
}
# The kernel tests in parts, and whether the small shapes of the sanitizers reach the same kernels.
kernels() {
  local part parts=(dense attention sampling e4m3 borders prefill long bits matmul invariance)
  for part in "${parts[@]}"; do
    timed "kernels_$part" "$root/bin/tst_kernels_cuda" --part "$part" --kernels "$logs/$part.kernels" &
    jobs+=($!)
  done
  timed kernels_small "$root/bin/tst_kernels_cuda" --small --kernels "$logs/small.kernels" &
  jobs+=($!)
  together "${parts[@]/#/kernels_}" kernels_small
  (cd "$logs" && sort -u "${parts[@]/%/.kernels}") >"$logs/all.kernels"
  comm -23 "$logs/all.kernels" <(sort -u "$logs/small.kernels") >"$logs/kernels_missed.log"
  if [[ -s $logs/kernels_missed.log ]]; then
    record kernels_reached "FAIL" 0 "small shapes miss $(wc -l <"$logs/kernels_missed.log") kernels"
    cat "$logs/kernels_missed.log"
  else
    record kernels_reached ok 0 "small shapes launch all $(wc -l <"$logs/all.kernels") kernels"
  fi
}
# racecheck is slow where blocks share memory: its parts run side by side.
sanitize() {
  local name
  local -A part_of=([memcheck]="" [synccheck]="" [initcheck]="" [racecheck_products]=products
    [racecheck_attention]=attention [racecheck_draws]=draws)
  for name in "${!part_of[@]}"; do
    LIMIT=${SANITIZE_LIMIT:-240} timed "sanitize_$name" compute-sanitizer --tool "${name%_*}" \
      --error-exitcode 9 "$root/bin/tst_kernels_cuda" --small ${part_of[$name]:+--part "${part_of[$name]}"} &
    jobs+=($!)
  done
  together sanitize_{memcheck,synccheck,initcheck,racecheck_products,racecheck_attention,racecheck_draws}
}
# A full-size checkpoint with random weights, made beside the first tests.
model=${FIRESIDE_RANDOM_MODEL:-$scratch/qwen3-4b-random}
begin_random_model() {
  [[ -f $model/tokenizer.json ]] && return 0
  timed checkpoint python3 tests/reference/make_random_checkpoint.py "$model" --tokenizer tests/data/tiny-qwen3 &
  checkpoint=$!
}
random_model() {
  if [[ -n $checkpoint ]]; then
    wait "$checkpoint"
    checkpoint=""
    finish checkpoint
  fi
  [[ -f $model/tokenizer.json ]]
}

jobs=()
checkpoint=""
options=" $* "
for option in "$@"; do
  if [[ ! $option =~ ^--(only|sanitize|fidelity|bench|deep)$ ]]; then
    echo "$option is not known" >&2
    exit 2
  fi
done
asked() { [[ $options == *" --$1 "* ]]; }

nvidia-smi --query-gpu=name,driver_version,memory.free --format=csv,noheader 2>/dev/null
if asked fidelity || asked bench || asked deep; then begin_random_model; fi
if ! asked only; then
  run cuda_loader "$root/bin/tst_cuda_loader"
  kernels
  # Some of these need all of the card's memory.
  run runner "$root/bin/tst_cuda_runner"
  grep -h '^fidelity\|^fault' "$logs/runner.log"
fi
if asked sanitize; then sanitize; fi
if asked fidelity && random_model; then
  run fidelity python3 tests/reference/fidelity_gpu.py tests/data --cli "$root/bin/fireside-cli" --random "$model"
  grep -h '^fidelity' "$logs/fidelity.log"
fi
if asked bench; then
  run steps "$root/bin/bench_cuda" --quick
  run idle "$root/bin/bench_cuda" --idle
  grep -hE '^(card|load|matrix products|decode|prefill|batch-invariant  |first|idle)' "$logs/steps.log" "$logs/idle.log"
fi
# The deep bench has every row of the other one.
if asked deep && random_model; then
  LIMIT=400 run bench_full "$root/bin/fireside-cli" bench --full --model "$model" --device cuda
  cat "$logs/bench_full.log"
elif asked bench && random_model; then
  LIMIT=120 run bench "$root/bin/fireside-cli" bench --model "$model" --device cuda
  cat "$logs/bench.log"
fi
echo "--- $SECONDS s, logs: $logs"
cat "$table"
! grep -q FAIL "$table"
