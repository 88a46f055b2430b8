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
# What a SET consists of is remembered in the cache, so that asking again needs no network.
# A package may be written PKG/RELEASE or PKG:ARCH as for apt-get.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"

state=$top/build/apt
conf=$state/apt.conf
log=build/log/apt.log

# make may run several of us at once; what needs the state waits for it here.
lock() {
  mkdir -p "$state"
  exec 9>"$state/.lock"
  flock 9
}

codename() {
  # shellcheck source=/dev/null
  . /etc/os-release && echo "${VERSION_CODENAME:-}"
}

# The host's Debian mirrors, and backports from the mirror of the release itself.
sources() {
  local release=$1 uri suite component
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' "Created-By: Packages" |
    sort -u | grep -E " $release(-updates|-security|-backports)? main\$" |
    while read -r uri suite component; do
      echo "deb $uri $suite $component"
      [ "$suite" != "$release" ] || echo "deb $uri $release-backports main"
    done | sort -u
}

prepare() {
  local release
  release=$(codename)
  [ "$release" = bookworm ] || die "this needs Debian 12 (bookworm), not ${release:-an unknown system}"
  mkdir -p "$state/lists/partial" "$cache/debs/partial"
  : >"$state/status"
  sources "$release" >"$state/sources.list"
  [ -s "$state/sources.list" ] || die "apt knows no mirror of Debian $release"
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

# Lists are fetched once, when something is asked for that the cache does not have.
update() {
  [ -e "$state/.updated" ] && return
  with_progress "fetching the lists of the s390x packages" "$log" \
    apt-get -c "$conf" update >&2 || explain_apt "$log" "fetching package lists"
  # apt-get update calls a mirror that it could not reach a warning.
  if grep -qE '^(W|E): Failed to fetch' "$log"; then
    explain_apt "$log" "fetching package lists"
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

# names: what "apt-get --print-uris" says the files will be called.
names() { sed -nE "s/^'[^']+' ([^ ]+) .*/\1/p"; }

obtain() {
  local set=$1 request=$2 how=$3 names
  shift 3
  if remembered "$set" "$request"; then
    return
  fi
  lock
  update
  mkdir -p "$cache/debs/partial" "$cache/sets"
  names=$(apt_get "$how" --print-uris -qq "$@" 2>"$log" | names) || explain_apt "$log" "finding $*"
  [ -n "$names" ] || die "apt found no package for: $*"
  with_progress "fetching $(wc -w <<<"$names") packages for $set" "$log" apt_get "$how" "$@" >&2 ||
    explain_apt "$log" "fetching packages for $set"
  { echo "$request" && echo "$names"; } >"$cache/sets/$set.new"
  mv "$cache/sets/$set.new" "$cache/sets/$set"
  remembered "$set" "$request" || die "apt did not fetch all of: $names"
}

# apt itself fetches, so that proxies and credentials are the host's and checksums are checked.
apt_get() {
  local how=$1
  shift
  cd "$cache/debs"
  case $how in
    download) apt-get -c "$conf" download "$@" ;;
    install)
      apt-get -c "$conf" -o Dir::Cache::archives="$PWD" install --download-only -y "$@"
      ;;
  esac
}

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
  *) die "usage: apt.sh prepare|fetch|closure|depends ..." ;;
esac
