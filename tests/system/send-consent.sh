#!/usr/bin/env bash
# Who must say yes before something goes: contacts never used, and providers and cases that are trusted.
. "$(dirname "$0")/common.sh"
run() { "$abate" -c "$work/abate.conf" "$@"; }
sql() { sqlite3 "$work/abate.db" "$1"; }
states() { sql "SELECT DISTINCT state FROM reports WHERE $1 ORDER BY 1" | paste -sd' '; }
# start KEYS URL…: a store of its own, with keys in [send].
start() {
	rm -rf "$work"/abate.db* "$work/maildir" "$work/packets"
	cp -r "$source_dir/config/samples/." "$work"
	sed -i "s|\.\./\.\./build/demo/|$work/|; s|^\[send\]|[send]\n$1|" "$work/abate.conf"
	shift
	printf '%s\n' value "$@" >"$work/in.csv"
}
dispatch() { run dispatch "$work/in.csv" --type phishing --nature compromised "$@" </dev/null 2>&1; }
mailed() { grep -rlF "To: $1" "$work/maildir" 2>/dev/null | wc -l; }

# A contact that was never used: held with what to do, confirmed, sent; then it is an old one.
start "new_contacts = confirm" http://my-iri.org/a
expect_status 1 dispatch --case First --yes
to=$(sql "SELECT address FROM reports WHERE channel = 'mail'")
[ "$(states "channel = 'mail'")" = held ] || fail "a new contact got a report: $out"
expect "nothing was ever accepted by $to: \`abate confirm $to\`" "$(sql 'SELECT reason FROM reports')"
[ "$(mailed "$to")" = 0 ] || fail "mail went to a new contact"
expect_status 0 run confirm "$to"
[ "$(states "channel = 'mail'")" = ready ] || fail "held although confirmed: $(sql 'SELECT reason FROM reports')"
expect_status 0 run send --yes
[ "$(mailed "$to")" = 1 ] || fail "the confirmed contact got nothing: $out"
# One that took a report needs no confirmation; one that bounced does.
sql "DELETE FROM marks"
printf 'value\nhttp://my-iri.org/b\n' >"$work/in.csv"
expect_status 0 dispatch --case Second --yes
[ "$(mailed "$to")" = 2 ] || fail "a used contact was held: $out"
sql "UPDATE reports SET state = 'bounced'"
printf 'value\nhttp://my-iri.org/c\n' >"$work/in.csv"
expect_status 1 dispatch --case Third --yes
[ "$(mailed "$to")" = 2 ] || fail "a contact that bounced got another"
# Without the key it goes.
start "" http://my-iri.org/a
expect_status 0 dispatch --case First --yes

# A trusted provider goes although nobody is there; the rest is held, and goes with a yes.
start "" http://my-iri.org/a http://senate.group/b
expect_status 1 dispatch --case Mixed
expect "nobody is there to say yes" "$out"
[ "$(states "channel = 'mail'")" = ready ] || fail "without trust: $(states 1)"
trusted=$(sql "SELECT provider FROM reports WHERE channel = 'mail' ORDER BY id LIMIT 1")
sed -i "s|^\[send\]|[send]\ntrusted_providers = nobody, $trusted|" "$work/abate.conf"
expect_status 1 run send </dev/null
expect "the rest is held" "$out"
[ "$(states "provider = '$trusted'")" = accepted ] || fail "the trusted provider: $(states "provider = '$trusted'")"
[ "$(states "provider <> '$trusted' AND channel = 'mail'")" = held ] || fail "the others: $(states 1)"
expect "not approved" "$(sql "SELECT reason FROM reports WHERE state = 'held'")"
expect_status 0 run send --yes
[ "$(states "channel = 'mail'")" = accepted ] || fail "held in spite of a yes: $(states 1)"

# A trusted source: its cases go, by their titles; under "report" and "provider" too.
for level in batch provider report; do
	start "approval = $level\ntrusted_cases = honeypot *" http://my-iri.org/a
	expect_status 1 dispatch --case "By hand"
	printf 'value\nhttp://senate.group/b\n' >"$work/in.csv"
	expect_status 0 dispatch --case "honeypot 2026-11"
	[ "$(states "case_id = 2 AND channel = 'mail'")" = accepted ] || fail "$level: the trusted case: $(states case_id=2)"
	[ "$(states "case_id = 1 AND channel = 'mail'")" = ready ] || fail "$level: the other case: $(states case_id=1)"
done
# What is held makes the work done in part, as for dispatch; what was never routed is told of.
start "" http://my-iri.org/a
expect_status 1 dispatch --case Secret --tlp red --yes
expect_status 1 run send --yes
expect_status 1 run send --yes R1
expect "R1 is held: TLP:RED" "$out"
expect_status 3 run send --yes R99
expect_status 0 run import --case Secret --tlp green
expect_status 0 run send --yes
printf 'value\nhttp://senate.group/b\n' >"$work/in.csv"
expect_status 0 run import "$work/in.csv" --case New --type phishing
expect_status 0 run send --yes
expect "nobody is asked about 1 indicators yet" "$out"
expect_status 0 run send --yes --case C1

echo "new contacts wait, what is trusted does not"
