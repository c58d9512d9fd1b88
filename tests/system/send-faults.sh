#!/usr/bin/env bash
# What happens to the machine while reports go out: a store that may not be written, a full disk, a limit on the
# size of files, a clock that is set back. Each is told clearly; no report is lost, none arrives twice unasked.
. "$(dirname "$0")/common.sh"
tool=$build/tests/bench/outbox-send
n=1500
FAST=1 python3 "$source_dir/tests/system/smtp_server.py" fine "$work/port" &
servers+=($!)
wait_for_file "$work/port"
sql() { sqlite3 "$work/disk/abate.db" "$1"; }
count() { sql "SELECT COUNT(*) FROM reports WHERE state = '$1'"; }
send() { timeout 100 "$abate" -c "$work/abate.conf" send --yes "$@"; }
# A namespace of our own, in which a folder can be read-only or small, for root too.
alone="unshare --mount"
[ "$(id -u)" = 0 ] || alone="unshare --map-root-user --mount"
$alone true 2>/dev/null || alone=

# start [N]: a store with N mails to send, and a server that got none.
start() {
	rm -rf "$work/disk" "$work/port.log"
	mkdir "$work/disk"
	printf '[store]\nurl = sqlite:%s/disk/abate.db\n[reporter]\nemail = a@reporter.example\n[mail]\nserver = localhost:%s\ntls = none\ntimeout = 5\nlanes = 4\n[send]\nrecheck_hours = 0\n' \
		"$work" "$(cat "$work/port")" >"$work/abate.conf"
	: >"$work/port.log"
	"$tool" "$work/abate.conf" fill "${1:-$n}" 500 20
}
# all_accounted NAME: each report is accepted, waits or is in doubt; what is accepted arrived, and nothing arrived twice.
all_accounted() {
	local lost twice unknown
	cut -d' ' -f1 "$work/port.log" | sort >"$work/got"
	sql "SELECT message_id FROM reports WHERE state = 'accepted'" | sort >"$work/accepted"
	sql "SELECT message_id FROM reports WHERE state = 'in_doubt'" | sort >"$work/doubt"
	twice=$(uniq -d "$work/got" | wc -l)
	lost=$(comm -13 "$work/got" "$work/accepted" | wc -l)
	unknown=$(comm -23 "$work/got" <(sort "$work/accepted" "$work/doubt") | wc -l)
	echo "$1: accepted $(wc -l <"$work/accepted"), in doubt $(wc -l <"$work/doubt"), ready $(count ready), arrived $(wc -l <"$work/got"), twice $twice, accepted but not arrived $lost, arrived but not accounted for $unknown"
	[ "$(sql "SELECT COUNT(*) FROM reports WHERE state IN ('accepted', 'ready', 'in_doubt')")" = "$n" ] ||
		fail "$1: reports are lost: $(sql 'SELECT state, COUNT(*) FROM reports GROUP BY 1')"
	[ "$twice$lost$unknown" = 000 ] || fail "$1: see above"
}
# the_rest NAME: the next run finds what was on the wire, and sends the rest.
the_rest() {
	local status=0
	[ "$(count accepted)" -gt 0 ] || fail "$1: failed before anything was sent: this tests nothing"
	out=$(send 2>&1) || status=$?
	all_accounted "$1"
	[ "$(count in_doubt)" = 0 ] || expect "are in doubt" "$out"
	[ $status = 0 ] || [ "$(count in_doubt)" -gt 0 ] || fail "$1: exit $status: $out"
	[ "$(count ready)" = 0 ] || fail "$1: not all was sent"
	[ "$(count in_doubt)" -lt 200 ] || fail "$1: more is in doubt than was on the wire"
}

