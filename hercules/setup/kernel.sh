#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# kernel.sh 6.1|6.12: Debian's stock s390x kernel in build/kernel/VERSION:
#
#   vmlinuz, config     as packaged (its System.map is only a stub)
#   release             what uname -r will say
#   modules/            its modules as one tree, not compressed, with modules.dep
#   kdir                for make -C build/kernel/VERSION/kdir M=... ARCH=s390

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=hercules/setup/kdir.sh
. "$(dirname "$0")/kdir.sh"

version=$1
case $version in
  6.1) suffix= ;;
  6.12) suffix=/bookworm-backports ;;
  *) die "no kernel $version: 6.1 or 6.12" ;;
esac
apt=hercules/setup/apt.sh

# The metapackages name the current ABI, whose own packages name the rest.
resolve() {
  local image headers common kbuild
  image=$(only "linux-image-s390x$suffix" '^linux-image-') || return
  headers=$(only "linux-headers-s390x$suffix" '^linux-headers-') || return
  common=$(only "$headers$suffix" '^linux-headers-.*common$') || return
  kbuild=$(only "$headers$suffix" '^linux-kbuild-') || return
  # The build tools in linux-kbuild run on this machine.
  $apt fetch "kernel-$version" "$image$suffix" "$headers$suffix" "$common$suffix" \
    "$kbuild:$(dpkg --print-architecture)$suffix"
}

need_space 1500
if ! files=$($apt cached "kernel-$version"); then
  files=$(resolve)
fi

say "unpacking Linux $version"
out=build/kernel/$version
rm -rf "$out"
mkdir -p "$out/root"
for file in $files; do
  dpkg-deb -x "$file" "$out/root"
done

release=$(basename "$(echo "$out"/root/lib/modules/*-s390x)")
echo "$release" >"$out/release"
for file in vmlinuz config; do
  mv "$out/root/boot/$file-$release" "$out/$file"
done
mv "$out/root/lib/modules/$release" "$out/modules"
find "$out/modules" -name '*.ko.xz' -print0 | xargs -0 -r xz -d
mkdir -p "$out/depmod/lib/modules"
ln -s ../../../modules "$out/depmod/lib/modules/$release"
depmod -b "$out/depmod" "$release"

make_kdir "$out" "$release"
