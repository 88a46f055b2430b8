#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# headers.sh SUITE: the kernel headers of a Debian suite in build/headers/SUITE, to compile against:
#
#   release             what uname -r would say
#   kdir                for make -C build/headers/SUITE/kdir M=... ARCH=s390
#   common              the headers that all flavours of this kernel share
#   bin                 to be in front of PATH; nothing in it if this machine's compiler will do
#   unavailable         instead of all this: why the suite cannot be had. That is no failure: suites
#                       come and go. An hour later it is tried again.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=hercules/setup/foreign.sh
. "$(dirname "$0")/foreign.sh"
# shellcheck source=hercules/setup/kdir.sh
. "$(dirname "$0")/kdir.sh"

readonly limit=600 # seconds, for one download

suite=$1
apt=hercules/setup/apt.sh
set=headers-$suite
out=build/headers/$suite
log=build/log/headers-$suite.log

up_to_date() {
  local script
  for script in headers kdir foreign toolchain; do
    [ "$out/.ready" -nt "hercules/setup/$script.sh" ] || return 1
  done
}

# Why is in the log.
unavailable() {
  rm -rf "$out"
  mkdir -p "$out"
  sed -n 's/^error: //p' "$log" | head -n 1 >"$out/unavailable"
  [ -s "$out/unavailable" ] || echo "nothing within $limit s; see $log" >"$out/unavailable"
  skip
}

skip() {
  say "no kernel headers of $suite: $(cat "$out/unavailable")"
  exit 0
}

resolve() {
  local headers common kbuild
  headers=$(only "linux-headers-s390x/$suite" '^linux-headers-' "$suite") || return
  common=$(only "$headers" '^linux-headers-.*common$' "$suite") || return
  kbuild=$(only "$headers" '^linux-kbuild-' "$suite") || return
  timeout "$limit" $apt --suite "$suite" fetch "$set" "$headers" "$common" \
    "$kbuild:$(dpkg --print-architecture)"
}

# The compiler comes from the release that the suite adds to.
compiler() {
  local release=${suite%%-*}
  [ "$suite" != experimental ] || release=sid
  timeout "$limit" hercules/setup/toolchain.sh "$1" "$release"
}

unpack() {
  local file
  rm -rf "$out" "build/driver/headers/$suite"
  mkdir -p "$out/root" "$out/bin"
  for file in "$@"; do
    dpkg-deb --fsys-tarfile "$file" | tar -x -C "$out/root" --no-same-owner \
      --no-wildcards-match-slash --exclude='./usr/src/*/arch/[!s]*' \
      --exclude='./usr/src/*/arch/s[!3]*' --exclude='./usr/share' --exclude=vmlinux \
      --exclude=dt-bindings
  done
  ln -s "$(realpath --relative-to="$out" "$out"/root/usr/src/linux-headers-*-common)" "$out/common"
  release=$(basename "$(echo "$out"/root/usr/src/linux-headers-*-s390x)")
  release=${release#linux-headers-}
  make_kdir "$out" "$release"
  echo "$release" >"$out/release"
}

if up_to_date; then
  exit
elif [ -n "$(find "$out/unavailable" -mmin -60 2>/dev/null)" ]; then
  skip
fi

need_space 300
mkdir -p "$(dirname "$log")"
if ! files=$($apt cached "$set"); then
  say "fetching the kernel headers of $suite"
  files=$(resolve 2>"$log") || unavailable
fi
say "unpacking the kernel headers of $suite"
# shellcheck disable=SC2086
unpack $files

gcc=$(sed -nE 's/^CC = .*\$\(CROSS_COMPILE\)(gcc-[0-9]+)$/\1/p' "$out/kdir/.kernelvariables")
[ -n "$gcc" ] || die "the headers of $suite do not name their compiler"
if ! command -v "s390x-linux-gnu-$gcc" >/dev/null; then
  compiler "$gcc" 2>"$log" || unavailable
  rmdir "$out/bin"
  ln -s "../../toolchain/$gcc/usr/bin" "$out/bin"
  run_with_libc_of "build/toolchain/$gcc" "$out/root/usr/lib"
fi
touch "$out/.ready"
