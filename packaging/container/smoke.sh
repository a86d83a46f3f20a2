#!/bin/sh
# Does percpumap work here? Makes a per-CPU hash map, fills it, reads it, drains it, puts back what came out,
# compares, and removes it.
#
#   smoke.sh          on the running kernel
#   smoke.sh --sim    on a simulated one, which needs no privileges
#
# Ends with 0 if all went well, 77 if it cannot be done here (standard error says what is missing), 64 for
# other words, 1 for everything else. Nothing is left behind, also after a failure or a signal.
#
# Needs percpumap in PATH or in $PERCPUMAP, and mktemp, sort, cmp, wc, rm. The running kernel needs CAP_BPF, no
# seccomp filter that refuses bpf(2), no AppArmor profile that refuses pins (that of container engines does), and a
# bpffs at /sys/fs/bpf, or where $BPFFS says.
set -u

say() { echo "smoke: $*"; }
cannot() { say "cannot run here: $*" >&2; exit 77; }
fail() { say "FAILED: $*" >&2; exit 1; }

# percpumap, its messages kept. Ends the script if it fails: 69 the kernel lacks it, 73 no place for a pin, 77
# not permitted; others are failures.
run() {
  "$program" "$@" 2>"$work/messages" && return
  status=$?
  [ "$1 $status" != "create 73" ] || pin= # what is there is not ours
  case $status in
    69 | 73 | 77) cannot "$(cat "$work/messages")" ;;
    *) fail "percpumap $*: $(cat "$work/messages")" ;;
  esac
}

# The same, with what keys and values mean.
typed() { run "$@" --key-type u32 --value-type u64; }

# What the map has, in an order that does not depend on how it came in.
dump() { typed dump "$pin" -o ndjson >"$work/unsorted" && sort "$work/unsorted"; }

same() { cmp "$1" "$2" >&2 || fail "$3"; }

entries() {
  key=0
  while [ "$key" -lt "$count" ]; do
    echo "{\"key\":$key,\"values\":[{\"cpu\":0,\"value\":$((key * 3))}]}"
    key=$((key + 1))
  done
}

clean_up() {
  [ -z "$pin" ] || "$program" -q unpin "$pin" >/dev/null 2>&1
  rm -rf "$work"
}

work=
pin=
count=500
program=${PERCPUMAP:-percpumap}
where="Linux $(uname -r)"
bpffs=${BPFFS:-/sys/fs/bpf}
command -v "$program" >/dev/null || cannot "there is no '$program'; put percpumap into PATH, or its path into PERCPUMAP"
work=$(mktemp -d "${TMPDIR:-/tmp}/percpumap-smoke.XXXXXX") || cannot "no temporary directory; set TMPDIR"
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

PERCPUMAP_BACKEND=syscall
case ${1:-} in
  '') ;;
  --sim)
    PERCPUMAP_BACKEND=sim:$work/machine
    where='a simulated kernel'
    bpffs=/sys/fs/bpf
    ;;
  *)
    say "unknown word '$1'; there is --sim, or nothing" >&2
    exit 64
    ;;
esac
export PERCPUMAP_BACKEND

# Not $$: in containers that share a bpffs it is often 1.
pin=$bpffs/percpumap-smoke-${work##*.}
run create "$pin" key 4 value 8 entries "$count" name smoke
say "made a map on $where"

entries >"$work/entries"
typed -q import "$pin" --missing-cpu zero "$work/entries"
typed update "$pin" key 7 value 5
typed lookup "$pin" key 7 --cpu 0 -o ndjson >"$work/entry"
echo '{"key":7,"values":[{"cpu":0,"value":5}]}' >"$work/expected"
same "$work/entry" "$work/expected" "the entry that was written is another one"
say "wrote $count entries"

dump >"$work/dumped"
[ "$(wc -l <"$work/dumped")" -eq "$count" ] || fail "the dump does not have $count entries"
typed -q batch-dump "$pin" --delete --rescue "$work/rescue" -o ndjson >"$work/unsorted"
sort "$work/unsorted" >"$work/drained"
same "$work/dumped" "$work/drained" "the drain has not what the dump has"
dump >"$work/left"
[ ! -s "$work/left" ] || fail "the drain left entries behind"
say "dumped and drained them"

typed -q import "$pin" "$work/drained"
dump >"$work/back"
same "$work/dumped" "$work/back" "what was put back is not what was taken"
run -q unpin "$pin"
pin=
say "put them back, compared, removed the map: all is well"
