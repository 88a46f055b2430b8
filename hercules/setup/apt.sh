#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A private apt state under build/apt that speaks s390x: this machine's own mirrors, proxies and
# keys, but its own lists and no installed packages. Nothing of the host's apt or dpkg changes.
#
#   apt.sh prepare            make the state; fetches nothing
#   apt.sh fetch SET PKG...   have the .debs of PKG in the cache and print their paths
#   apt.sh closure SET PKG... the same, with all that they depend on; options of apt-get may precede
#   apt.sh cached SET         print the paths of a set that is already there
#   apt.sh depends PKG        print the names PKG depends on
#
# With --suite SUITE in front, all this for another suite of Debian, in a state of its own: it may be
# out of order, or gone, without harm to the rest.
#
# What a SET consists of is remembered in the cache, so that asking again needs no network.
# A package may be written PKG/RELEASE or PKG:ARCH as for apt-get.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"

state=$top/build/apt
suite=
readonly lock=$state/.lock

# make may run several of us at once; what needs a state, or fetches, waits here.
lock() {
  mkdir -p "$(dirname "$lock")"
  exec 9>"$lock"
  flock 9
}

codename() {
  # shellcheck source=/dev/null
  . /etc/os-release && echo "${VERSION_CODENAME:-}"
}

# mirrors RELEASE: what this machine has of it, as "URI SUITE".
mirrors() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' "Created-By: Packages" |
    sed -nE "s/^([^ ]+ $1(-updates|-security|-backports)?) main\$/\1/p" | sort -u
}

# sources RELEASE: the host's Debian mirrors, and backports from the mirror of the release itself.
sources() {
  mirrors "$1" | awk -v release="$1" '
    { print "deb", $1, $2, "main" }
    $2 == release { print "deb", $1, release "-backports", "main" }' | sort -u
}

# sources_of SUITE RELEASE: SUITE from where the host has its own RELEASE.
sources_of() {
  local archive=$2
  [[ $1 != *-security ]] || archive=$2-security
  mirrors "$2" | awk -v archive="$archive" -v suite="$1" '
    $2 == archive { print "deb", $1, suite, "main" }'
}

prepare() {
  local release
  release=$(codename)
  [ "$release" = bookworm ] || die "this needs Debian 12 (bookworm), not ${release:-an unknown system}"
  mkdir -p "$state/lists/partial" "$cache/debs/partial"
  : >"$state/status"
  if [ -n "$suite" ]; then
    sources_of "$suite" "$release" >"$state/sources.list"
  else
    sources "$release" >"$state/sources.list"
  fi
  [ -s "$state/sources.list" ] || die "apt knows no mirror of Debian ${suite:-$release}"
  cat >"$conf" <<CONF
APT::Architecture "s390x";
APT::Architectures { "s390x"; "$(dpkg --print-architecture)"; };
APT::Install-Recommends "0";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Dir::State "$state";
Dir::State::lists "$state/lists";
Dir::State::status "$state/status";
Dir::Cache "$state";
Dir::Etc::sourcelist "$state/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
#clear Acquire::IndexTargets::deb::DEP-11;
#clear Acquire::IndexTargets::deb::DEP-11-icons-small;
#clear Acquire::IndexTargets::deb::DEP-11-icons;
#clear DPkg::Post-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
}

explain_update() {
  if grep -q 'does not have a Release file' "$log"; then
    die "the mirror has no ${suite:-such release} (all of it: $log)"
  elif grep -q 'Mirror sync in progress' "$log"; then
    die "the mirror's lists do not fit together at the moment (all of it: $log)"
  fi
  explain_apt "$log" "fetching package lists"
}

# Lists are fetched when something is asked for that the cache does not have, and again when they
# are a day old: what they name leaves the mirrors.
update() {
  [ -z "$(find "$state/.updated" -mmin -1440 2>/dev/null)" ] || return 0
  with_progress "fetching the lists of the s390x packages${suite:+ of $suite}" "$log" \
    timeout 600 apt-get -c "$conf" update --allow-releaseinfo-change >&2 || explain_update
  # apt-get update calls a mirror that it could not reach a warning.
  if grep -qE '^(W|E): Failed to fetch' "$log"; then
    explain_update
  fi
  touch "$state/.updated"
}

# remembered SET [REQUEST]: print the files of the set, if all are in the cache and it was made for
# that request.
remembered() {
  local set=$cache/sets/$1 file
  [ -r "$set" ] || return 1
  [ $# -lt 2 ] || [ "$(head -n 1 "$set")" = "$2" ] || return 1
  tail -n +2 "$set" | while read -r file; do
    [ -r "$cache/debs/$file" ] || exit 1
    echo "$cache/debs/$file"
  done
}

obtain() {
  local set=$1 request=$2 how=$3 names
  shift 3
  if remembered "$set" "$request"; then
    return
  fi
  lock
  update
  mkdir -p "$cache/debs/partial" "$cache/sets"
  names=$(apt_get_names "$how" "$@" 2>"$log") || explain_apt "$log" "finding $*"
  [ -n "$names" ] || die "apt found no package for: $*"
  with_progress "fetching $(wc -w <<<"$names") packages for $set" "$log" apt_get "$how" "$@" >&2 ||
    explain_apt "$log" "fetching packages for $set"
  { echo "$request" && echo "$names"; } >"$cache/sets/$set.new"
  mv "$cache/sets/$set.new" "$cache/sets/$set"
  remembered "$set" "$request" || die "apt did not fetch all of: $names"
}

# apt itself fetches, so that proxies and credentials are the host's and checksums are checked.
apt_get() { apt_get_in "$cache/debs" "$@"; }

apt_get_in() {
  local how=$2
  cd "$1"
  shift 2
  case $how in
    download) apt-get -c "$conf" download "$@" ;;
    install)
      apt-get -c "$conf" -o Dir::Cache::archives="$PWD" install --download-only -y "$@"
      ;;
  esac
}

# What the files are called. An empty folder, for apt is silent about what is there already.
apt_get_names() {
  local none=$state/none how=$1
  shift
  mkdir -p "$none/partial"
  apt_get_in "$none" "$how" --print-uris -qq "$@" | sed -nE "s/^'[^']+' ([^ ]+) .*/\1/p"
}

if [ "${1:-}" = --suite ]; then
  case $2 in
    # The state knows these anyway.
    "$(codename)" | "$(codename)-backports") ;;
    *) suite=$2 state=$state/suites/$2 ;;
  esac
  shift 2
fi
readonly suite state conf=$state/apt.conf
log=build/log/apt${suite:+-$suite}.log
if [ -n "$suite" ]; then
  lock
  prepare
fi

command=${1:-}
shift || true
case $command in
  prepare) prepare ;;
  fetch) set=$1 && shift && obtain "$set" "fetch $*" download "$@" ;;
  cached) remembered "$1" ;;
  closure)
    set=$1 && shift
    obtain "$set" "closure $*" install "$@"
    ;;
  depends)
    lock
    update
    apt-cache -c "$conf" depends --no-recommends --no-suggests --no-conflicts --no-breaks \
      --no-replaces --no-enhances "$1" | sed -nE 's/^ *Depends: ([^ <]+).*/\1/p'
    ;;
  *) die "usage: apt.sh [--suite SUITE] prepare|fetch|closure|cached|depends ..." ;;
esac
