#!/usr/bin/env bash
# A mistake is withdrawn from whoever got it, whichever way it went: mail, API or form.
. "$(dirname "$0")/common.sh"
python3 "$source_dir/tests/system/api_server.py" "$work/ports" &
servers+=($!)
wait_for_file "$work/ports"
read -r _ _ _ netcraft <"$work/ports"
run() { "$abate" -c "$work/abate.conf" "$@"; }
sql() { sqlite3 "$work/abate.db" "$1"; }
source='"evidence": "official", "source": "test", "as_of": "2026-11-25"'
mail="{\"type\": \"mail\", \"to\": \"abuse@hosting-a.example\", $source}"
api="{\"type\": \"http\", \"to\": \"netcraft\", $source}"
form="{\"type\": \"packet\", \"to\": \"https://hosting-a.example/abuse\", $source}"

# start CHANNELS [LIMITS]: reports one page and withdraws it; leaves what was printed in $out, the new report in $id.
start() {
	rm -rf "$work"/abate.db* "$work/maildir" "$work/packets"
	cp -r "$source_dir/config/samples/." "$work"
	sed -i "s|\.\./\.\./build/demo/|$work/|; s|^\[lookup\]|[lookup]\nallow_private = yes|" "$work/abate.conf"
	mkdir -p "$work/providers"
	cat >"$work/providers/hosting-a.json" <<-END
		{"id": "hosting-a", "name": "Hosting A", "kind": "hosting",
		 "match": [{"networks": ["192.0.2.0/27"], $source}], "channels": [$1], "limits": {${2-} $source}}
	END
	printf '[paths]\nproviders = providers\n[plugin netcraft]\nendpoint = http://127.0.0.1:%s\n' "$netcraft" >>"$work/abate.conf"
	printf 'value\nhttp://my-iri.org/mode-ok/a\n' >"$work/in.csv"
	run dispatch "$work/in.csv" --case One --type phishing --nature compromised --yes >"$work/out" 2>&1 || [ $? = 1 ]
	first=$(sql "SELECT 'R' || id FROM reports WHERE provider = 'hosting-a'")
	if [ "$(sql "SELECT channel FROM reports WHERE provider = 'hosting-a'")" = packet ]; then
		run done "$first" --ticket T-4711 >/dev/null
	fi
	[ "$(sql "SELECT state FROM reports WHERE provider = 'hosting-a'")" = accepted ] || fail "$(cat "$work/out")"
	expect_status 0 run retract "$first"
	id=${out%% *}
}

ticket=0123456789abcdef0123456789abcdef
# By API, with an address: a mail that quotes the API's number.
start "$api, $mail"
expect "withdraws $first and is ready: a mail to abuse@hosting-a.example" "$out"
expect_status 0 run send --yes "$id"
text=$(cat "$work"/maildir/*/*)
expect "To: abuse@hosting-a.example" "$text"
expect "Subject: [$ticket] Withdrawn: our report" "$text"
expect "(your number $ticket)" "$(tr -d '\n' <<<"${text//$'=\n'/}")"
expect "It was a mistake of" "$text"
expect_status 1 run retract "$first"
expect "withdrawn already" "$out"

# By API, with a form only, and with an address that users of the API must not mail: a person does it.
for channels in "$api, $form" "$api, $mail, $form" "$api"; do
	start "$channels" '"api_excludes_mail": true,'
	expect "and is manual: no mail reaches this provider, a person must tell it" "$out"
	text=$(run preview "$id")
	expect "It was a mistake of" "$text"
	expect "$ticket" "$text"
	case $channels in *packet*) expect "https://hosting-a.example/abuse" "$text" ;; esac
	expect_status 0 run done "$id"
	[ "$(sql "SELECT state FROM reports WHERE 'R' || id = '$id'")" = accepted ] || fail "not done"
	[ ! -e "$work/maildir" ] || [ -z "$(find "$work/maildir" -type f)" ] || fail "a mail went out"
done

# By a form: the same form, with the number that the person noted.
start "$form"
expect "is manual" "$out"
text=$(run preview "$id")
expect "https://hosting-a.example/abuse" "$text"
expect "T-4711" "$text"
expect "It was a mistake of" "$text"
expect_status 0 run send --yes
ls "$work/packets/$id.html" "$work/packets/$id.txt" >/dev/null
echo "withdrawn by mail, API and form"
