#!/usr/bin/env bash
# Two runs at once on one store share the work and double nothing; SIGTERM in the middle finishes what is on the
# wire, keeps the rest and leaves nothing in doubt.
. "$(dirname "$0")/common.sh"
tool=$build/tests/bench/outbox-send
n=4000
python3 "$source_dir/tests/system/smtp_server.py" fine "$work/port" &
servers+=($!)
wait_for_file "$work/port"
printf '[store]\nurl = sqlite:%s/abate.db\n[reporter]\nemail = a@reporter.example\n[mail]\nserver = localhost:%s\nfrom = a@reporter.example\ntls = none\ntimeout = 5\nlanes = 4\n' \
	"$work" "$(cat "$work/port")" >"$work/abate.conf"
count() { sqlite3 "$work/abate.db" "SELECT COUNT(*) FROM reports WHERE state = '$1'"; }
arrived() { cut -d' ' -f1 "$work/port.log"; }

# SIGTERM.
"$tool" "$work/abate.conf" fill $n 500 20
"$abate" -c "$work/abate.conf" send --yes >"$work/out" 2>&1 &
pid=$!
for i in $(seq 200); do [ "$(count accepted)" -ge 100 ] && break; sleep 0.02; done
kill "$pid"
status=0
wait "$pid" || status=$?
[ "$status" = 1 ] || fail "SIGTERM ended it with $status: $(cat "$work/out")"
first=$(count accepted)
[ "$first" -ge 100 ] || fail "it ended before it began: $first"
[ "$first" -lt $n ] || fail "it did not stop: $first"
[ "$(count in_doubt)" = 0 ] || fail "SIGTERM left doubts"
[ "$(count sending)" = 0 ] || fail "SIGTERM left claims"
[ "$(arrived | wc -l)" = "$first" ] || fail "$(arrived | wc -l) arrived, $first are accepted"

# Two at once.
"$tool" "$work/abate.conf" send >"$work/one" &
one=$!
"$tool" "$work/abate.conf" send >"$work/two"
wait "$one"
[ "$(count accepted)" = $n ] || fail "$(count accepted) of $n went"
[ "$(arrived | wc -l)" = $n ] || fail "$(arrived | wc -l) arrived of $n"
[ "$(arrived | sort | uniq -d | wc -l)" = 0 ] || fail "some arrived twice"
share=$(sed 's/.*"accepted":\([0-9]*\).*/\1/' "$work/one" "$work/two" | sort -n | head -1)
[ "$share" -gt 0 ] || fail "one of the two did all the work: $(cat "$work/one" "$work/two")"
echo "SIGTERM after $first; then two at once: the smaller share is $share of $((n - first))"
