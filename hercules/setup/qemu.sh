#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# qemu-system-s390x of bookworm-backports in build/qemu, with the libraries it needs; the host's own
# QEMU, if any, stays as it is.
#
# Why not bookworm's 7.2: until 8.2 TCG forgets only one byte's translations when a guest fills or
# copies a block of memory (MVC, XC). A page that held one kernel module and then another ran a
# mixture of both: some ten times modprobe and rmmod, and the guest's kernel died.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"

need_space 500
arch=$(dpkg --print-architecture)
files=$(hercules/setup/apt.sh closure qemu -t bookworm-backports "qemu-system-s390x:$arch")

say "unpacking QEMU"
root=build/qemu.new
rm -rf "$root"
mkdir -p "$root/usr/lib"
ln -s usr/lib "$root/lib"
for file in $files; do
  case ${file##*/} in
    # The host's own: they belong to its dynamic linker.
    libc6_*) continue ;;
    *_"$arch".deb | *_all.deb) ;;
    # What packages for all architectures depend on comes for the state's own, s390x.
    *) continue ;;
  esac
  dpkg-deb --fsys-tarfile "$file" | tar -x -C "$root" --keep-directory-symlink --no-same-owner
done
rm -rf "$root"/usr/share/{doc,man,lintian,locale} build/qemu

cat >"$root/qemu-system-s390x" <<'RUN'
#!/bin/sh
# SPDX-License-Identifier: MIT
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH=$(echo "$here"/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
exec "$here/usr/bin/qemu-system-s390x" -L "$here/usr/share/qemu" "$@"
RUN
chmod +x "$root/qemu-system-s390x"
mv "$root" build/qemu
build/qemu/qemu-system-s390x --version | head -n 1
