#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# image.sh KERNEL OUTPUT FILE...: the guest's initramfs. Each FILE is a module (*.ko), or a program
# of ours: the daemons go to /usr/sbin, what lies in build/s390x/guest to /usr/lib/s390-log/tests.
#
# Not compressed: on an emulated machine of some 120 MIPS copying is much faster than unpacking.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/../setup/common.sh"

kernel=$1
output=$2
shift 2

sysroot=build/sysroot
release=$(<"build/kernel/$kernel/release")
root=build/image/$kernel/root
# The disks are for what shall outlive a guest.
readonly stock_modules=(tape_34xx tape_3590 ctcm virtio_net virtio_blk dasd_fba_mod crc32c_generic
  ext4)

# copy_module PATH: one stock module with all that it needs, as modules.dep has it.
copy_module() {
  local file files to=$root/lib/modules/$release
  files=$(awk -v name="/$1.ko:" 'index($1, name) { sub(":", ""); for (i = 1; i <= NF; i++) print $i }' \
    "build/kernel/$kernel/modules/modules.dep")
  [ -n "$files" ] || die "the kernel $kernel has no module $1"
  for file in $files; do
    mkdir -p "$to/$(dirname "$file")"
    cp "build/kernel/$kernel/modules/$file" "$to/$file"
  done
}

copy_own() {
  case $1 in
    *.ko)
      mkdir -p "$root/lib/modules/$release/updates"
      s390x-linux-gnu-strip --strip-debug -o "$root/lib/modules/$release/updates/${1##*/}" "$1"
      ;;
    */seed-entropy) s390x-linux-gnu-strip -o "$root/usr/sbin/seed-entropy" "$1" ;;
    build/s390x/guest/*) s390x-linux-gnu-strip -o "$root/usr/lib/s390-log/tests/${1##*/}" "$1" ;;
    *) s390x-linux-gnu-strip -o "$root/usr/sbin/${1##*/}" "$1" ;;
  esac
}

needed() { s390x-linux-gnu-readelf -d "$1" 2>/dev/null | sed -nE 's/.*NEEDED.*\[(.*)\]/\1/p'; }

# copy_libraries FILE: the shared libraries of FILE, and theirs.
copy_libraries() {
  local name
  for name in $(needed "$1"); do
    [ ! -e "$root/usr/lib/s390x-linux-gnu/$name" ] || continue
    [ -e "$sysroot/usr/lib/s390x-linux-gnu/$name" ] || die "$1 needs $name, which no package has"
    cp -L "$sysroot/usr/lib/s390x-linux-gnu/$name" "$root/usr/lib/s390x-linux-gnu/$name"
    copy_libraries "$root/usr/lib/s390x-linux-gnu/$name"
  done
}

hercules/image/keys.sh
rm -rf "$root"
mkdir -p "$root"/usr/{bin,sbin,lib/s390x-linux-gnu,lib/s390-log/tests} \
  "$root"/{dev,etc/dropbear,proc,sys,run,tmp,var/log} "$root/lib/modules/$release"
install -d -m 700 "$root/root" "$root/root/.ssh"
for dir in bin sbin; do
  ln -s "usr/$dir" "$root/$dir"
done
mv "$root/lib" "$root/usr/lib.new"
mv "$root/usr/lib.new/modules" "$root/usr/lib/modules"
rmdir "$root/usr/lib.new"
ln -s usr/lib "$root/lib"

cp "$sysroot/bin/busybox" "$root/bin/"
cp "$sysroot/usr/sbin/dropbear" "$root/sbin/"
cp -L "$sysroot/usr/lib/s390x-linux-gnu/ld64.so.1" "$root/lib/ld64.so.1"
cp -R hercules/image/root/. "$root/"
install -m 755 hercules/image/init "$root/init"
chmod 755 "$root"/usr/lib/s390-log/st*
ln -s busybox "$root/bin/sh"

install -m 600 build/keys/operator.pub "$root/root/.ssh/authorized_keys"
install -m 600 build/keys/host_key "$root/etc/dropbear/host_key"
install -m 600 build/keys/seed "$root/etc/seed"
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
echo /bin/sh >"$root/etc/shells"

for module in "${stock_modules[@]}"; do
  copy_module "$module"
done
for file; do
  copy_own "$file"
done
for file in "$root"/usr/sbin/* "$root"/usr/lib/s390-log/tests/*; do
  [ ! -f "$file" ] || copy_libraries "$file"
done
cp "build/kernel/$kernel/modules"/modules.{builtin,order} "$root/lib/modules/$release/"
cp "build/kernel/$kernel/modules/modules.builtin.modinfo" "$root/lib/modules/$release/" 2>/dev/null || true
depmod -b "$root" "$release"

# The same inputs give the same image: names in order, one owner, one time.
find "$root" -exec touch -h -d @0 {} +
(cd "$root" && find . -print0 | LC_ALL=C sort -z |
  cpio --quiet --null --create --format=newc --owner=0:0 --reproducible) >"$output.new"
mv "$output.new" "$output"
