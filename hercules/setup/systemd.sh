#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# systemd-analyze in build/systemd, if this machine has none: a machine that does not run systemd
# shall not have it installed for a test.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"

out=build/systemd
rm -rf "$out"
mkdir -p "$out"
if program=$(command -v systemd-analyze); then
  ln -s "$program" "$out/systemd-analyze"
  exit
fi

arch=$(dpkg --print-architecture)
say "unpacking systemd-analyze"
for file in $(hercules/setup/apt.sh closure systemd "systemd:$arch"); do
  case ${file##*/} in
    # The host's own: they belong to its dynamic linker.
    libc6_*) continue ;;
    *_"$arch".deb) ;;
    *) continue ;;
  esac
  dpkg-deb --fsys-tarfile "$file" | tar -x -C "$out" --keep-directory-symlink --no-same-owner
done
cat >"$out/systemd-analyze" <<'RUN'
#!/bin/sh
# SPDX-License-Identifier: MIT
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH=$(echo "$here"/usr/lib/*-linux-gnu "$here"/lib/*-linux-gnu "$here"/lib/*-linux-gnu/systemd | tr ' ' :)
export LD_LIBRARY_PATH
exec "$here/usr/bin/systemd-analyze" "$@"
RUN
chmod +x "$out/systemd-analyze"
"$out/systemd-analyze" --version | head -n 1
