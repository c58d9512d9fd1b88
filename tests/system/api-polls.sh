#!/usr/bin/env bash
# What becomes of the reports that went out by the four APIs, from "open" to "resolved", and what fetch makes of an API
# that refuses, asks for patience, breaks or hangs.
. "$(dirname "$0")/api_common.sh"
say() { echo "$1" >"$work/ports.state"; }
sql() { sqlite3 -separator ' ' "$work/ok/abate.db" "$1"; }
# fetch STATUS [OPTION]: its output in $out, what it said in $err, and how many questions the APIs got in $asked.
fetch() {
	local before status=0
	before=$(wc -l <"$work/ports.log")
	out=$(cd "$work/ok" && timeout 60 "$abate" -c abate.conf fetch "${@:2}" 2>err) || status=$?
	err=$(cat "$work/ok/err")
	asked=$(($(wc -l <"$work/ports.log") - before))
	echo "$out / $err"
	[ $status = "$1" ] || fail "exit $status instead of $1: $out $err"
}
make_due() { sql "UPDATE polls SET next = 1 WHERE next > 0"; }
# each TEXT SQL: the four rows must all be that.
each() {
	local got
	got=$(sql "$2" | sort -u)
	[ "$got" = "$1" ] || fail "wanted \"$1\" from $2, got: $got"
}
states() { each "$1" "SELECT state FROM reports WHERE channel = 'http'"; }
news() { each "$1" "SELECT COUNT(*) FROM replies WHERE source LIKE 'poll:%' GROUP BY report_id"; }

# Cloudflare lists a report some time after it was made, and tells its number only there.
touch "$work/ports.unlisted"
try ok
[ "$(sql "SELECT COUNT(*) FROM reports WHERE plugin = 'cloudflare' AND state = 'accepted' AND ticket IS NULL")" = 1 ] ||
	fail "cloudflare told a number"
rm "$work/ports.unlisted"
printf '[inbox]\nmaildir = answers\n[send]\ntimeout = 2\n' >>"$work/ok/abate.conf"
mkdir -p "$work"/ok/answers/{new,cur,tmp}

# A command may be slow, or ask a person: it is run once, however often its secret is needed.
sed -i "s|^token_command.*|token_command = sh -c 'echo >>$work/runs; echo s3cret-cf'|" "$work/ok/abate.conf"

echo "--- not due yet, then open, and open again"
say open
fetch 0
[ $asked = 0 ] || fail "asked at once"
sql "UPDATE reports SET sent = sent - 7200000000, created = created - 7200000000"
before=$(sql .dump | sha256sum)
fetch 0 --dry-run
[ $asked = 0 ] || fail "a dry run asked"
expect "reports by API to ask about: 4, of which for a later fetch: 0" "$out"
[ "$(sql .dump | sha256sum)" = "$before" ] || fail "a dry run has changed the store"
fetch 0
[ $asked = 4 ] || fail "$asked questions"
[ "$(wc -l <"$work/runs")" = 1 ] || fail "the secret's command ran $(wc -l <"$work/runs") times"
expect "4 of 4 reports" "$out"
each 2ff901ccd3d21f0a "SELECT ticket FROM reports WHERE plugin = 'cloudflare' AND state = 'accepted'"
make_due
fetch 0
[ $asked = 4 ] || fail "$asked questions"
expect "1 with news, 3 as before" "$out"
states acknowledged
news 1
each acknowledgement "SELECT class FROM replies WHERE source LIKE 'poll:%'"
fetch 0
[ $asked = 0 ] || fail "asked again at once"
[ "$(sql "SELECT COUNT(*) FROM polls WHERE next BETWEEN (unixepoch() + 6300) * 1000000 AND (unixepoch() + 8100) * 1000000")" = 4 ] ||
	fail "the next poll is not after as long as the reports are old: $(sql "SELECT next / 1000000 - unixepoch() FROM polls")"
make_due
fetch 0
[ $asked = 4 ] || fail "$asked questions"
news 1
expect "0 with news, 4 as before" "$out"

echo "--- refused, broken, cut off, garbage, hanging"
for state in 401 403 500 cut garbage hang; do
	say $state
	make_due
	fetch 1
	[ $asked = 4 ] || fail "$state: $asked questions"
	expect "4 without an answer that tells" "$out"
	[ "$(wc -l <<<"$err")" = 4 ] || fail "$state: not one warning a provider: $err"
	states acknowledged
	news 1
	[ "$(sql "SELECT COUNT(*) FROM polls WHERE next > (unixepoch() + 3000) * 1000000")" = 4 ] || fail "$state: polled too soon"
	case $state in 401) for name in aws cloudflare godaddy; do expect "[plugin $name]" "$err"; done ;; esac
done

echo "--- patience"
say 429
make_due
fetch 1
[ $asked = 4 ] || fail "$asked questions"
expect "asks for patience" "$err"
expect "4 wait" "$out"
[ "$(sql "SELECT COUNT(*) FROM polls WHERE next > (unixepoch() + 3500) * 1000000")" = 4 ] || fail "Retry-After was not kept"
make_due
fetch 1
[ $asked = 0 ] || fail "asked in spite of Retry-After"
sql "UPDATE marks SET value = '1' WHERE kind = 'poll-pause'"

echo "--- killed while it asks"
say hang
make_due
before=$(wc -l <"$work/ports.log")
(cd "$work/ok" && exec "$abate" -c abate.conf fetch) >/dev/null 2>&1 &
pid=$!
servers+=($pid)
for _ in $(seq 100); do [ "$(wc -l <"$work/ports.log")" -ge $((before + 4)) ] && break; sleep 0.05; done
kill -9 $pid
wait $pid 2>/dev/null || true
say resolved
fetch 0
[ $asked = 0 ] || fail "another process may still be asking"
make_due

echo "--- resolved"
fetch 0
[ $asked = 4 ] || fail "$asked questions"
states answered
news 2
each actioned "SELECT class FROM replies WHERE id IN (SELECT MAX(id) FROM replies WHERE source LIKE 'poll:%' GROUP BY report_id)"
each "1 1" "SELECT answered >= acknowledged, acknowledged > sent FROM reports WHERE channel = 'http'"
[ "$(cd "$work/ok" && "$abate" --json -c abate.conf list replies | grep -c '"class": *"actioned"')" = 4 ] || fail "the replies are not listed"
out=$(cd "$work/ok" && "$abate" -c abate.conf show "A$(sql "SELECT MAX(id) FROM replies WHERE report_id = 1")")
expect '"reasonCode": "ACTIONED"' "$out"
make_due
fetch 0
[ $asked = 0 ] || fail "asked after the last word"
! grep -qaE 's3cret' "$work"/ok/abate.db* || fail "a secret is in the store"
(cd "$work/ok" && "$abate" --json -c abate.conf fetch) | python3 -c '
import json, sys
polls = json.load(sys.stdin)["polls"]
assert polls == {"due": 0, "told": 0, "news": 0, "finished": 0, "faults": 0, "waiting": 0}, polls'
