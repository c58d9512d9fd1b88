#!/usr/bin/env bash
# A person moves replies: what a reply did to the report that it leaves is taken back, and what cannot be is told.
. "$(dirname "$0")/common.sh"
run() { "$abate" -c "$work/abate.conf" "$@"; }
sql() { sqlite3 "$work/abate.db" "$1"; }
state() { sql "SELECT state FROM reports WHERE id = $1"; }
is() { [ "$1" = "$2" ] || fail "$3 is '$1', not '$2'"; }
# answer NAME FROM SUBJECT [HEADER] <TEXT: into the Maildir of what comes back, and read.
answer() {
	{ printf 'From: %s\nTo: us\nDate: %s\nSubject: %s\nMessage-ID: <%s@desk.example>\n' "$2" "$(date -R)" "$3" "$1"
	  [ -z "${4:-}" ] || printf '%s\n' "$4"
	  echo; cat; } >"$work/back/new/$1"
	run fetch >"$work/out" 2>&1 || fail "fetch: $(cat "$work/out")"
	last=A$(sql "SELECT MAX(id) FROM replies")
}
id_of() { sql "SELECT message_id FROM reports WHERE id = $1"; }

two_contacts
"$abate" init "$work" >/dev/null
printf 'value\nhttp://senate.group/a\n' >"$work/in.csv"
for title in One Two; do
	run dispatch "$work/in.csv" --case $title --type phishing --nature malicious --yes >/dev/null 2>&1 || true
done
is "$(state 1) $(state 2)" "accepted accepted" "the state of R1 and R2"

# An acknowledgement and an answer, which are R2's in truth.
answer ack "Desk <abuse@desk.example>" "[#HX-4711] Your report" "In-Reply-To: <$(id_of 1)>
Auto-Submitted: auto-replied" <<<"Thank you. We have received your report; the ticket number is HX-4711."
ack=$last
answer acted "Kim <kim@desk.example>" "Re: your report" "In-Reply-To: <$(id_of 1)>" <<<"We have suspended the account and removed the page."
acted=$last
is "$(state 1) $(sql "SELECT ticket FROM reports WHERE id = 1")" "answered HX-4711" "R1"
out=$(run assign "$acted" R2)
expect "$acted belongs to R2" "$out"
expect "R2 (Desk) is answered now, was accepted; answered 20" "$out"
expect "R1 (Desk) is acknowledged now, was answered; not answered any more" "$out"
is "$(run show R1 --json | jq -r '"\(.state) \(.answered) \(.says_it_acted)"')" "acknowledged null null" "R1"
is "$(run stats --by all --json | jq -r '"\(.acknowledged) \(.actioned)"')" "1 1" "the figures"
out=$(run --json assign "$ack" R2)
is "$(jq -r '.changed | map("\(.report) \(.was) \(.state) \(.ticket)") | join(", ")' <<<"$out")" \
	"R2 answered answered HX-4711, R1 acknowledged accepted null" "what changed"
expect "R1 report.revised $ack" "$(run list events --json | jq -r '"\(.subject) \(.kind) \(.detail.reply)"')"
out=$(run assign "$acted" "$ack" none)
expect "$ack belongs to no report" "$out"
expect "R2 (Desk) is accepted now, was acknowledged; not acknowledged any more; it has no ticket any more" "$out"
is "$(run stats --by all --json | jq -r '"\(.acknowledged) \(.actioned)"')" "0 0" "the figures"

