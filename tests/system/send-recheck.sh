#!/usr/bin/env bash
# What waited long is looked up again before it goes: moved away, down already, or not to be found.
. "$(dirname "$0")/common.sh"
run() { "$abate" -c "$work/abate.conf" "$@"; }
sql() { sqlite3 "$work/abate.db" "$1"; }
# contact NAME: the report that is the newest about it, to its host, as "id state address reason".
contact() {
	sql "SELECT r.id, r.state, r.address, COALESCE(r.reason, '') FROM reports r
		JOIN report_indicators l ON l.report_id = r.id JOIN indicators i ON i.id = l.indicator_id
		WHERE i.host = '$1' AND r.rung = 'host' ORDER BY r.id DESC LIMIT 1"
}
names() {
	sql "SELECT value FROM indicators i JOIN report_indicators l ON l.indicator_id = i.id WHERE l.report_id = $1 ORDER BY i.id"
}
state() { sql "SELECT state FROM reports WHERE id = $1"; }
age() { sql "UPDATE reports SET created = created - 48 * 3600000000"; }
start() {
	rm -rf "$work"/abate.db* "$work/maildir" "$work/packets"
	cp -r "$source_dir/config/samples/." "$work"
	sed -i "s|\.\./\.\./build/demo/|$work/|" "$work/abate.conf"
	"$abate" init "$work" >/dev/null
	printf '%s\n' value "$@" >"$work/in.csv"
	run import "$work/in.csv" --case Old --type phishing --nature compromised >/dev/null
	run route >/dev/null 2>&1 || true
	run preview >/dev/null 2>&1 || true
}
# move NAME ADDRESS
move() { sed -i "s/\b$1\b//" "$work/hosts"; echo "$2 $1" >>"$work/hosts"; }

# Moved to another host: the old one hears nothing, the new one gets it.
start http://my-iri.org/a http://senate.group/b
IFS='|' read -r old _ old_to _ <<<"$(contact my-iri.org)"
IFS='|' read -r stays _ stays_to _ <<<"$(contact senate.group)"
[ "$(state "$old")" = ready ] && [ "$(state "$stays")" = ready ] || fail "not ready: $(contact my-iri.org)"
move my-iri.org 203.0.113.30
age
run send --yes >"$work/out" 2>&1 || true
[ "$(state "$old")" = cancelled ] || fail "the report to the old contact is $(state "$old"): $(cat "$work/out")"
expect "moved: $old_to → looked up again" "$(sql "SELECT reason FROM reports WHERE id = $old")"
IFS='|' read -r new new_state new_to _ <<<"$(contact my-iri.org)"
[ "$new" != "$old" ] && [ "$new_state" = accepted ] && [ "$new_to" != "$old_to" ] ||
	fail "no report to the new contact: $new $new_state $new_to"
grep -rqi "^To:.*$new_to" "$work/maildir" || fail "the new contact got nothing"
! grep -rqi "^To:.*$old_to" "$work/maildir" || fail "the old contact got it"
[ "$(state "$stays")" = accepted ] || fail "what did not move is $(state "$stays")"
grep -rqi "^To:.*$stays_to" "$work/maildir" || fail "who did not move got nothing"
run send --yes >/dev/null 2>&1 || true
[ "$(sql "SELECT COUNT(*) FROM reports")" = 3 ] || fail "made more than one new report"

# A fresh report goes as it is, and so does an old one with recheck_hours = 0.
start http://my-iri.org/a
IFS='|' read -r old _ <<<"$(contact my-iri.org)"
move my-iri.org 203.0.113.30
run send --yes >/dev/null 2>&1 || true
[ "$(state "$old")" = accepted ] || fail "a fresh report is $(state "$old")"
start http://my-iri.org/a
sed -i 's/^\[send\]/[send]\nrecheck_hours = 0/' "$work/abate.conf"
move my-iri.org 203.0.113.30
age
run send --yes >/dev/null 2>&1 || true
[ "$(state 1)" = accepted ] || fail "looked up although recheck_hours is 0"

