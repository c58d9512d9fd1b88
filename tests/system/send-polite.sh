#!/usr/bin/env bash
# What a provider or a mail server does not want is held back, with the reason and the time, and goes then.
. "$(dirname "$0")/common.sh"
python3 "$source_dir/tests/system/api_server.py" "$work/ports" &
servers+=($!)
wait_for_file "$work/ports"
read -r _ _ _ netcraft <"$work/ports"
run() { "$abate" -c "$work/abate.conf" "$@"; }
sql() { sqlite3 "$work/abate.db" "$1"; }
mails() { find "$work/maildir" -type f 2>/dev/null | wc -l; }
source='"evidence": "official", "source": "test", "as_of": "2026-11-25"'
mail="{\"type\": \"mail\", \"to\": \"abuse@hosting-a.example\", $source}"

# start CHANNELS LIMITS [CONFIGURATION]: a store of its own, and a profile of the host of my-iri.org.
start() {
	rm -rf "$work"/abate.db* "$work/maildir" "$work/packets"
	cp -r "$source_dir/config/samples/." "$work"
	sed -i "s|\.\./\.\./build/demo/|$work/|; s|^\[lookup\]|[lookup]\nallow_private = yes|" "$work/abate.conf"
	mkdir -p "$work/providers"
	cat >"$work/providers/hosting-a.json" <<-END
		{"id": "hosting-a", "name": "Hosting A", "kind": "hosting",
		 "match": [{"networks": ["192.0.2.0/27"], $source}], "channels": [$1], "limits": {$2 $source}}
	END
	printf '[paths]\nproviders = providers\n[plugin netcraft]\nendpoint = http://127.0.0.1:%s\n%b' \
		"$netcraft" "${3-}" >>"$work/abate.conf"
	expect_status 0 "$abate" -c "$work/abate.conf" provider check "$work/providers/hosting-a.json"
}
# dispatch CASE TYPE URL…: asks about them; leaves the newest report to the provider in "$id $state $reason".
dispatch() {
	local title=$1 type=$2
	shift 2
	printf '%s\n' value "$@" >"$work/in.csv"
	run dispatch "$work/in.csv" --case "$title" --type "$type" --nature compromised --yes \
		--description "It asks for passwords." >"$work/out" 2>&1 || [ $? = 1 ] || fail "$(cat "$work/out")"
	IFS='|' read -r id state reason <<<"$(sql "SELECT id, state, COALESCE(reason, '') FROM reports
		WHERE provider = 'hosting-a' ORDER BY id DESC LIMIT 1")"
}
# days N: so much time goes by.
days() {
	sql "UPDATE reports SET sent = sent - $1 * 86400000000, next_try = MAX(0, next_try - $1 * 86400000000)"
}
send() { run send --yes >"$work/out" 2>&1 || [ $? = 1 ] || fail "$(cat "$work/out")"; }
state_of() { sql "SELECT state FROM reports WHERE id = $1"; }

# One report a domain in a week: the second URL waits until the week is over.
start "$mail" '"domain_days": 7,'
dispatch one phishing http://my-iri.org/a
[ "$state" = accepted ] || fail "the first report is $state: $(cat "$work/out")"
dispatch two phishing http://my-iri.org/b http://www.my-iri.org/c
[ "$state" = ready ] || fail "the second report is $state"
expect "held back until $(date -u -d "@$(($(sql 'SELECT MAX(sent) / 1000000 FROM reports') + 7 * 86400))" +%Y-%m-%dT)" "$reason"
expect "the provider has a report on the same domain within 7 days" "$reason"
expect "held back" "$(cat "$work/out")"
days 3
send
[ "$(state_of "$id")" = ready ] || fail "went after three days"
days 4
send
[ "$(state_of "$id")" = accepted ] || fail "did not go after seven days: $(cat "$work/out")"
[ "$(mails)" = 2 ] || fail "$(mails) mails instead of 2"
# Two cases in one run: only one goes, the other looks again when the outcome is known.
start "$mail" '"domain_days": 7,'
sed -i 's/^\[send\]/[send]\napproval = report/' "$work/abate.conf"
dispatch zero phishing http://hudsonorg-my-sharepoint.com/x
for n in 1 2; do
	printf 'value\nhttp://my-iri.org/%s\n' $n >"$work/in.csv"
	run import "$work/in.csv" --case "Case $n" --type phishing --nature compromised >/dev/null
