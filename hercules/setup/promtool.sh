#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# promtool, which checks metrics as Prometheus reads them, in build/promtool. Debian has it in the
# package of Prometheus, which would start a server on this machine: only the program is unpacked.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"

need_space 300
arch=$(dpkg --print-architecture)
file=$(hercules/setup/apt.sh fetch promtool "prometheus:$arch" | tail -n 1)
[ -r "$file" ] || die "apt fetched no package of prometheus"

say "unpacking promtool"
root=build/promtool.new
rm -rf "$root"
mkdir -p "$root"
dpkg-deb --fsys-tarfile "$file" | tar -x -C "$root" --no-same-owner ./usr/bin/promtool
mv "$root/usr/bin/promtool" "$root/promtool"
rm -rf "${root:?}/usr" build/promtool
mv "$root" build/promtool
build/promtool/promtool --version | head -n 1
