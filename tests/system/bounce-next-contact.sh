#!/usr/bin/env bash
# A report that nobody got goes to the next contact: the profile's other channel, then what RDAP names, then the
# registrar; and when nobody is left that is said, once.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo "python3 is missing"; exit 77; }
run() { "$abate" -c "$work/abate.conf" "$@"; }
sql() { sqlite3 "$work/abate.db" "$1"; }
# about ID: "state address provider" of a report.
about() { sql "SELECT state || ' ' || address || ' ' || provider FROM reports WHERE id = $1"; }
is() { [ "$(about "$1")" = "$2" ] || fail "R$1 is $(about "$1"), not $2; $(cat "$work/out")"; }
send() { run send "$@" >"$work/out" 2>&1 || true; }
# bounce ID [STATUS WORDS]: a mail system's word that nobody is there, into the Maildir of what comes back.
bounce() {
	local id=$1 status=${2:-5.1.1} words=${3:-550 5.1.1 User unknown} to key
	to=$(sql "SELECT address FROM reports WHERE id = $id")
	key=$(sql "SELECT message_id FROM reports WHERE id = $id")
	cat >"$work/back/new/$id" <<-END
		From: MAILER-DAEMON@mx.example
		To: analyst@csirt.example
		Subject: Undelivered Mail Returned to Sender
		Date: $(date -R)
		Message-ID: <bounce-$id@mx.example>
		MIME-Version: 1.0
		Content-Type: multipart/report; report-type=delivery-status; boundary="b"

		--b
		Content-Type: text/plain

		<$to>: host mx.example said: $words

		--b
		Content-Type: message/delivery-status

		Reporting-MTA: dns; mx.example

		Final-Recipient: rfc822; $to
		Action: failed
		Status: $status
		Diagnostic-Code: smtp; $words

		--b
		Content-Type: text/rfc822-headers

		Message-ID: <$key>

		--b--
	END
	run fetch >"$work/out" 2>&1 || fail "fetch: $(cat "$work/out")"
}
count() { sql "SELECT COUNT(*) FROM reports"; }

python3 "$source_dir/tests/system/smtp_server.py" fine "$work/port" &
servers+=($!)
wait_for_file "$work/port"
two_contacts Abuse@desk.example
sed -i -e "s|^carrier = .*|carrier = smtp\ntls = none\nlanes = 1|" -e "0,/^maildir = .*/s||server = 127.0.0.1:$(cat "$work/port")|" "$work/abate.conf"
cat >"$work/mine/group.json" <<'END'
{ "id": "group", "name": "Registry", "kind": "registry",
  "match": [{ "tlds": ["group"], "evidence": "official", "source": "test", "as_of": "2026-01-01" }],
  "channels": [{ "type": "mail", "to": "abuse@registry.example", "evidence": "official", "source": "its page", "as_of": "2026-01-01" }] }
END
"$abate" init "$work" >/dev/null
printf 'value\nhttp://senate.group/a\nhttp://senate.group/b\n' >"$work/in.csv"
run import "$work/in.csv" --case One --type phishing --nature malicious >/dev/null
printf 'value\nhttp://senate.group/a\n' >"$work/two.csv"
run import "$work/two.csv" --case Two --type phishing --nature malicious >/dev/null
run route >/dev/null
run preview >/dev/null 2>&1 || true
is 1 "ready Abuse@desk.example desk"
is 2 "ready Abuse@desk.example desk"

# Refused at the door as unknown: the next channel, which waits for a yes; what waited for the same contact, too.
echo abuse@desk.example >"$work/port.nobody"
send R1 --yes
is 1 "refused Abuse@desk.example desk"
expect "R1 was refused: nobody is there at Abuse@desk.example: R3 goes to second@desk.example instead: \`abate send R3\`" "$(cat "$work/out")"
expect "R2 was to go to Abuse@desk.example, which refused mail: R4 goes to second@desk.example instead" "$(cat "$work/out")"
is 2 "cancelled Abuse@desk.example desk"
is 3 "ready second@desk.example desk"
is 4 "ready second@desk.example desk"
[ "$(sql "SELECT COUNT(*) FROM report_indicators WHERE report_id = 3")" = 2 ] || fail "R3 is not about both"
expect "its page (official); the contact Abuse@desk.example refused mail on 20" "$(sql "SELECT source FROM routes WHERE address = 'second@desk.example'")"
[ ! -e "$work/port.log" ] || fail "the server took a mail for nobody: $(cat "$work/port.log")"
[ "$(sql "SELECT value FROM marks WHERE kind = 'contact' AND key = 'abuse@desk.example'")" = bad ] || fail "the contact is not marked"
out=$(run lookup senate.group)
expect "second@desk.example" "$out"
send R3 --yes
is 3 "accepted second@desk.example desk"
[ "$(count)" = 4 ] || fail "more reports were made: $(count)"

# A bounce: what RDAP names, of the same provider.
bounce 3
expect "R3 bounced: R5 goes to abuse@hosting-b.example instead: \`abate send R5\`" "$(cat "$work/out")"
expect "R4 was to go to second@desk.example, which bounced: R6 goes to abuse@hosting-b.example instead" "$(cat "$work/out")"
is 5 "ready abuse@hosting-b.example desk"
send --yes
is 5 "accepted abuse@hosting-b.example desk"