done
run route >/dev/null 2>&1 || true
send
[ "$(sql "SELECT COUNT(*) FROM reports WHERE state = 'accepted' AND case_id > 1")" = 1 ] ||
	fail "of two reports on one domain went: $(sql "SELECT id, state, reason FROM reports")"
expect "on the same domain is under way" "$(sql "SELECT reason FROM reports WHERE state = 'ready'")"

# The same URL in another case, within a window: of the profile, or of the configuration for all.
for place in '"repeat_days": 2,' ''; do
	start "$mail" "$place"
	[ -n "$place" ] || sed -i 's/^\[send\]/[send]\nrepeat_days = 2/' "$work/abate.conf"
	dispatch one phishing http://my-iri.org/a
	dispatch two phishing http://my-iri.org/a
	[ "$state" = ready ] || fail "the same URL is $state"
	expect "the provider has a report on the same within 2 days" "$reason"
	dispatch three phishing http://my-iri.org/b
	[ "$state" = accepted ] || fail "another URL is $state: $reason"
	days 2
	send
	[ "$(sql "SELECT COUNT(*) FROM reports WHERE state = 'accepted'")" = 3 ] || fail "did not go: $(cat "$work/out")"
done

# No more than two URLs of one domain are listed; the rest is told of, in the same report.
start "$mail" '"urls_per_domain": 2,'
dispatch many phishing http://my-iri.org/{1,2,3,4,5} http://hudsonorg-my-sharepoint.com/6
[ "$state" = accepted ] && [ "$(mails)" = 1 ] || fail "$(mails) mails: $reason"
shown=$(run preview "R$id" | grep -oE 'my-iri\[\.\]org/[0-9]' | sort -u | wc -l)
[ "$shown" = 2 ] || fail "$shown URLs of the domain are listed: $(run preview "R$id")"
expect "hudsonorg-my-sharepoint" "$(run preview "R$id")"
[ "$(sql "SELECT COUNT(*) FROM report_indicators WHERE report_id = $id")" = 6 ] || fail "URLs were forgotten"

# Who uses the API must not mail.
start "{\"type\": \"http\", \"to\": \"netcraft\", \"types\": [\"phishing\"], $source}, $mail" '"api_excludes_mail": true,'
dispatch by-mail malware http://my-iri.org/mode-ok/a
[ "$state" = accepted ] || fail "mail before any use of the API is $state: $reason"
dispatch by-api phishing http://my-iri.org/mode-ok/b
[ "$(sql "SELECT channel FROM reports WHERE id = $id")" = http ] && [ "$state" = accepted ] || fail "API: $state $reason"
dispatch again malware http://my-iri.org/mode-ok/c
[ "$state" = held ] || fail "mail beside the API is $state"
expect "takes no mail from those who use its API" "$reason"

# Two providers behind one mail server share its limit, also over restarts; the server of an API has one too.
start "$mail" '' '[server hosting-a.example]\nper_hour = 1\nalso = hosting-b.example\n'
dispatch both phishing http://my-iri.org/a http://senate.group/b
[ "$(mails)" = 1 ] || fail "$(mails) mails through a server that takes one an hour"
reason=$(sql "SELECT reason FROM reports WHERE state = 'ready' AND channel = 'mail'")
expect "held back until 20" "$reason"
expect "the server hosting-a.example takes 1 an hour" "$reason"
days 1
send
[ "$(mails)" = 2 ] || fail "did not go an hour later: $(cat "$work/out")"
start "{\"type\": \"http\", \"to\": \"netcraft\", $source}" '"one_indicator_per_report": true,' '[server 127.0.0.1]\nper_day = 2\n'
dispatch many phishing http://my-iri.org/mode-ok/{1,2,3}
[ "$(sql "SELECT COUNT(*) FROM reports WHERE state = 'accepted'")" = 2 ] || fail "the API's server got more: $(cat "$work/out")"
expect "the server 127.0.0.1 takes 2 a day" "$reason"
start "$mail" '' '[server x.example]\nper_week = 1\n'
expect_status 2 run send --yes
expect '[server x.example] has no key "per_week"' "$out"
echo "what is not wanted waits, and says why and until when"
