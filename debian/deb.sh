#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# deb.sh VERSION DIR: packages of what lies in DIR/tree, an installation for s390x with the prefix
# /usr, to DIR. dpkg's own tools make them, on any Debian: nothing of s390x has to be installed or
# to run. The same tree gives the same packages, byte for byte.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/../hercules/setup/common.sh"

readonly version=$1 dir=$top/$2
readonly tree=$dir/tree sysroot=$top/build/sysroot
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l debian/changelog -STimestamp)
export SOURCE_DATE_EPOCH
umask 022

# move PACKAGE PATH...: from the tree to a package.
move() {
  local package=$dir/$1 path
  shift
  for path; do
    mkdir -p "$package/$(dirname "$path")"
    mv "$tree/$path" "$package/$path"
  done
}

# What dpkg-shlibdeps asks of an installation: which package a library is of, and since when it has
# had which symbols. The packages of the sysroot know; their files are listed where they lie.
make_admindir() {
  local admin=$dir/dpkg file name
  mkdir -p "$admin/info" "$admin/updates"
  echo 1 >"$admin/info/format" # names of files have the architecture
  for file in $(hercules/setup/apt.sh cached sysroot); do
    name=$(dpkg-deb -f "$file" Package)
    mkdir "$dir/fields"
    dpkg-deb -e "$file" "$dir/fields"
    if [ -e "$dir/fields/shlibs" ] || [ -e "$dir/fields/symbols" ]; then
      { sed '/^Description:/,$d' "$dir/fields/control" && echo 'Status: install ok installed' &&
        echo 'Description: x' && echo; } >>"$admin/status"
      dpkg-deb --fsys-tarfile "$file" | tar -t | sed -E -e 's|/$||' -e 's|^\./lib|./usr/lib|' \
        -e "s|^\.|$sysroot|" >"$admin/info/$name:s390x.list"
      for kind in shlibs symbols; do
        [ ! -e "$dir/fields/$kind" ] || cp "$dir/fields/$kind" "$admin/info/$name:s390x.$kind"
      done
    fi
    rm -r "$dir/fields"
  done
}

# In a folder of its own: the tools want debian/control beside them.
compute_depends() {
  make_admindir
  (cd "$dir" && mkdir -p debian s390-log/DEBIAN && cp "$top"/debian/{control,changelog} debian/ &&
    DEB_HOST_ARCH=s390x dpkg-shlibdeps --admindir="$dir/dpkg" \
      -l"$sysroot/usr/lib/s390x-linux-gnu" -Tdebian/s390-log.substvars s390-log/usr/{s,}bin/log*)
}

document() {
  local package=$1 doc=$dir/$1/usr/share/doc/$1
  mkdir -p "$doc"
  install -m 644 debian/copyright "$doc/copyright"
  gzip -9n <debian/changelog >"$doc/changelog.gz"
  find "$dir/$package" -path '*/man/*' -type f -exec gzip -9n {} +
}

control() {
  local package=$1 script
  mkdir -p "$dir/$package/DEBIAN"
  touch "$dir/debian/$package.substvars"
  (cd "$dir" && DEB_HOST_ARCH=s390x dpkg-gencontrol -p"$package" -P"$package" -Tdebian/"$package".substvars \
    -O"$package/DEBIAN/control" -fdebian/files)
  for script in postinst prerm postrm; do
    [ -e "debian/$package.$script" ] || continue
    sed "s|@VERSION@|$version|g" "debian/$package.$script" >"$dir/$package/DEBIAN/$script"
    chmod 755 "$dir/$package/DEBIAN/$script"
  done
  (cd "$dir/$package" && find . -path ./DEBIAN -prune -o -type f ! -path './etc/*' -printf '%P\n' |
    LC_ALL=C sort | xargs md5sum) >"$dir/$package/DEBIAN/md5sums"
  [ ! -d "$dir/$package/etc" ] ||
    (cd "$dir/$package" && find etc -type f -printf '/%p\n') >"$dir/$package/DEBIAN/conffiles"
}

move s390-log etc usr/sbin usr/bin usr/lib/{systemd,udev,sysusers.d} \
  usr/share/man/man{1,4,5,7,8}
for path in "$tree"/usr/share/{bash-completion,zsh,fish}; do
  [ ! -e "$path" ] || move s390-log "${path#"$tree/"}"
done
move s390-log-dkms usr/src
compute_depends
for package in s390-log s390-log-dkms; do
  document "$package"
  control "$package"
  find "$dir/$package" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group -Zxz --build "$dir/$package" "$dir" >/dev/null
done
rm -rf "$dir"/{tree,dpkg,debian}
