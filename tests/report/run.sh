#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# run.sh [--root] RESULTS PREFIX WRAPPER PROGRAM...: runs GoogleTest programs one after the other
# and leaves PREFIX-NAME.json and PREFIX-NAME.status in the folder RESULTS. WRAPPER is a command
# that runs them, or empty. With --root they run as root, through sudo if need be.
#
# It fails only if a program cannot be run at all: what the tests say is the report's to judge.

set -euo pipefail

readonly limit=${TEST_LIMIT:-1500} # seconds, for one program, on a busy machine

root=()
if [ "$1" = --root ]; then
  shift
  [ "$(id -u)" -eq 0 ] || root=(sudo "--preserve-env=KERNEL,LAB_TEST_RESULTS")
fi
results=$1 prefix=$2
read -r -a wrapper <<<"$3"
shift 3

mkdir -p "$results"
export LAB_TEST_RESULTS=$results
export GTEST_COLOR=${GTEST_COLOR:-no}

for program; do
  name=$prefix-${program##*/}
  rm -f "$results/$name".{json,status}
  printf '  %-9s %s\n' TEST "$name"
  status=0
  # Only what failed is worth reading, but a tier that takes minutes shows that it lives.
  timeout --foreground --kill-after=20 "$limit" "${root[@]}" "${wrapper[@]}" "$program" \
    --gtest_output="json:$results/$name.json" </dev/null >"$results/$name.log" 2>&1 || status=$?
  echo "$status" >"$results/$name.status"
  if [ "$status" -ne 0 ]; then
    sed 's/^/    /' "$results/$name.log" | tail -n 200
    printf '  %-9s %s ended with status %s\n' TEST "$name" "$status"
  fi
done