if [ "$alone" ]; then
	# Read-only: nothing goes out, as its outcome could not be kept.
	start
	expect_status 3 $alone bash -c "mount --bind '$work/disk' '$work/disk' && mount -o remount,bind,ro '$work/disk' &&
		exec timeout 60 '$abate' -c '$work/abate.conf' send --yes"
	expect "$work/disk/abate.db: " "$out"
	expect "check the rights of the file and its folder" "$out"
	[ ! -s "$work/port.log" ] || fail "mail went out from a store that may not be written"
	expect_status 0 send
	all_accounted "read-only"

	# A disk that is full after a few hundred mails. What is copied there is copied back to be looked at.
	start
	mkdir "$work/kept"
	expect_status 0 $alone bash -c "cp '$work'/disk/* '$work/kept' && mount -t tmpfs -o size=32m none '$work/disk' &&
		cp '$work'/kept/* '$work/disk' && { cat /dev/zero >'$work/disk/filler' 2>/dev/null; truncate -s -2M '$work/disk/filler'
		'$abate' -c '$work/abate.conf' send --yes; echo \"status \$?\"
		rm '$work/disk/filler'; cp '$work'/disk/* '$work/kept'; }"
	cp "$work"/kept/* "$work/disk"
	expect "the disk is full" "$out"
	expect "make room and run it again" "$out"
	expect "status 3" "$out"
	[ -s "$work/port.log" ] || fail "the disk was full before anything was sent: this tests nothing"
	the_rest "disk full"
else
	echo "no namespaces: a read-only and a full disk are not tested"
fi

# A file that belongs to somebody else.
if [ "$(id -u)" = 0 ]; then
	start
	expect_status 3 setpriv --reuid 65534 --regid 65534 --clear-groups timeout 60 "$abate" -c "$work/abate.conf" send --yes
	expect "check the rights" "$out"
	[ ! -s "$work/port.log" ] || fail "mail went out from a store of somebody else"
fi

# A limit on the size of files: not killed by SIGXFSZ, but told.
start
expect_status 3 bash -c "ulimit -f 1500; exec timeout 60 '$abate' -c '$work/abate.conf' send --yes"
expect "whether a quota or a limit on the size of files is reached" "$out"
[ -s "$work/port.log" ] || fail "the limit was reached before anything was sent: this tests nothing"
the_rest "file size"

# The clock goes back by an hour in the middle, and stays there; then it is right again.
if command -v faketime >/dev/null; then
	start
	echo "+0" >"$work/clock"
	NO_FAKE_STAT=1 FAKETIME_NO_CACHE=1 FAKETIME_TIMESTAMP_FILE=$work/clock DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_FAKE_MONOTONIC=1 \
		LD_PRELOAD=$(faketime -f +0 printenv LD_PRELOAD) timeout 100 "$abate" -c "$work/abate.conf" send --yes >"$work/out" 2>&1 &
	pid=$!
	for _ in $(seq 200); do [ "$(wc -l <"$work/port.log")" -gt 100 ] && break; sleep 0.02; done
	echo "-1h" >"$work/clock"
	wait $pid || fail "the clock went back: $(cat "$work/out")"
	all_accounted "clock"
	[ "$(count accepted)" = $n ] || fail "the clock went back and not all was sent: $(cat "$work/out")"
	before=$(sql "SELECT COUNT(*) FROM events e JOIN events f ON f.id = e.id - 1 WHERE e.at < f.at - 3000000000")
	[ "$before" -ge 1 ] || fail "the clock did not go back in the middle"

	# So does a provider's pace: what went an hour ahead of the clock holds the next one for no longer than that hour.
	start 0
	mkdir -p "$work/providers"
	cat >"$work/providers/provider-0.json" <<-END
		{"id": "provider-0", "name": "Zero", "kind": "registrar",
		 "channels": [{"type": "mail", "to": "abuse@p0.example", "evidence": "official", "source": "test", "as_of": "2026-11-25"}],
		 "limits": {"minimum_gap_s": 60, "per_hour": 2, "evidence": "official", "source": "test", "as_of": "2026-11-25"}}
	END
	printf '[paths]\nproviders = %s\n' "$work/providers" >>"$work/abate.conf"
	"$tool" "$work/abate.conf" fill 4 500 1
	expect_status 1 send
	[ "$(count accepted)" = 1 ] || fail "the gap was not kept: $out"
	sql "UPDATE reports SET next_try = 0"
	expect_status 1 faketime -f -1h timeout 20 "$abate" -c "$work/abate.conf" send --yes
	[ "$(count accepted)" = 1 ] || fail "the gap was not kept when the clock went back: $out"
	until=$(sql "SELECT MIN(next_try) / 1000000 - strftime('%s', 'now') FROM reports WHERE state = 'ready'")
	[ "$until" -le 60 ] || fail "held for $until s"
	expect_status 1 faketime -f +61s timeout 20 "$abate" -c "$work/abate.conf" send --yes
	[ "$(count accepted)" = 2 ] || fail "stuck after the clock went back: $out"
else
	echo "faketime is missing: the clock is not tested"
fi
echo "told, and nothing lost or doubled"
