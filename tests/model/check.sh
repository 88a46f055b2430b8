#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# check.sh: checks the models exhaustively, and that each of their mutations fails. Prints a line
# for each, and closes as GoogleTest does, so that the results count with the others.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=${1:-build/model}
passed=0
failed=()

# search MODEL DEFINE...: errors found by an exhaustive search.
search() {
  local model=$1
  shift
  (
    cd "$work"
    spin -a "$@" "$here/$model.pml" >spin.log
    gcc -O2 -DSAFETY -DVECTORSZ=2048 -w -o pan pan.c
    ./pan -m1000000 >pan.log
    grep -q 'max search depth too small' pan.log && echo "$model: the search was not exhaustive" >&2 && exit 1
    sed -nE 's/.*errors: ([0-9]+).*/\1/p' pan.log
  )
}

# expect none|some MODEL DEFINE...
expect() {
  local want=$1 errors name found
  shift
  name="Model.$(IFS=_; echo "${*//-D/}" | sed 's/=//g')"
  echo "[ RUN      ] $name"
  errors=$(search "$@") || errors=
  case $errors in '') found=unknown ;; 0) found=none ;; *) found=some ;; esac
  if [ "$found" = "$want" ]; then
    passed=$((passed + 1))
    echo "[       OK ] $name"
  else
    failed+=("$name")
    echo "errors found: ${errors:-the model checker failed}; expected: $want"
    echo "[  FAILED  ] $name"
  fi
}

mkdir -p "$work"
expect none order -DWRITERS=2 -DEVENTS=2
expect none order -DWRITERS=3 -DEVENTS=1
for mutation in PENDING_LATE NO_BARRIER CLEAR_EARLY NOTIFY_LATE PENDING_FIRST; do
  expect some order -D$mutation
done
expect none ring -DSIZE=3
expect none ring -DSIZE=1
for mutation in OVERWRITE NO_STALE_CHECK; do
  expect some ring -D$mutation
done

echo "[==========] $((passed + ${#failed[@]})) tests from 2 models ran."
echo "[  PASSED  ] $passed tests."
if [ ${#failed[@]} -gt 0 ]; then
  echo "[  FAILED  ] ${#failed[@]} tests, listed below:"
  printf '[  FAILED  ] %s\n' "${failed[@]}"
  exit 1
fi
