#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# driver_coverage.sh DATA OBJECTS GOAL: which lines of the modules have run, file by file, and the
# sum of each module. DATA/*.tar are the .gcda files that guests have left, OBJECTS is where Kbuild has
# compiled the modules for them. A line has run if it has in one of the guests. It fails if one
# of the modules stays below GOAL percent.

set -euo pipefail

data=$1 objects=$2 goal=$3
readonly modules=(kevent s390_log tape_log)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# lines_of COUNTS NOTES: "FILE:LINE COUNT" for each line with code; COUNT is ##### if it never ran.
lines_of() {
  cp "$1" "$2" "$work/"
  (cd "$work" && s390x-linux-gnu-gcov --stdout "$(basename "$1")" 2>gcov.log) |
    awk -F: '$2 + 0 == 0 && $3 == "Source" { file = $4; next }
      { count = $1; gsub(/[ *]/, "", count); line = $2 + 0 }
      line > 0 && count != "-" { print file ":" line, count }' || {
    echo "driver_coverage.sh: $1 is not of these modules: run the tests again" >&2
    return 1
  }
}

for guest in "$data"/*.tar; do
  [ -e "$guest" ] || continue
  mkdir "$work/$(basename "$guest")"
  tar -x -C "$work/$(basename "$guest")" -f "$guest"
done

for module in "${modules[@]}"; do
  while read -r counts; do
    notes=$objects/$module/$(basename "$counts" .gcda).gcno
    [ -r "$notes" ] || continue
    lines_of "$counts" "$notes"
  done < <(find "$work"/*.tar -path "*/$module/*.gcda" ! -name '*.mod.gcda')
done | grep -E "driver/(.*/)?(kevent|s390_log|tape_log)/[^/]*\.[ch]:" >"$work/lines" || {
  echo "driver_coverage.sh: no guest has left counts in $data: make test-debug" >&2
  exit 1
}

awk -v goal="$goal" '
  { split($1, at, ":"); n = split(at[1], path, "/"); file = path[n - 1] "/" path[n]
    key = file ":" at[2]
    if (!(key in seen)) { seen[key] = 1; all[file]++ }
    if ($2 !~ /^[#=]/ && !(key in ran)) { ran[key] = 1; hit[file]++ } }
  function row(name, hits, lines) {
    return sprintf("%7.1f %%  %5d of %5d lines  %s", 100 * hits / lines, hits, lines, name) }
  END {
    command = "sort -k6"
    for (file in all) {
      print row(file, hit[file], all[file]) | command
      split(file, part, "/")
      lines[part[1]] += all[file]; hits[part[1]] += hit[file] }
    close(command)
    split("kevent s390_log tape_log", modules, " ")
    for (i in modules) if (!(modules[i] in lines)) below = below " " modules[i] " (never loaded)"
    for (module in lines) {
      print row(module ".ko", hits[module], lines[module]) | command
      if (100 * hits[module] < goal * lines[module]) below = below " " module }
    close(command)
    if (below != "") { print "below the goal of " goal " %:" below; exit 1 }
    print "goal: " goal " % of each module, reached" }' "$work/lines"
