#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Debian's rsyslogd for the guest, in build/guest-rsyslog.tar: `make bench` puts it into a guest beside
# logd, to compare the two. It is no part of the guest's image.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"

root=build/guest-rsyslog.new
files=$(hercules/setup/apt.sh closure guest-rsyslog rsyslog)
say "unpacking rsyslog for the guest"
rm -rf "$root"
mkdir -p "$root/unpacked" "$root/rsyslog/modules"
for file in $files; do
  case ${file##*/} in
    # The guest's own: they belong to its dynamic linker.
    libc6_* | libgcc* | gcc-*) continue ;;
  esac
  dpkg-deb --fsys-tarfile "$file" | tar -x -C "$root/unpacked" --no-same-owner
done
cp "$root"/unpacked/usr/sbin/rsyslogd "$root/rsyslog/"
find "$root/unpacked" -name '*.so.*' -exec cp -P {} "$root/rsyslog/" \;
cp "$root"/unpacked/usr/lib/s390x-linux-gnu/rsyslog/{imkmsg,lmnet}.so "$root/rsyslog/modules/"
tar -C "$root" -c -f build/guest-rsyslog.tar.new rsyslog
mv build/guest-rsyslog.tar.new build/guest-rsyslog.tar
rm -rf "$root"
