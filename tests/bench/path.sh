#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# path.sh MACHINE KERNEL: in a guest with much room for both ways, and in one with as much as logd has
# by default: how many events a second get from the kernel into a file, by logd and by rsyslogd, and how
# many do not; and how soon logd is there.
# What is in single quotes the guest's shell expands.
# shellcheck disable=SC2016
set -euo pipefail

machine=$1
kernel=$2
events=${PATH_EVENTS:-50000}
rounds=${PATH_ROUNDS:-5}
programs=/usr/lib/s390-log/tests
lab=(build/host/bin/lab --name "path-$machine")

in_guest() { "${lab[@]}" run sh -c "$1"; }

# The lab's own reader of the kernel's log stands still meanwhile: it would count as rsyslogd's work.
# Nothing is printed on the console, which is slow.
prepare() {
  in_guest "echo 1 >/proc/sys/kernel/printk; echo on >/proc/sys/kernel/printk_devkmsg
            modprobe kevent && modprobe s390_log $1 && modprobe s390_log_source"
  in_guest 'mkdir -p /opt && tar -x -C /opt' <build/guest-rsyslog.tar
  in_guest 'cat >/tmp/logd.toml' <<<'[json]
path = "/tmp/logd.out"'
  in_guest 'cat >/tmp/rsyslog.conf' <<'CONF'
global(workDirectory="/tmp")
main_queue(queue.type="FixedArray" queue.size="100000" queue.dequeueBatchSize="4096"
           queue.timeoutEnqueue="60000")
module(load="imkmsg")
template(name="text" type="string" string="%msg%\n")
action(type="omfile" file="/tmp/rsyslogd.out" template="text")
CONF
  in_guest 'mkdir -p /run/s390-log && (logd -c /tmp/logd.toml </dev/null >/tmp/logd.log 2>&1 &)
            cd /opt/rsyslog && (LD_LIBRARY_PATH=. ./rsyslogd -n -M modules -f /tmp/rsyslog.conf \
              -i /tmp/rsyslogd.pid </dev/null >/tmp/rsyslogd.log 2>&1 &)
            tries=0
            until [ -S /run/s390-log/logd.sock ] && [ -s /tmp/rsyslogd.out ]; do
              tries=$((tries + 1))
              [ $tries -lt 100 ] || { cat /tmp/*.log; exit 1; }
              usleep 100000
            done'
}

# bench WHAT MODULE-PARAMETERS KERNEL-PARAMETERS [goal]
bench() {
  "${lab[@]}" up --machine "$machine" --kernel "$kernel" --no-services --memory 1536 --append "$3"
  echo
  echo "from the kernel into a file, $1; $machine, Linux $kernel, $events texts, $rounds rounds:"
  prepare "$2"
  in_guest "for pid in \$(pidof cat); do kill -STOP \$pid; done
            $programs/path_bench $events $rounds /tmp/logd.out /tmp/rsyslogd.out ${4:-}; rc=\$?
            for pid in \$(pidof cat); do kill -CONT \$pid; done; exit \$rc"
  in_guest 'kill $(pidof logd) $(pidof rsyslogd)
            tries=0
            while pidof logd rsyslogd >/dev/null; do
              tries=$((tries + 1))
              [ $tries -lt 200 ] || { echo "logd or rsyslogd does not end" >&2; exit 1; }
              usleep 100000
            done
            tail -n 1 /tmp/logd.log'
}

trap '"${lab[@]}" down || true' EXIT
bench 'with room for all' 'subbuf_size=1048576 n_subbufs=32' log_buf_len=64M goal
"${lab[@]}" down
bench 'with 1 MiB each' '' log_buf_len=1M
echo
in_guest "$programs/start_bench logd"
