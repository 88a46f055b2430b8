#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# run.sh TARGET SECONDS: libFuzzer on one target. Its log is build/fuzz/TARGET.log; an input that
# shows a fault is build/fuzz/TARGET-crash-*, and goes to tests/fuzz/corpus/TARGET with the fix.

set -euo pipefail

target=$1 seconds=$2
log=build/fuzz/$target.log

printf '  %-9s %s for %s s\n' FUZZ "$target" "$seconds"
if ! "build/fuzz/bin/$target" -max_total_time="$seconds" -max_len=16384 -timeout=20 \
  -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="build/fuzz/$target-" \
  "build/fuzz/corpus/$target" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
  tail -n 40 "$log"
  echo "fuzz: $target has found a fault: $log" >&2
  exit 1
fi
awk -v target="$target" '/^stat::number_of_executed_units/ { executed = $2 }
  /^stat::peak_rss_mb/ { rss = $2 } / cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
  END { printf "  %-9s %s: %d inputs, %d places reached, %d MB at most, no fault\n", "", target, executed, cov, rss }' "$log"
