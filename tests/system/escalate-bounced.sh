#!/usr/bin/env bash
# A reminder that nobody gets: the contact is no good any more, the provider's next one is asked, and the time begins
# anew with that; when nobody is left, the next rung. Nothing waits for ever, and nothing is proposed too soon.
. "$(dirname "$0")/common.sh"
run() { "$abate" -c "$work/abate.conf" "$@"; }
sql() { sqlite3 "$work/abate.db" "$1"; }
is() { [ "$1" = "$2" ] || fail "$3 is '$1', not '$2'; $(run list reports) $(cat "$work/out")"; }
about() { sql "SELECT state || ' ' || COALESCE(address, '') FROM reports WHERE id = $1"; }
age() { sql "UPDATE reports SET sent = sent - 100 * 3600000000, created = created - 100 * 3600000000"; }
proposals() { run escalate --json | jq -r '"\(.action) \(.report) \(.to)"'; }
# bounce ID [STATUS]: a mail system's word, as a file; not yet read.
bounce() {
	local to status=${2:-5.1.1}
	to=$(sql "SELECT address FROM reports WHERE id = $1")
	cat >"$work/back/new/$1" <<-MAIL
		From: MAILER-DAEMON@mx.example
		Subject: Undelivered Mail Returned to Sender
		Date: $(date -R)
		MIME-Version: 1.0
		Content-Type: multipart/report; report-type=delivery-status; boundary="b"

		--b
		Content-Type: text/plain

		<$to>: failed

		--b
		Content-Type: message/delivery-status

		Reporting-MTA: dns; mx.example

		Final-Recipient: rfc822; $to
		Action: failed
		Status: $status

		--b
		Content-Type: text/rfc822-headers

		Message-ID: <$(sql "SELECT message_id FROM reports WHERE id = $1")>

		--b--
	MAIL
}
fetch() { run fetch >"$work/out" 2>&1 || fail "fetch: $(cat "$work/out")"; }
start() {
	rm -rf "$work"/abate.* "$work/maildir" "$work/back" "$work/mine"
	two_contacts
	"$abate" init "$work" >/dev/null
	printf 'value\nhttp://senate.group/a\n' >"$work/in.csv"
	run dispatch "$work/in.csv" --case One --type phishing --nature malicious --yes >"$work/out" 2>&1 || true
	sql "UPDATE indicators SET state = 'up'"
}

# The reminder bounces.
start
age
run escalate --prepare >"$work/out" 2>&1
run send --yes >"$work/out" 2>&1 || true
is "$(about 2)" "accepted abuse@desk.example" R2
bounce 2
fetch
is "$(about 2)" "bounced abuse@desk.example" R2
is "$(sql "SELECT value FROM marks WHERE kind = 'contact'")" bad "the mark of the contact"
expect "R2, after R1, bounced: R3 goes to second@desk.example instead: \`abate send R3\`" "$(cat "$work/out")"
is "$(about 3)" "ready second@desk.example" R3
is "$(proposals)" "" "what is proposed while R3 waits"
run send --yes >"$work/out" 2>&1 || true
is "$(about 3)" "accepted second@desk.example" R3
is "$(proposals)" "" "what is proposed just after R3 went out"
age
is "$(proposals)" "follow_up R3 second@desk.example" "what is proposed when R3 is overdue"
run escalate --prepare >"$work/out" 2>&1
run send --yes >"$work/out" 2>&1 || true
bounce 4
fetch
expect "R4, after R3, bounced: R5 goes to abuse@hosting-b.example instead" "$(cat "$work/out")"
run send --yes >"$work/out" 2>&1 || true
bounce 5
fetch
expect "R5 bounced: R6 goes to abuse@registrar-two.example instead" "$(cat "$work/out")"
is "$(proposals)" "" "what is proposed while R6 waits"

