#!/usr/bin/env bash
# watch against a real name server (Knot): what is down, what only looks so, and what nobody knows; a web
# server that must not be asked; two runs at once; one that is interrupted.
. "$(dirname "$0")/common.sh"
PATH=$PATH:/usr/sbin
command -v knotd >/dev/null || { echo "knotd is missing"; exit 77; }
dns=$(free_port)
web=$(free_port)

zone() { # name, records
	printf '$ORIGIN %s.\n@ 60 SOA ns.%s. admin.%s. 1 60 60 60 1\n' "$1" "$1" "$1" >"$work/$1.zone"
	printf '%s\n' "${@:2}" >>"$work/$1.zone"
	zones+=" $1"
}
zones=
zone control.test "@ 60 NS ns.control.test." "@ 60 A 192.0.2.9" "ns 60 A 127.0.0.1"
zone up.test "@ 60 NS ns.up.test." "@ 60 A 192.0.2.1" "ns 60 A 127.0.0.1" "* 60 A 192.0.2.2" \
	"dangling 60 CNAME gone.up2.test." "chain 60 CNAME chain2" "chain2 60 CNAME @" "six 60 AAAA 2001:db8::1" \
	"nodata 60 TXT x" "held 60 CNAME www.suspended-domain.com."
zone sunk.test "@ 60 NS ns1.sinkhole.ch." "@ 60 A 192.0.2.3"
zone parked.test "@ 60 NS ns1.sedoparking.com." "@ 60 A 192.0.2.4"
zone verify.test "@ 60 NS ns1.verification-hold.suspended-domain.com." "@ 60 A 192.0.2.5"
zone expired.test "@ 60 NS ns1.expirationwarning.net." "@ 60 A 192.0.2.6"
zone null.test "@ 60 NS ns.null.test." "@ 60 A 127.0.0.1" "ns 60 A 127.0.0.1"
write_knot() {
	printf 'server:\n    listen: 127.0.0.1@%s\n    rundir: %s\n' "$dns" "$work"
	printf 'database:\n    storage: %s/db\nlog:\n  - target: %s/knot.log\n    any: info\nzone:\n' "$work" "$work"
	for name in $zones; do printf '  - domain: %s.\n    file: %s/%s.zone\n' "$name" "$work" "$name"; done
} >"$work/knot.conf"
start_knot() { # N: it is the Nth time
	knotd -c "$work/knot.conf" >>"$work/knotd.log" 2>&1 &
	servers[0]=$!
	for _ in $(seq 50); do
		[ "$(grep -s "server started" "$work/knot.log" | wc -l)" -ge "$1" ] && return
		sleep 0.1
	done
	fail "Knot does not start: $(cat "$work/knot.log" "$work/knotd.log")"
}
write_knot
start_knot 1
python3 -m http.server --bind 127.0.0.1 "$web" >"$work/web.log" 2>&1 &
servers+=($!)
wait_for_port "$web"

"$abate" init "$work/store" >/dev/null
conf=$work/store/abate.conf
db=$work/store/abate.db
# The registry at .test: one held, one held at the end of its term.
mkdir -p "$work/store/rdap/domain"
echo "{\"services\":[[[\"test\"],[\"file://$work/store/rdap/\"]]]}" >"$work/store/rdap/dns.json"
rdap() { # name, status, end
	echo "{\"objectClassName\":\"domain\",\"ldhName\":\"$1\",\"status\":[\"$2\"],\"events\":[{\"eventAction\":\"expiration\",\"eventDate\":\"$3\"}]}" \
		>"$work/store/rdap/domain/$1"
}
rdap gone.test "server hold" 2099-01-01T00:00:00Z
rdap lapsed.test "redemption period" 2020-01-01T00:00:00Z
cat >"$conf" <<END
[store]
url = sqlite:abate.db
[lookup]
rdap_bootstrap = rdap
allow_private = yes
timeout = 1
[watch]
resolvers = 127.0.0.1:$dns
control = control.test
spacing_minutes = 0
END
# What is expected of each: state, and words that are seen.
cat >"$work/expected" <<END
up.test|up|resolves to 192.0.2.1
any.up.test|up|resolves to 192.0.2.2
chain.up.test|up|resolves to 192.0.2.1
six.up.test|up|resolves to 2001:db8::1
nodata.up.test|down|has no address
held.up.test|down|alias www.suspended-domain.com: suspended
sunk.test|down|name server ns1.sinkhole.ch: sinkhole
null.test|down|address 127.0.0.1: suspended
parked.test|unknown|parked
verify.test|unknown|verification
expired.test|unknown|expired
other.test|unknown|refused
http://127.0.0.1:$web/page|unknown|only HTTP could tell
192.0.2.8|unknown|only HTTP could tell
http://up.test/page|up|resolves to 192.0.2.1
END
cut -d'|' -f1 "$work/expected" >"$work/in.txt"
"$abate" -c "$conf" import "$work/in.txt" --case "Watched" --type phishing >/dev/null
sqlite3 "$db" "UPDATE indicators SET reported = strftime('%s', 'now') * 1000000"
"$abate" -c "$conf" watch >/dev/null
out=$("$abate" -c "$conf" watch --now)
while IFS='|' read -r name state words; do
	line=$(grep -F " $name " <<<"$out") || fail "$name is not there: $out"
	[ "$(sqlite3 "$db" "SELECT COALESCE(state, 'unknown') FROM indicators WHERE value = '$name'")" = "$state" ] ||
		fail "$name is not $state: $line"
	expect "$words" "$line"
