# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Programs of a newer Debian on this one. Sourced, never run.

# run_with_libc_of ROOT DIR: each program below DIR gets a script in its place, which runs it with
# the C library and the others in ROOT. This machine's may be too old for it.
run_with_libc_of() {
  local loader libraries file
  loader=$(realpath "$1"/usr/lib/*-linux-gnu/ld-linux*.so.*)
  libraries=${loader%/*}
  find "$(realpath "$2")" -type f -perm /111 ! -name '*.so*' | while read -r file; do
    readelf -l "$file" 2>/dev/null | grep -q 'program interpreter' || continue
    mv "$file" "$file.elf"
    cat >"$file" <<RUN
#!/bin/sh
exec '$loader' --library-path '$libraries' --argv0 '$file' '$file.elf' "\$@"
RUN
    chmod +x "$file"
  done
}