# Down already: not sent, with an event, and not made again; what is beside it goes without it.
start http://my-iri.org/a http://senate.group/b http://senate.group/c
IFS='|' read -r old _ <<<"$(contact my-iri.org)"
IFS='|' read -r stays _ <<<"$(contact senate.group)"
sql "UPDATE indicators SET state = 'down', down = 1 WHERE value LIKE '%/a' OR value LIKE '%/c'"
age
run send --yes >/dev/null 2>&1 || true
[ "$(state "$old")" = cancelled ] || fail "what is down was sent: $(state "$old")"
expect "already down" "$(sql "SELECT detail FROM events WHERE subject = 'R$old' AND kind = 'report.cancelled'")"
[ "$(state "$stays")" = accepted ] || fail "what is half up was not sent: $(state "$stays")"
[ "$(names "$stays")" = http://senate.group/b ] || fail "R$stays is about: $(names "$stays")"
expect "already down" "$(sql "SELECT detail FROM events WHERE subject = 'R$stays' AND kind = 'report.dropped'")"
mail=$(run show "R$stays" --raw | python3 -c 'import email, sys
print(next(p.get_payload(decode=True).decode() for p in email.message_from_binary_file(sys.stdin.buffer).walk() if p.get_content_type() == "text/plain"))')
expect "senate.group/b" "$(tr -d '[]' <<<"$mail")"
case $(tr -d '[]' <<<"$mail") in *senate.group/c*) fail "the mail names what is down: $mail" ;; esac
run send --yes >/dev/null 2>&1 || true
[ "$(sql "SELECT COUNT(*) FROM reports")" = 2 ] || fail "what is down was made again"
# Up again, it is reported.
sql "UPDATE indicators SET state = 'up' WHERE value LIKE '%/c'"
run send --yes >/dev/null 2>&1 || true
IFS='|' read -r new new_state _ <<<"$(contact senate.group)"
[ "$new_state" = accepted ] && [ "$(names "$new")" = http://senate.group/c ] || fail "R$new is $new_state: $(names "$new")"

# One of two moved: each goes to its own host.
start http://senate.group/b http://adfs-senate.email/c
IFS='|' read -r both _ both_to _ <<<"$(contact senate.group)"
[ "$(names "$both" | wc -l)" = 2 ] || fail "not one report for both: $(names "$both")"
move adfs-senate.email 203.0.113.30
age
run send --yes >"$work/out" 2>&1 || true
[ "$(state "$both")" = accepted ] && [ "$(names "$both")" = http://senate.group/b ] ||
	fail "R$both is $(state "$both") about: $(names "$both"): $(cat "$work/out")"
expect "moved away" "$(sql "SELECT detail FROM events WHERE subject = 'R$both' AND kind = 'report.dropped'")"
IFS='|' read -r new new_state new_to _ <<<"$(contact adfs-senate.email)"
[ "$new_state" = accepted ] && [ "$new_to" != "$both_to" ] && [ "$(names "$new")" = http://adfs-senate.email/c ] ||
	fail "R$new is $new_state to $new_to about: $(names "$new")"
[ "$(sql "SELECT COUNT(*) FROM reports")" = 2 ] || fail "made more than one new report"

# What cannot be looked up goes out as it was, with a warning.
start http://my-iri.org/a
rm -r "$work/snapshot/rdap/ip"
sql "DELETE FROM cache"
age
run send --yes >"$work/out" 2>&1 || true
[ "$(state 1)" = accepted ] || fail "what cannot be looked up is $(state 1)"
expect "could not be looked up again" "$(cat "$work/out")"
[ "$(sql "SELECT COUNT(*) FROM routes WHERE rung = 'host' AND address IS NOT NULL")" -ge 1 ] ||
	fail "the known contact was forgotten"
echo "moved, down and unknown: each as it should be"