# Nobody of the host is left: the registrar instead, though the policy asks the host alone.
bounce 5
expect "R5 bounced: R7 goes to abuse@registrar-two.example instead" "$(cat "$work/out")"
is 7 "ready abuse@registrar-two.example iana-9996"
expect "asked because the contact Abuse@desk.example refused mail on 20" "$(sql "SELECT source FROM routes WHERE rung = 'registrar' ORDER BY id DESC LIMIT 1")"
expect "abuse@hosting-b.example bounced on 20" "$(sql "SELECT reason FROM routes WHERE rung = 'host' ORDER BY id DESC LIMIT 1")"

# The registrar's bounces, too: the registry. Then nobody is left, which is said once; nothing loops.
send R7 --yes
bounce 7
is 8 "ready abuse@registry.example group"
expect "R7 bounced: R8 goes to abuse@registry.example instead" "$(cat "$work/out")"
send R8 --yes
bounce 8
expect "R8 bounced: the contact abuse@registry.example bounced on 20" "$(cat "$work/out")"
expect ", and no other is known" "$(cat "$work/out")"
before=$(count)
send
case $(cat "$work/out") in *bounced*) fail "said again: $(cat "$work/out")" ;; esac
[ "$(count)" = "$before" ] || fail "a report was made again"

# A person who knows better: a new channel of the profile is used without more ado.
sed -i 's|"channels": \[|&{ "type": "mail", "to": "third@desk.example", "evidence": "official", "source": "a call", "as_of": "2026-01-01" },|' "$work/mine/desk.json"
run route --again --case C1 >/dev/null
send
[ "$(sql "SELECT state || ' ' || address FROM reports ORDER BY id DESC LIMIT 1")" = "ready third@desk.example" ] ||
	fail "the new channel is not used: $(cat "$work/out")"

# A full mailbox says nothing against the address, and a person may know better.
send --yes
third=$(sql "SELECT id FROM reports WHERE address = 'third@desk.example'")
[ "$(about "$third")" = "accepted third@desk.example desk" ] || fail "R$third is $(about "$third")"
bounce "$third" 5.2.2 "552 5.2.2 Mailbox full"
expect "R$third bounced: (full)" "$(cat "$work/out")"
expect "\`abate confirm third@desk.example\` makes it anew, \`abate confirm --bad third@desk.example\` asks the next contact instead" "$(cat "$work/out")"
before=$(count)
send
case $(cat "$work/out") in *bounced*) fail "said again: $(cat "$work/out")" ;; esac
[ "$(count)" = "$before" ] || fail "a report was made though the address may be right"
run confirm --bad third@desk.example >"$work/out"
expect "third@desk.example: not used any more" "$(cat "$work/out")"
expect "R$third bounced: the contact third@desk.example was marked as bad on 20" "$(cat "$work/out")"

# For programs: standard output is JSON alone.
sed -i 's/third@/fourth@/' "$work/mine/desk.json"
echo fourth@desk.example >>"$work/port.nobody"
run import "$work/two.csv" --case Three --type phishing --nature malicious >/dev/null
run route --case C3 >/dev/null
run --json send --yes >"$work/json" 2>/dev/null || true
python3 -c 'import json, sys; [json.loads(line) for line in open(sys.argv[1])]' "$work/json" || fail "no JSON: $(cat "$work/json")"
[ "$(sql "SELECT value FROM marks WHERE kind = 'contact' AND key = 'fourth@desk.example'")" = bad ] || fail "the last refusal was not noticed"

# A server that does not answer tells nothing: what waits is held, and the next run looks again.
run import "$work/two.csv" --case Four --type phishing --nature malicious >/dev/null
sed -i 's/fourth@/fifth@/' "$work/mine/desk.json"
run route --case C4 >/dev/null
run preview >/dev/null 2>&1 || true
four=$(sql "SELECT id FROM reports WHERE case_id = 4")
mv "$work/mine/desk.json" "$work/desk.json"
mv "$work/snapshot/rdap/ip" "$work/ip"
sql "DELETE FROM cache"
run confirm --bad fifth@desk.example >"$work/out" 2>&1
expect "R$four was to go to fifth@desk.example, which was marked as bad: who else could act could not be looked up now" "$(cat "$work/out")"
is "$four" "held fifth@desk.example desk"
mv "$work/ip" "$work/snapshot/rdap/ip"
sed 's/fifth@/sixth@/' "$work/desk.json" >"$work/mine/desk.json"
send
is "$four" "cancelled fifth@desk.example desk"
[ "$(sql "SELECT state || ' ' || address FROM reports WHERE case_id = 4 ORDER BY id DESC LIMIT 1")" = "ready sixth@desk.example" ] ||
	fail "the next contact was not asked: $(cat "$work/out")"
run list events --verify >/dev/null || fail "the chain of events is broken"
echo "each bounce went to the next contact: $(sort "$work/port.log" | sed 's/.*RCPT TO://' | tr '\n' ' ')"
