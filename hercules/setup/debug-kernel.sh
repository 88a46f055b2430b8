#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# debug-kernel.sh NAME: a kernel for debugging, of Debian's linux-source-6.1 with the options of
# debug-kernel/base.config and debug-kernel/NAME.config, in build/kernel/NAME, as kernel.sh makes
# its own. What makes it complain of itself is mended by debug-kernel/*.patch.
#
#   vmlinuz, config     what boots, and what it was made with
#   release             what uname -r will say
#   modules/            its modules as one tree, with modules.dep
#   kdir                for make -C build/kernel/NAME/kdir M=... ARCH=s390
#
# The sources lie in build/debug-kernel/source, for all NAMEs. On two cores one takes some 5 minutes.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"

readonly limit=10800 # seconds, for the build; a busy machine has taken an hour
name=$1
options=hercules/setup/debug-kernel
source=build/debug-kernel/source
work=build/debug-kernel/$name
out=build/kernel/$name
log=build/log/debug-kernel-$name.log
[ -r "$options/$name.config" ] || die "no kernel $name: there is no $options/$name.config"

# The same sources and options give the same kernel.
export ARCH=s390 CROSS_COMPILE=s390x-linux-gnu- KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=s390-log \
  KBUILD_BUILD_HOST=s390-log

# These are called where errexit does not hold.
unpack() {
  local package=$1 root=build/debug-kernel/unpacked from patch
  from="$package $(cat $options/*.patch | sha256sum)"
  [ "$(cat "$source.from" 2>/dev/null)" != "$from" ] || return 0
  rm -rf "$source" "$source.from" "$root"
  mkdir -p "$root" "$source" &&
    dpkg-deb -x "$package" "$root" &&
    tar -x -C "$source" --strip-components=1 -f "$root/usr/src/linux-source-6.1.tar.xz" &&
    rm -rf "$root" || return
  for patch in "$options"/*.patch; do
    patch -d "$source" -p1 <"$patch" || return
  done
  echo "$from" >"$source.from"
}

# The last word on an option is what counts.
configure() {
  mkdir -p "$work" &&
    make -s -C "$source" O="$top/$work" tinyconfig &&
    cat "$options/base.config" "$options/$name.config" >>"$work/.config" &&
    make -s -C "$source" O="$top/$work" olddefconfig
}

# An option is there or it is not; what is "not set" may also not be known at all.
check() {
  local line missing=()
  while read -r line; do
    case $line in
      CONFIG_*) grep -qxF "$line" "$work/.config" || missing+=("$line") ;;
      '# CONFIG_'*' is not set')
        ! grep -q "^$(cut -d' ' -f2 <<<"$line")=" "$work/.config" || missing+=("$line") ;;
    esac
  done < <(cat "$options/base.config" "$options/$name.config")
  [ "${#missing[@]}" -eq 0 ] ||
    die "$(printf 'the kernel %s would be without: %s' "$name" "${missing[*]}")"
}

compile() { timeout "$limit" nice make -C "$source" O="$top/$work" -j"$(nproc)" bzImage modules; }

publish() {
  local release root=$top/$work/installed
  release=$(<"$work/include/config/kernel.release")
  rm -rf "$out" "$root"
  mkdir -p "$out" &&
    make -s -C "$source" O="$top/$work" INSTALL_MOD_PATH="$root" modules_install &&
    mv "$root/lib/modules/$release" "$out/modules" &&
    rm -f "$out"/modules/{build,source} &&
    cp "$work/arch/s390/boot/bzImage" "$out/vmlinuz" &&
    cp "$work/.config" "$out/config" &&
    echo "$release" >"$out/release" &&
    ln -s "../../debug-kernel/$name" "$out/kdir"
}

need_space 4000
package=$(hercules/setup/apt.sh fetch linux-source-6.1 linux-source-6.1)
with_progress "unpacking the kernel's sources" "$log" unpack "$package" ||
  die "the kernel's sources cannot be unpacked; the log is $log"
with_progress "choosing the options of the kernel $name" "$log" configure ||
  die "the kernel $name cannot be configured; the log is $log"
check
with_progress "compiling the kernel $name; some 5 minutes" "$log" compile ||
  die "the kernel $name does not compile; the log is $log"
publish >>"$log" 2>&1 || die "the kernel $name cannot be put in place; the log is $log"
