#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# systemd-analyze in build/systemd, and a journald with what reads and writes it, for `make bench`: the
# machine's own, or unpacked there. A machine that does not run systemd shall not have it installed
# for a test.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"

readonly programs=(usr/bin/systemd-analyze usr/bin/systemd-cat bin/journalctl
  lib/systemd/systemd-journald)
out=build/systemd
rm -rf "$out"
mkdir -p "$out"
if [ -x /usr/bin/systemd-analyze ] && [ -x /lib/systemd/systemd-journald ]; then
  for program in "${programs[@]}"; do
    ln -s "/$program" "$out/"
  done
  exit
fi

arch=$(dpkg --print-architecture)
say "unpacking systemd"
for file in $(hercules/setup/apt.sh closure systemd "systemd:$arch"); do
  case ${file##*/} in
    # The host's own: they belong to its dynamic linker.
    libc6_*) continue ;;
    *_"$arch".deb) ;;
    *) continue ;;
  esac
  dpkg-deb --fsys-tarfile "$file" | tar -x -C "$out" --keep-directory-symlink --no-same-owner
done
for program in "${programs[@]}"; do
  cat >"$out/${program##*/}" <<RUN
#!/bin/sh
# SPDX-License-Identifier: MIT
here=\$(dirname "\$(readlink -f "\$0")")
LD_LIBRARY_PATH=\$(echo "\$here"/usr/lib/*-linux-gnu "\$here"/usr/lib/*-linux-gnu/systemd "\$here"/lib/*-linux-gnu "\$here"/lib/*-linux-gnu/systemd | tr ' ' :)
export LD_LIBRARY_PATH
exec "\$here/$program" "\$@"
RUN
  chmod +x "$out/${program##*/}"
done
"$out/systemd-analyze" --version | head -n 1
