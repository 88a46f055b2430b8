#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A real Debian s390x on a disk, in build/debian: disk.img (ext4, the whole disk), kernel, initrd.
#
# debootstrap's first stage runs here, on packages of the private apt state. Its second stage runs
# where the programs can: in a guest under QEMU, so that this machine needs no binfmt_misc. The same
# disk is an FBA disk for Hercules.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/common.sh"

readonly out=build/debian work=$top/build/debian.new disk_mb=3072
readonly limit=3600 # seconds, for the second stage; it takes about 300, and longer on a busy machine
log=build/log/debian.log

mapfile -t packages < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' hercules/setup/debian-packages.list)

# What the second stage's init cannot do without, as modules.dep has it.
readonly initrd_modules=(dasd_fba_mod virtio_blk ext4)

fetch() {
  files=$(hercules/setup/apt.sh closure debian \
    '?and(?architecture(s390x),?priority(required))' "${packages[@]}")
  bootstrapper=$(hercules/setup/apt.sh fetch debootstrap debootstrap)
}

# As debootstrap wants to find it.
make_mirror() {
  local file index=$work/mirror/dists/bookworm/main/binary-s390x
  mkdir -p "$work/mirror/pool" "$index"
  for file in $files; do
    # apt writes the colon of an epoch as %3a; in an address that would be a colon again.
    file_name=${file##*/}
    ln -s "$file" "$work/mirror/pool/${file_name//%3a/.}"
  done
  (cd "$work/mirror" && dpkg-scanpackages --multiversion pool 2>/dev/null) >"$index/Packages"
  cat >"$work/mirror/dists/bookworm/Release" <<RELEASE
Origin: s390-log
Codename: bookworm
Components: main
Architectures: s390x
SHA256:
 $(sha256sum <"$index/Packages" | cut -d ' ' -f 1) $(stat -c %s "$index/Packages") main/binary-s390x/Packages
RELEASE
}

first_stage() {
  dpkg-deb -x "$bootstrapper" "$work/debootstrap"
  local include
  include=$(IFS=, && echo "${names[*]}")
  as_root env DEBOOTSTRAP_DIR="$work/debootstrap/usr/share/debootstrap" \
    "$work/debootstrap/usr/sbin/debootstrap" --foreign --arch=s390x --variant=minbase \
    --no-check-gpg --include="$include" bookworm "$work/root" "file://$work/mirror"
}

# The guest's own: network, sshd, and what runs the second stage.
add_lab() {
  local root=$work/root
  hercules/image/keys.sh
  as_root cp -R --no-preserve=ownership hercules/debian/root/. "$root/"
  as_root chmod 755 "$root"/usr/local/sbin/lab-*
  as_root install -D -m 600 build/keys/operator.pub "$root/root/.ssh/authorized_keys"
  as_root chmod 700 "$root/root/.ssh"
  as_root install -D -m 600 build/keys/host_key "$root/etc/dropbear/host_key"
  as_root install -m 600 build/keys/seed "$root/etc/seed"
}

# A few hundred kilobytes that find the disk: not Debian's own initrd, which makes sense only on
# the machine that it was made on, and takes longer to unpack than all the rest.
make_initrd() {
  local root=$work/initrd.root image=$work/image module
  dpkg-deb -x "$(grep /linux-image-6 <<<"$files" | head -n 1)" "$image"
  release=$(basename "$image"/lib/modules/*)
  depmod -b "$image" "$release"
  mkdir -p "$root"/{bin,dev,proc,sys,mnt} "$root/lib/modules/$release"
  cp build/sysroot/bin/busybox "$root/bin/"
  for module in "${initrd_modules[@]}"; do
    modprobe -d "$image" -S "$release" --show-depends "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
  done | sort -u | while read -r module; do
    install -D -m 644 "$module" "$root/${module#"$image/"}"
  done
  cp "$image/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} "$root/lib/modules/$release/"
  depmod -b "$root" "$release"
  install -m 755 hercules/debian/init "$root/init"
  (cd "$root" && find . -print0 | LC_ALL=C sort -z |
    cpio --quiet --null --create --format=newc --owner=0:0 --reproducible) >"$work/initrd"
  cp "$image/boot/vmlinuz-$release" "$work/kernel"
}

make_disk() {
  as_root mke2fs -q -t ext4 -F -L debian -d "$work/root" "$work/disk.img" "${disk_mb}M"
  as_root chown "$(id -u):$(id -g)" "$work/disk.img"
}

second_stage() {
  timeout "$limit" build/qemu/qemu-system-s390x -machine s390-ccw-virtio -accel tcg,thread=multi \
    -cpu max -smp 2 -m 2048 -nographic -no-reboot -nodefaults -serial stdio \
    -drive "file=$work/disk.img,format=raw,if=none,id=disk,cache=unsafe" \
    -device virtio-blk-ccw,drive=disk -kernel "$work/kernel" -initrd "$work/initrd" \
    -append "console=ttysclp0 lab.root=/dev/vda lab.init=/usr/local/sbin/lab-second-stage"
  # Only the guest knows how it went.
  grep -q "^lab: second stage done" build/log/debian-second-stage.log
}

need_space 6000
fetch
rm -rf "$work" 2>/dev/null || as_root rm -rf "$work"
mkdir -p "$work"
make_mirror
mapfile -t names < <(sed -n 's/^Package: //p' "$work/mirror/dists/bookworm/main/binary-s390x/Packages")
with_progress "unpacking ${#names[@]} packages of Debian" "$log" first_stage ||
  die "debootstrap failed (all of it: $log)"
add_lab
make_initrd
make_disk
as_root rm -rf "$work/root"
with_progress "configuring Debian, in a guest" build/log/debian-second-stage.log second_stage ||
  die "Debian's second stage failed (all of it: build/log/debian-second-stage.log)"
as_root rm -rf "$work"/{mirror,debootstrap,image,initrd.root} "$out"
mv "$work" "$out"