# Once told whose a mail is, what its writer sends in the thread follows.
answer kim "Kim <kim@elsewhere.example>" "Your mail" <<<"Dear team, which page do you mean?"
is "$(sql "SELECT report_id IS NULL FROM replies WHERE id = ${last#A}")" 1 "Kim's mail has no report"
expect "R2 (Desk) is answered now, was accepted" "$(run assign "$last" R2)"
answer kim2 "Kim <kim@elsewhere.example>" "Re: Your mail" "In-Reply-To: <kim@desk.example>" <<<"We look at it, kind regards."
is "$(run show "$last" --json | jq -r '"\(.report) \(.match) \(.weak) \(.counts)"')" "R2 thread false true" "Kim's second mail"

# The same mail again, as it is or by another way, changes nothing.
count=$(sql "SELECT COUNT(*) FROM replies")
cp "$(find "$work/back" -name 'kim*' ! -name 'kim2*')" "$work/back/new/again"
run fetch >/dev/null
is "$(sql "SELECT COUNT(*) FROM replies")" "$count" "the number of replies"
{ echo "Received: from x by y; $(date -R)"; cat "$work/back/new/again"; } >"$work/back/new/copy"
run fetch >/dev/null
is "$(sql "SELECT report_id || ' ' || match FROM replies ORDER BY id DESC LIMIT 1")" "2 thread" "the copy"

# What a stranger says was done is an answer, until a person vouches for them; the ticket is the provider's then.
answer acted2 "Desk <desk@elsewhere.example>" "[#EL-9911] Re: your report" "In-Reply-To: <$(id_of 2)>" <<<"We have suspended the account and removed the page."
is "$(run show "$last" --json | jq -r '"\(.class) \(.counts)"')" "human true" "a stranger's word"
is "$(run stats --by all --json | jq -r .actioned)" 0 "what they say they did"
run assign "$last" R2 >/dev/null
is "$(run show "$last" --json | jq -r '"\(.class) \(.counts)"')" "actioned true" "the word that a person vouched for"
is "$(run stats --by all --json | jq -r .actioned)" 1 "what they say they did"

# A reminder that quotes a ticket which was another's is told of.
sql "UPDATE reports SET sent = sent - 100 * 3600000000, created = created - 100 * 3600000000"
answer ack2 "Desk <abuse@desk.example>" "[#HX-4712] Your report" "In-Reply-To: <$(id_of 1)>
Auto-Submitted: auto-replied" <<<"Thank you. We have received your report; the ticket number is HX-4712."
run escalate --prepare R1 >/dev/null
reminder=$(sql "SELECT id FROM reports WHERE follow_up_of = 1")
expect "R$reminder quotes HX-4712 and is ready: \`abate cancel R$reminder\` takes it back" "$(run assign "$last" none)"
run cancel "R$reminder" >/dev/null

# What an API said is nobody else's.
sql "INSERT INTO replies (report_id, class, weak, source, received, counts) VALUES (1, 'human', 0, 'poll', 5, 1)"
expect_status 3 run assign "A$(sql "SELECT MAX(id) FROM replies")" R2
expect "is what an API said of R1" "$out"
sql "DELETE FROM replies WHERE source = 'poll'"

# A bounce that was not R1's: the contact is good again, and the report to the next one is told of.
answer bounce "MAILER-DAEMON@mx.example" "Undelivered Mail Returned to Sender" 'MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"' <<MAIL
--b
Content-Type: text/plain

<abuse@desk.example>: 550 5.1.1 User unknown

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; abuse@desk.example
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: <$(id_of 1)>

--b--
MAIL
third=$(sql "SELECT MAX(id) FROM reports")
is "$(state 1) $(state "$third")" "bounced ready" "R1 and R$third"
out=$(run assign "$last" none)
expect "R1 (Desk) is accepted now, was bounced; abuse@desk.example is not marked as bad any more" "$out"
expect "R$third to second@desk.example was made instead and is ready: \`abate cancel R$third\` takes it back" "$out"
is "$(sql "SELECT COUNT(*) FROM marks WHERE kind IN ('contact', 'bad_by', 'rerouted')")" 0 "the marks"
out=$(run assign "$last" R1)
expect "R1 (Desk) is bounced now, was accepted" "$out"
run send --yes >/dev/null 2>&1 || true
is "$(state "$third")" accepted "R$third"
expect "R$third went to second@desk.example instead on 20" "$(run assign "$last" none)"

# What cannot be is said, and nothing changes.
before=$(sql "SELECT COUNT(*) FROM events")
expect_status 3 run assign A99 R1
expect "there is no reply A99" "$out"
expect_status 3 run assign "$ack" R99
expect "there is no report R99" "$out"
expect_status 2 run assign R1 A1
expect_status 2 run assign "$ack"
expect_status 2 run assign "$ack" "$acted"
run import "$work/in.csv" --case Three --type phishing --nature malicious >/dev/null
run route --case C3 >/dev/null 2>&1
run preview >/dev/null 2>&1 || true
ready=$(sql "SELECT MAX(id) FROM reports")
run hold "R$ready" >/dev/null
before=$(sql "SELECT COUNT(*) FROM events")
expect_status 3 run assign "$ack" "R$ready"
expect "R$ready (held) has not gone out" "$out"
run cancel "R$ready" >/dev/null
expect_status 3 run assign "$ack" "R$ready"
expect "R$ready (cancelled) has not gone out" "$out"
expect_status 1 run assign A99 "$ack" R2
expect "$ack belongs to R2" "$out"
run list events --verify >/dev/null || fail "the chain of events is broken"
echo "moved, taken back, told: $(sql "SELECT COUNT(*) FROM events WHERE kind = 'report.revised'") reports were revised"
