#!/usr/bin/env bash
# Without effect: a reminder in the thread of the first mail, then the registrar, the registry, the court;
# each once, and nothing goes out before somebody says yes. What came back is told, what is down is not.
. "$(dirname "$0")/common.sh"
run() { "$abate" -c "$work/abate.conf" "$@"; }
sql() { sqlite3 "$work/abate.db" "$1"; }
age() { sql "UPDATE reports SET sent = sent - 100 * 3600000000, created = created - 100 * 3600000000"; }
mails() { find "$work/maildir/new" -type f | wc -l; }
reports() { sql "SELECT COUNT(*) FROM reports"; }
# proposal: the only one there is, as "action report to ticket indicators".
proposal() {
	run escalate --json | jq -r '"\(.action) \(.report) \(.to) \(.ticket) \(.indicators | join(","))"'
}
# mail_of R1: the mail that went out for it, unfolded.
mail_of() {
	local id
	id=$(sql "SELECT message_id FROM reports WHERE id = ${1#R}")
	sed -z 's/\r//g; s/\n[ \t]/ /g' "$(grep -rli "^Message-Id: <$id>" "$work/maildir/new")"
}
start() {
	rm -rf "$work"/abate.db* "$work/maildir" "$work/packets"
	cp -r "$source_dir/config/samples/." "$work"
	sed -i "s|\.\./\.\./build/demo/|$work/|" "$work/abate.conf"
	printf '\n[routing]\nmalicious = host\n' >>"$work/abate.conf"
	"$abate" init "$work" >/dev/null
	printf '%s\n' value "$@" >"$work/in.csv"
	run escalate | grep -qx "nothing is overdue" || fail "an empty store is not quiet"
	run dispatch "$work/in.csv" --case Old --type phishing --nature malicious --yes >/dev/null 2>&1
	sql "UPDATE indicators SET state = 'up'"
}
# prepare_and_send WORDS: what is proposed is made, waits for a yes, and goes out once.
prepare_and_send() {
	local before made
	before=$(mails)
	expect "$1" "$(run escalate --prepare)"
	made=$(reports)
	run escalate --prepare | grep -qE "^overdue: [12] with|nothing to do now|nothing is overdue" || fail "prepared twice: $(run escalate)"
	run send </dev/null >/dev/null 2>&1 || true
	[ "$(mails)" = "$before" ] || fail "a mail went out without a yes"
	run send --yes >/dev/null 2>&1 || fail "not sent: $(run list reports)"
	[ "$(mails)" = $((before + 1)) ] || fail "not one mail went out: $1"
	[ "$(reports)" = "$made" ] || fail "sending made more reports"
	[ -z "$(run escalate --json)" ] || fail "proposed again within the period: $(run escalate)"
	run escalate | grep -qE "^overdue: .*: nothing to do now|^nothing is overdue" || fail "what waits is not told: $(run escalate)"
}

start senate.group
[ -z "$(run escalate --json)" ] || fail "overdue at once"
sql "UPDATE reports SET ticket = 'T-77'"
age
[ "$(proposal)" = "follow_up R1 abuse@hosting-b.example T-77 I1" ] || fail "no follow-up: $(proposal)"
expect "no answer 4.2 d after" "$(run escalate)"
[ "$(reports)" = 1 ] || fail "a list made something"
expect "R1" "$(run show R1)"
run show R1 --json | jq -e '.overdue_since != null' >/dev/null || fail "show does not tell that R1 is overdue"
prepare_and_send "R2 reminds Example Hosting B"
first=$(sql "SELECT message_id FROM reports WHERE id = 1")
mail=$(mail_of R2)
expect "In-Reply-To: <$first>" "$mail"
expect "References: <$first>" "$mail"
expect "Subject: [T-77] Still up: senate[.]group [abate-$(sql "SELECT reference FROM reports WHERE id = 2")]" "$mail"
expect "(your number T-77)" "$mail"
expect "It is still up." "$mail"
run escalate | grep -qE "^overdue: 1 reminded, and waited for until 20.*: nothing to do now" || fail "not told until when"
expect "reminded, and waited for until 20" "$(run show R1)"
[ "$(run show R1 --json | jq -r '.follow_ups[0].id')" = R2 ] || fail "show does not tell of the follow-up"
[ "$(run show R2 --json | jq -r .follow_up_of)" = R1 ] || fail "show does not tell what R2 follows up"

