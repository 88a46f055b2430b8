# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the set-up scripts share: messages, progress, and clear ends. Sourced, never run.

set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export LC_ALL=C.UTF-8
cd "$top"

cache=$(realpath -m "${CACHE:-build/cache}")
readonly top cache

say() { printf '  %-9s %s\n' SETUP "$*"; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# as_root COMMAND... runs it as it is, or through sudo.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    die "this needs root, and there is no sudo: $*"
  fi
}

# with_progress WHAT LOG COMMAND... keeps the output in LOG and says every few seconds that the
# work goes on. Its status is the command's.
with_progress() {
  local what=$1 log=$2 start=$SECONDS pid status=0
  shift 2
  mkdir -p "$(dirname "$log")"
  say "$what"
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  local next=10
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if [ $((SECONDS - start)) -ge "$next" ]; then
      say "$what: $((SECONDS - start)) s, $(last_line "$log")"
      next=$((next + 10))
    fi
  done
  wait "$pid" || status=$?
  return "$status"
}

last_line() { tail -c 400 "$1" | tr '\r' '\n' | grep . | tail -n 1 | cut -c1-100 || true; }

# need_space MEGABYTES: better said before than found out in the middle.
need_space() {
  local have
  mkdir -p build
  have=$(df -Pm build | awk 'NR == 2 { print $4 }')
  [ "$have" -ge "$1" ] || die "not enough disk space under $top/build: $1 MB needed, $have MB free"
}

# explain_apt LOG WHAT turns the usual reasons for which apt fails into one sentence.
explain_apt() {
  local log=$1 what=$2
  tail -n 5 "$log" >&2 || true
  if grep -qiE 'no space left' "$log"; then
    die "$what: no space left on the disk (all of it: $log)"
  elif grep -qE 'Unable to locate package|has no installation candidate|No packages found|404 ' "$log"; then
    die "$what: a package is gone from the mirrors (all of it: $log)"
  elif grep -qiE 'temporary failure|could not (resolve|connect)|unable to connect|timed out' "$log"; then
    die "$what: no network, and not all is in $cache (all of it: $log)"
  elif grep -qE 'Could not get lock|Unable to acquire' "$log"; then
    die "$what: another package manager is running (all of it: $log)"
  fi
  die "$what failed (all of it: $log)"
}
