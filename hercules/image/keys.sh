#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Makes the keys of this lab, once: the guest's host key and the operator's key, under build/keys.

# shellcheck source=hercules/setup/common.sh
. "$(dirname "$0")/../setup/common.sh"

keys=build/keys
umask 077
mkdir -p "$keys"
[ -s "$keys/operator" ] || ssh-keygen -q -t ed25519 -N '' -C s390-log-lab -f "$keys/operator"
if [ ! -s "$keys/host_key" ]; then
  rm -f "$keys/host_key"
  dropbearkey -t ed25519 -f "$keys/host_key" >"$keys/host_key.txt"
fi
printf '10.39.0.2 %s\n' "$(grep -m 1 '^ssh-ed25519' "$keys/host_key.txt")" >"$keys/known_hosts"
# The guest's kernel has no other source of entropy when it starts.
[ -s "$keys/seed" ] || head -c 64 /dev/urandom >"$keys/seed"
