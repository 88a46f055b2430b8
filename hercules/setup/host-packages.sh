#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Installs the Debian packages that this machine lacks, and nothing else. With all of them in
# place it needs neither root nor a network.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"

command -v dpkg-query >/dev/null 2>&1 || die "this is not Debian: dpkg-query is missing"

# stdin: a package list; stdout: those that are not installed
missing() {
  local package
  sed -e 's/#.*//' -e '/^[[:space:]]*$/d' | while read -r package; do
    case $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true) in
      ii*) ;;
      *) echo "$package" ;;
    esac
  done
}

list=${1:-hercules/setup/host-packages.list}
mapfile -t packages < <(missing <"$list")
[ "${#packages[@]}" -gt 0 ] || exit 0

need_space 4000
export DEBIAN_FRONTEND=noninteractive
log=build/log/host-packages.log
say "missing on this machine: ${packages[*]}"
with_progress "updating the package lists" "$log" as_root apt-get update ||
  explain_apt "$log" "updating the package lists"
with_progress "installing ${#packages[@]} packages" "$log" \
  as_root apt-get install -y --no-install-recommends "${packages[@]}" ||
  explain_apt "$log" "installing packages"
