#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Unpacks the s390x packages of sysroot-packages.list into build/sysroot.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"

need_space 500
mapfile -t packages < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' hercules/setup/sysroot-packages.list)
files=$(hercules/setup/apt.sh closure sysroot "${packages[@]}")

say "unpacking $(wc -w <<<"$files") s390x packages"
root=build/sysroot.new
rm -rf "$root"
mkdir -p "$root"/usr/{bin,sbin,lib}
for dir in bin sbin lib; do
  ln -s "usr/$dir" "$root/$dir"
done
# dpkg -x would replace the links just made by directories.
for file in $files; do
  case ${file##*/} in
    # The cross compiler has its own, and this linker script names files by where they would be.
    libc6-dev_* | linux-libc-dev_*) continue ;;
  esac
  dpkg-deb --fsys-tarfile "$file" | tar -x -C "$root" --keep-directory-symlink --no-same-owner
done
rm -rf "$root"/usr/share/{doc,man,lintian} build/sysroot
mv "$root" build/sysroot
