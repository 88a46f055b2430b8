#!/bin/bash
# SPDX-License-Identifier: MIT
#
# kbuild.sh KERNEL [WORD...]: cross-builds the modules for one of build/kernel/*
# into build/driver/KERNEL. Kbuild writes beside its sources, so they are linked
# there first. Further words go to make: C=2 runs sparse.
#
# KERNEL may also be headers/SUITE, for one of build/headers/*. The variable OUT
# names another folder to build in, TARGET one file to make instead of all.
set -euo pipefail

kernel=$1
shift
top=$(pwd)
out=$(realpath -m "${OUT:-build/driver/$kernel}")
case $kernel in
headers/*) home=$top/build/$kernel ;;
*) home=$top/build/kernel/$kernel ;;
esac
# Headers may want a compiler that this machine has not.
PATH=$home/bin:$PATH

mkdir -p "$out"
find "$out" -type l -delete
# link FROM TO: the sources below FROM appear below TO.
link() {
	(cd "$1" && find . -type f \( -name '*.[ch]' -o -name Kbuild \) -printf '%P\n') |
		while read -r file; do
			mkdir -p "$2/$(dirname "$file")"
			ln -s "$top/$1/$file" "$2/$file"
		done
}
link driver "$out"
link tests/guest/modules "$out/test"

# BTF is not made for modules, so it is no matter which pahole there is.
pahole=$(sed -n 's/^CONFIG_PAHOLE_VERSION=//p' "$home/kdir/include/config/auto.conf")

log=$out/build.log
if ! make -C "$home/kdir" M="$out" ARCH=s390 CROSS_COMPILE=s390x-linux-gnu- \
	PAHOLE_VERSION="$pahole" S390_LOG_TOP="$top" S390_LOG_TEST=1 W=1 KCFLAGS=-Werror \
	-j"$(nproc)" "$@" "${TARGET:-modules}" >"$log" 2>&1; then
	cat "$log" >&2
	echo "kbuild.sh: the modules do not build against kernel $kernel; the log is $log" >&2
	exit 1
fi
grep -nE 'warning|error:' "$log" >&2 || true
