#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# bench.sh MACHINE KERNEL: boots a guest and prints what things cost in it. The machine is shared
# and emulated: compare numbers of one run only, and quote ratios.
set -euo pipefail

machine=$1
kernel=$2
name=bench-$machine
lab=(build/host/bin/lab --name "$name")

"${lab[@]}" up --machine "$machine" --kernel "$kernel" --no-services
trap '"${lab[@]}" down' EXIT
echo
echo "on $machine, Linux $kernel, medians of 5 rounds:"
"${lab[@]}" run sh -c 'modprobe kevent && modprobe kevent_test_type'
"${lab[@]}" run sh -c 'ulimit -n 2000 && /usr/lib/s390-log/tests/kevent_bench'
echo
