#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# bench.sh MACHINE KERNEL WHAT...: boots a guest and prints what things cost in it. WHAT is kevent or
# emit; or, alone and on Hercules, latency. The machine is shared and emulated: compare numbers of one
# run only, and quote ratios.
set -euo pipefail

machine=$1
kernel=$2
shift 2
programs=/usr/lib/s390-log/tests
name=bench-$machine
lab=(build/host/bin/lab --name "$name")

bench_kevent() {
  "${lab[@]}" run sh -c 'modprobe kevent && modprobe kevent_test_type'
  "${lab[@]}" run sh -c "ulimit -n 2000 && $programs/kevent_bench"
  "${lab[@]}" run rmmod kevent_test_type
}

# logd reads the configuration when emit_bench starts it.
bench_emit() {
  "${lab[@]}" put tests/bench/logd.toml /etc/s390-log/logd.toml
  "${lab[@]}" run sh -c 'modprobe kevent && modprobe s390_log && modprobe s390_log_bench'
  "${lab[@]}" run sh -c "mount -t tracefs tracefs /sys/kernel/tracing && $programs/emit_bench"
  "${lab[@]}" run sh -c 'rmmod s390_log_bench && /usr/lib/s390-log/stop'
}

# In a guest with the services. The trace says when a drive has settled.
bench_latency() {
  build/host/bin/latency_bench "$name"
}

options=(--no-services)
[ "$*" != latency ] || options=(--trace 0580 --trace 0581)
"${lab[@]}" up --machine "$machine" --kernel "$kernel" "${options[@]}"
trap '"${lab[@]}" down' EXIT
for what; do
  echo
  echo "$what on $machine, Linux $kernel:"
  "bench_$what"
done
echo
