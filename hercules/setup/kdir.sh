# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Making Debian's header packages usable wherever they are unpacked. Sourced, never run.

# only NAME PATTERN [SUITE]: the one package that NAME depends on and that matches.
only() {
  hercules/setup/apt.sh ${3:+--suite "$3"} depends "$1" | grep -E -m 1 "$2" ||
    die "$1 no longer depends on any $2"
}

# make_kdir OUT RELEASE: what is unpacked in OUT/root becomes OUT/kdir, for make -C. The packages
# expect to lie in /usr; what points there becomes relative.
make_kdir() {
  local out=$1 release=$2 headers common dir name
  headers=$out/root/usr/src/linux-headers-$release
  # shellcheck disable=SC2016
  sed -i -E -e 's|^KBUILD_OUTPUT *= *|KBUILD_OUTPUT := |' \
    -e 's|/usr/src/|$(dir $(realpath $(lastword $(MAKEFILE_LIST))))../|' "$headers/Makefile"
  common=$(sed -nE 's|^include .*/(linux-headers-.*-common)/Makefile$|\1|p' "$headers/Makefile")
  [ -f "$out/root/usr/src/$common/Makefile" ] ||
    die "the Makefile of linux-headers-$release is not as expected"
  for dir in "$headers" "$out/root/usr/src/$common"; do
    for name in scripts tools; do
      if [ -L "$dir/$name" ]; then
        ln -sfn "../../lib/$(basename "$(dirname "$(readlink "$dir/$name")")")/$name" "$dir/$name"
      fi
    done
  done
  ln -s "root/usr/src/linux-headers-$release" "$out/kdir"

  # BTF for modules would need pahole, and nobody here reads it. Only make's copy of the option
  # goes: the C one decides the layout of struct module.
  sed -i '/^CONFIG_DEBUG_INFO_BTF_MODULES=/d' "$headers/include/config/auto.conf"
}
