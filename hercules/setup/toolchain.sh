#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# toolchain.sh GCC SUITE: the cross compiler GCC (gcc-16, say) of a Debian suite, with its binutils,
# in build/toolchain/GCC. It runs with that suite's C library, whatever this machine has. The
# headers of a kernel know what their own compiler can do, so an older one does not get far.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=hercules/setup/foreign.sh
. "$(dirname "$0")/foreign.sh"

gcc=$1 suite=$2
out=build/toolchain/$gcc
if [ "$out/.ready" -nt "$0" ] && [ "$out/.ready" -nt hercules/setup/foreign.sh ]; then
  exit
fi

need_space 500
arch=$(dpkg --print-architecture)
if ! files=$(hercules/setup/apt.sh cached "$gcc"); then
  say "fetching $gcc of $suite"
  files=$(hercules/setup/apt.sh --suite "$suite" closure "$gcc" -o "APT::Architecture=$arch" \
    -o "APT::Architectures=$arch" "$gcc-s390x-linux-gnu")
fi

say "unpacking $gcc"
rm -rf "$out"
mkdir -p "$out"
for file in $files; do
  case ${file##*/} in
    # Libraries for programs; a kernel has none.
    *-cross_*) continue ;;
  esac
  dpkg-deb --fsys-tarfile "$file" | tar -x -C "$out" --no-same-owner \
    --exclude='lto1' --exclude='*lto-dump*' --exclude='*gcov*' --exclude='./usr/share'
done
run_with_libc_of "$out" "$out/usr"
"$out/usr/bin/s390x-linux-gnu-$gcc" --version | head -n 1
touch "$out/.ready"