done <"$work/expected"
expect "1 of those up are URLs whose name resolves" "$out"
! grep -q GET "$work/web.log" || fail "a page was fetched though HTTP is off"

# The registry says why a name is gone. Knot refuses what it does not serve; now it serves all of .test.
zone test "@ 60 NS ns.test." "ns 60 A 127.0.0.1"
write_knot
kill "${servers[0]}"
wait "${servers[0]}" 2>/dev/null || true
start_knot 2
printf 'gone.test\nlapsed.test\n' >"$work/more.txt"
"$abate" -c "$conf" import "$work/more.txt" --case "Registry" --type phishing >/dev/null
sqlite3 "$db" "UPDATE indicators SET reported = strftime('%s', 'now') * 1000000"
"$abate" -c "$conf" watch --now >/dev/null
out=$("$abate" -c "$conf" watch --now --json)
state() { jq -r "select(.value == \"$1\") | .state" <<<"$out"; }
[ "$(state gone.test)" = down ] || fail "a server hold is not down: $out"
[ "$(state lapsed.test)" = unknown ] || fail "expiry is taken for a takedown: $out"
expect "server hold" "$(jq -r 'select(.value == "gone.test") | .sightings[].detail' <<<"$out")"
expect "no takedown" "$(jq -r 'select(.value == "lapsed.test") | .sightings[].detail' <<<"$out")"
[ "$(state other.test)" = down ] || fail "NXDOMAIN, twice, is not down: $out"

jq -e '.outages | length == 1 and .[0].down != null and .[0].back_up == null' \
	<<<"$("$abate" -c "$conf" show "$(jq -r 'select(.value == "other.test") | .id' <<<"$out")" --json)" >/dev/null ||
	fail "show does not tell since when it is down"

# Two at once: each is looked at once.
sqlite3 "$db" "UPDATE indicators SET next_look = NULL; DELETE FROM sightings"
"$abate" -c "$conf" watch >"$work/first" &
run=$!
"$abate" -c "$conf" watch >"$work/second"
wait $run
[ "$(sqlite3 "$db" "SELECT COUNT(*) FROM (SELECT 1 FROM sightings WHERE method = 'dns'
	GROUP BY indicator_id HAVING COUNT(*) > 1)")" = 0 ] || fail "looked at twice: $(cat "$work/first" "$work/second")"
[ "$(sqlite3 "$db" "SELECT COUNT(DISTINCT indicator_id) FROM sightings")" = 15 ] || fail "not all were looked at"

# One that another run has is left to it.
sqlite3 "$db" "UPDATE indicators SET next_look = NULL;
	UPDATE indicators SET taken_until = (strftime('%s', 'now') + 600) * 1000000 WHERE value = 'up.test'"
out=$("$abate" -c "$conf" watch)
expect "16 of 17 looked at" "$out"
expect "another run is looking at 1 more" "$out"
sqlite3 "$db" "UPDATE indicators SET taken_until = NULL"

# Interrupted amid its questions: nothing is half written, and at once it is their turn again.
sqlite3 "$db" "UPDATE indicators SET next_look = NULL"
kill -STOP "${servers[0]}"
(trap - INT; exec "$abate" -c "$conf" watch) >"$work/interrupted" 2>&1 &
run=$!
sleep 0.5
[ "$(sqlite3 "$db" "SELECT COUNT(*) FROM indicators WHERE taken_until IS NOT NULL")" = 17 ] || fail "no turn was taken"
kill -INT $run 2>/dev/null || fail "it did not wait for the server"
status=0
wait $run 2>/dev/null || status=$?
kill -CONT "${servers[0]}"
[ $status = 1 ] || fail "interrupted, it exits with $status: $(cat "$work/interrupted")"
expect "0 of 17 looked at" "$(cat "$work/interrupted")"
expect "interrupted" "$(cat "$work/interrupted")"
"$abate" -c "$conf" list events --verify >/dev/null || fail "the chain of events is broken"
expect "17 of 17 looked at" "$("$abate" -c "$conf" watch)"

# A case or an indicator that is not there; the sightings of one that is.
for words in "watch --case C99" "list sightings --case C99" "list sightings I99"; do
	status=0
	out=$("$abate" -c "$conf" $words 2>&1) || status=$?
	[ $status = 3 ] || fail "$words: $status, $out"
	expect "there is no" "$out"
done
id=$(sqlite3 "$db" "SELECT 'I' || id FROM indicators WHERE value = 'up.test'")
out=$("$abate" -c "$conf" --json list sightings "$id" | jq -r .indicator | sort -u)
[ "$out" = "$id" ] || fail "list sightings $id gives those of $out"

# The server away: the fault may be ours, and nothing changes.
before=$(sqlite3 "$db" "SELECT group_concat(state) FROM indicators")
kill -STOP "${servers[0]}"
status=0
out=$("$abate" -c "$conf" watch --now 2>&1) || status=$?
[ $status = 3 ] || fail "without a name server it exits with $status: $out"
expect "17 of 17 looks told nothing, as no resolver works" "$out"
out=$("$abate" -c "$conf" watch --now 2>/dev/null) || true
kill -CONT "${servers[0]}"
expect "the fault may be ours" "$out"
[ "$(sqlite3 "$db" "SELECT group_concat(state) FROM indicators")" = "$before" ] || fail "our own fault changed a state"
echo ok
