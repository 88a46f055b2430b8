#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# rsyslog with TLS, and syslog-ng, in build/syslog: the servers that tests send to. The host's own
# rsyslog, if any, stays as it is; syslog-ng cannot be installed beside it, and would start.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"

need_space 300
arch=$(dpkg --print-architecture)
root=build/syslog.new

# unpack NAME PACKAGE...: into a folder of its own, with the libraries it needs.
unpack() {
  local name=$1 files file
  shift
  files=$(hercules/setup/apt.sh closure "$name" "${@/%/:$arch}")
  say "unpacking $name"
  mkdir -p "$root/$name/usr/lib"
  ln -s usr/lib "$root/$name/lib"
  for file in $files; do
    case ${file##*/} in
      # The host's own: they belong to its dynamic linker.
      libc6_*) continue ;;
      *_"$arch".deb | *_all.deb) ;;
      # What packages for all architectures depend on comes for the state's own, s390x.
      *) continue ;;
    esac
    dpkg-deb --fsys-tarfile "$file" |
      tar -x -C "$root/$name" --keep-directory-symlink --no-same-owner
  done
  rm -rf "$root/$name"/usr/share/{doc,man,lintian,locale}
}

# program NAME COMMAND...: a script that runs it with those libraries.
program() {
  cat >"$root/bin/${2##*/}" <<RUN
#!/bin/sh
# SPDX-License-Identifier: MIT
here=\$(dirname "\$(readlink -f "\$0")")/../$1
LD_LIBRARY_PATH=\$(echo "\$here"/usr/lib/*-linux-gnu):\$here/usr/lib/syslog-ng
export LD_LIBRARY_PATH
exec "\$here/$2" ${*:3} "\$@"
RUN
  chmod +x "$root/bin/${2##*/}"
}

rm -rf "$root"
mkdir -p "$root/bin"
unpack rsyslog rsyslog rsyslog-openssl
unpack syslog-ng syslog-ng-core
# shellcheck disable=SC2016
program rsyslog usr/sbin/rsyslogd -M '"$(echo "$here"/usr/lib/*-linux-gnu/rsyslog)"'
# shellcheck disable=SC2016
program syslog-ng usr/sbin/syslog-ng --module-path='"$(echo "$here"/usr/lib/syslog-ng/[0-9]*)"'
rm -rf build/syslog
mv "$root" build/syslog
build/syslog/bin/rsyslogd -v | head -n 1
build/syslog/bin/syslog-ng --version | head -n 1