# The contact is found bad by another case: the reminder that is due goes to the next contact.
start
age
run confirm --bad abuse@desk.example >"$work/out"
is "$(sql "SELECT COUNT(*) FROM reports")" 1 "the number of reports"
expect "nobody is there at abuse@desk.example any more" "$(run escalate)"
run escalate --prepare >"$work/out" 2>&1 || true
expect "R2, after R1, was to go to abuse@desk.example, which was marked as bad: R3 goes to second@desk.example instead" "$(cat "$work/out")"
is "$(about 2)" "cancelled abuse@desk.example" R2
is "$(proposals)" "" "what is proposed while R3 waits"
run send --yes >"$work/out" 2>&1 || true
is "$(about 3)" "accepted second@desk.example" R3
age
is "$(proposals)" "follow_up R3 second@desk.example" "what is proposed when R3 is overdue"

# A withdrawal bounces: the contact is no good, but nobody else is told of the mistake as if it were abuse.
start
run retract R1 >/dev/null
run send --yes >"$work/out" 2>&1 || true
is "$(about 2)" "accepted abuse@desk.example" R2
bounce 2
fetch
expect "R2, after R1, bounced: a withdrawal goes to who got the report: tell them in another way" "$(cat "$work/out")"
is "$(sql "SELECT value FROM marks WHERE kind = 'contact'")" bad "the mark of the contact"
run route --again >/dev/null
run send --yes >"$work/out" 2>&1 || true
is "$(sql "SELECT COUNT(*) FROM reports")" 2 "the number of reports"
age
is "$(proposals)" "" "what is proposed after a withdrawal"

# Between the bounce and the look for the next contact nothing is proposed.
start
bounce 1
mv "$work/snapshot" "$work/gone"
sql "DELETE FROM cache"
run fetch >"$work/out" 2>&1 || true
is "$(about 1)" "bounced abuse@desk.example" R1
sql "DELETE FROM marks WHERE kind = 'rerouted'"
is "$(proposals)" "" "what is proposed before the next contact was looked for"
mv "$work/gone" "$work/snapshot"
run send --yes >"$work/out" 2>&1 || true
is "$(about 2)" "accepted second@desk.example" R2
is "$(proposals)" "" "what is proposed after the bounce"
# A full mailbox bounces as well, though the address is right: then it is the next rung's turn.
start
age
run escalate --prepare >"$work/out" 2>&1
run send --yes >"$work/out" 2>&1 || true
bounce 2 5.2.2
fetch
expect "R2, after R1, bounced: (full)" "$(cat "$work/out")"
is "$(proposals)" "registrar R1 abuse@registrar-two.example" "what is proposed after a full mailbox"

# A person knows that the address is right after all: the report is made anew for it, once.
start
bounce 1 5.2.2
fetch
run confirm abuse@desk.example >"$work/out"
expect "abuse@desk.example: confirmed" "$(cat "$work/out")"
expect "R1 bounced: R2 goes to abuse@desk.example instead: \`abate send R2\`" "$(cat "$work/out")"
run send --yes >"$work/out" 2>&1 || true
run send --yes >>"$work/out" 2>&1 || true
is "$(about 2) $(sql "SELECT COUNT(*) FROM reports")" "accepted abuse@desk.example 2" "R2 and the number of reports"
is "$(proposals)" "" "what is proposed after R2 went out"
bounce 2
fetch
expect "R2 bounced: R3 goes to second@desk.example instead" "$(cat "$work/out")"
run confirm abuse@desk.example >"$work/out"
expect "abuse@desk.example: confirmed, though it bounced on 20" "$(cat "$work/out")"
is "$(sql "SELECT COUNT(*) FROM reports")" 3 "the number of reports, as R3 goes to the same desk"

# The same of a reminder: it is proposed again when it is time.
start
age
run escalate --prepare >"$work/out" 2>&1
run send --yes >"$work/out" 2>&1 || true
bounce 2 5.2.2
fetch
run confirm abuse@desk.example >"$work/out"
expect "R2, after R1, bounced: its contact is right: \`abate escalate\` proposes it again when it is time" "$(cat "$work/out")"
is "$(proposals)" "" "what is proposed at once"
age
is "$(proposals)" "follow_up R1 abuse@desk.example" "what is proposed when it is time"
run list events --verify >/dev/null || fail "the chain of events is broken"
echo "bounced reminders went to the next contact, and the next rung came after that"
