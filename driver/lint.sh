#!/bin/bash
# SPDX-License-Identifier: MIT
#
# lint.sh KERNEL...: checkpatch over the kernel's side of the sources; sparse and gcc's analyzer
# while building it for each kernel. checkpatch is only in Debian's package of the kernel source.
set -euo pipefail

source_package=linux-source-6.1
checkpatch=build/lint/scripts/checkpatch.pl

readonly ignore=CONSTANT_COMPARISON
# Address 0 is no fault of a kernel for s390: what a CPU has for itself begins there.
readonly analyze='-Werror -fanalyzer -Wno-analyzer-null-dereference'

if [ ! -x "$checkpatch" ]; then
	deb=$(hercules/setup/apt.sh fetch "$source_package" "$source_package")
	mkdir -p build/lint
	dpkg-deb --fsys-tarfile "$deb" |
		tar -x -O "./usr/src/$source_package.tar.xz" |
		tar -x -J -C build/lint --strip-components=1 \
			"$source_package/scripts/checkpatch.pl" "$source_package/scripts/spelling.txt" \
			"$source_package/scripts/const_structs.checkpatch"
fi

mapfile -t files < <(find driver include/linux include/uapi -name '*.[ch]')
if ! "$checkpatch" --no-tree --strict --quiet --terse --max-line-length=100 --ignore "$ignore" \
	-f "${files[@]}" >build/lint/checkpatch.log; then
	grep -v '^total: 0 errors, 0 warnings, 0 checks' build/lint/checkpatch.log
	exit 1
fi

for kernel in "$@"; do
	out=build/lint/modules/$kernel
	OUT=$out driver/kbuild.sh "$kernel" C=2 KCFLAGS="$analyze"
	if grep -nE '(warning|error):' "$out/build.log"; then
		exit 1
	fi
done