# Nothing helped: the registrar is asked, and hears who was asked before.
age
[ "$(proposal)" = "registrar R1 abuse@registrar-two.example T-77 I1" ] || fail "no registrar: $(proposal)"
prepare_and_send "R3 asks Example Registrar Two"
mail=$(mail_of R3)
expect "WHO WAS ASKED BEFORE" "$mail"
expect "Example Hosting B (host)" "$mail"
expect "their number T-77" "$mail"
case $mail in *In-Reply-To*) fail "a report to another provider stands in the thread" ;; esac
# Looked up again, the registrar stays asked, and is not asked twice.
run route --again >/dev/null
run send --yes >/dev/null 2>&1
[ "$(sql "SELECT ask FROM routes WHERE rung = 'registrar'")" = 1 ] || fail "routing forgot who was escalated to"
[ "$(reports)" = 3 ] || fail "routing again made more reports"

age
[ "$(proposal | cut -d' ' -f1-2)" = "follow_up R3" ] || fail "no reminder to the registrar: $(proposal)"
prepare_and_send "R4 reminds Example Registrar Two"
age
[ "$(proposal)" = "registry R3 abuse@identity.digital null I1" ] || fail "no registry: $(proposal)"
prepare_and_send "R5 asks Identity Digital"
expect "Example Registrar Two (registrar)" "$(mail_of R5)"
age
prepare_and_send "R6 reminds Identity Digital"
age
[ "$(proposal)" = "court R5 null null I1" ] || fail "no court: $(proposal)"
before=$(reports)
expect "I1: marked for the court, after R5" "$(run escalate --prepare I1)"
[ "$(reports)" = "$before" ] || fail "a court mark made a report"
[ -z "$(run escalate --json)" ] || fail "marked and proposed again"
expect "marked for the court: I1" "$(run escalate)"
expect "without effect, and marked for the court: nothing to do now" "$(run escalate)"
run list indicators --json | jq -e '.court != null' >/dev/null || fail "the list does not tell of the court"
expect "nobody further is left to ask" "$(run show I1)"
run list events --verify >/dev/null || fail "the chain of events is broken"

# Down: nothing, however old; a reminder that waits is taken back.
start senate.group my-iri.org
age
run escalate --prepare >/dev/null
sql "UPDATE indicators SET state = 'down', down = 5 WHERE value = 'senate.group'"
run send --yes >/dev/null 2>&1 || true
[ "$(sql "SELECT state FROM reports WHERE follow_up_of = (SELECT id FROM reports WHERE address = 'abuse@hosting-b.example'
	AND follow_up_of IS NULL)")" = cancelled ] || fail "reminded of what is down: $(run list reports)"
grep -rqs "Still up: my-iri" "$work/maildir/new" || fail "what is up was not reminded of"
age
case $(run escalate --json) in *hosting-b*) fail "what is down is escalated" ;; esac

# Came back: told at once, though nothing is overdue; and one time only.
start senate.group
sql "UPDATE reports SET ticket = 'T-78'"
now=$(date +%s%6N)
sql "INSERT INTO outages (indicator_id, down, up) VALUES (1, $now + 1000000, $now + 2000000)"
[ "$(proposal)" = "follow_up R1 abuse@hosting-b.example T-78 I1" ] || fail "back, and not told: $(proposal)"
expect "back up since" "$(run escalate)"
sleep 2
prepare_and_send "R2 reminds Example Hosting B"
expect "Subject: [T-78] Back up: senate[.]group" "$(mail_of R2)"

# Two at once make one.
start senate.group my-iri.org
age
run escalate --prepare >/dev/null 2>&1 & first=$!
run escalate --prepare >/dev/null 2>&1 || true
wait $first || true
[ "$(reports)" = 4 ] || fail "two runs at once made more than one each: $(run list reports)"
# Nor two that send at once what they make, each minute.
rounds() { for _ in 1 2 3 4; do run escalate --prepare; run send --yes; done >/dev/null 2>&1 || true; }
rounds & first=$!
rounds
wait $first || true
[ "$(reports) $(mails)" = "4 4" ] || fail "runs each minute made more than one each: $(run list reports)"

# A withdrawn report is not escalated; one nobody may see is held; what is not there is said.
start senate.group
age
for name in R77 I9999; do
	expect_status 3 run escalate "$name"
	expect_status 3 run escalate --prepare R1 "$name"
	[ "$(reports)" = 1 ] || fail "made something beside $name, which is not there"
done
expect_status 0 run escalate --prepare R1
expect_status 1 run escalate R1 R2
expect "nothing is proposed for R2" "$out"
run cancel R2 >/dev/null
run retract R1 >/dev/null
age
[ -z "$(run escalate --json)" ] || fail "withdrawn and escalated: $(run escalate)"
start senate.group
run import --case Old --tlp red >/dev/null
age
expect_status 1 run escalate --prepare
expect "is held: TLP:RED" "$out"
expect_status 2 run escalate --prepare nonsense
expect_status 3 run escalate --case C99
echo "reminded, registrar, registry, court: each once, and only after a yes"
