#!/usr/bin/env bash
# The four API plugins from indicator to answer, against servers on loopback that answer as documented or badly:
# nothing is lost, and only what cannot be known is in doubt.
. "$(dirname "$0")/common.sh"
python3 "$source_dir/tests/system/api_server.py" "$work/ports" &
servers+=($!)
wait_for_file "$work/ports"
read -r aws cloudflare godaddy netcraft <"$work/ports"
mkdir "$work/providers" "$work/rdap"
for file in dns ipv4 ipv6 asn; do echo '{"version": "1.0", "services": []}' >"$work/rdap/$file.json"; done
# Two APIs of parties that a name alone does not lead to; the other two have suffixes of their own.
for api in godaddy netcraft; do
	cat >"$work/providers/host-$api.json" <<-END
		{"id": "host-$api", "name": "Host by $api", "kind": "hosting",
		 "match": [{"suffixes": ["$api-host.example"], "evidence": "official", "source": "test", "as_of": "2026-11-25"}],
		 "channels": [{"type": "http", "to": "$api", "evidence": "official", "source": "test", "as_of": "2026-11-25"}]}
	END
done

# try MODE: sends one report to each API from a store of its own; leaves "plugin state ticket" lines in $states.
try() {
	local folder=$work/$1
	mkdir "$folder"
	cat >"$folder/abate.conf" <<-END
		[store]
		url = sqlite:abate.db
		[reporter]
		name = Hanako Yamada
		email = me@csirt.example
		[mail]
		carrier = maildir
		maildir = maildir
		from = me@csirt.example
		[lookup]
		rdap_bootstrap = $work/rdap
		dns_servers = 127.0.0.1:9
		allow_private = yes
		timeout = 1
		[paths]
		providers = $work/providers
		[plugin aws]
		access_key_id = AKID
		secret_access_key = s3cret-aws
		endpoint = http://127.0.0.1:$aws
		[plugin cloudflare]
		account_id = acc1
		token_command = printf 's3cret-cf\n'
		endpoint = http://127.0.0.1:$cloudflare
		[plugin godaddy]
		key = k1
		secret = s3cret-gd
		endpoint = http://127.0.0.1:$godaddy
		[plugin netcraft]
		endpoint = http://127.0.0.1:$netcraft
	END
	printf 'https://mode-%s.%s/login\n' "$1" s3.amazonaws.com "$1" pages.dev "$1" godaddy-host.example \
		"$1" netcraft-host.example >"$folder/list.txt"
	echo "<html>a page</html>" >"$folder/page.html"
	(cd "$folder" && timeout 60 "$abate" -c abate.conf dispatch --yes list.txt --case Test --type phishing \
		--nature compromised --description "Asks for the password of Example Bank." \
		--evidence page.html >out 2>err) || [ $? = 1 ] || fail "$1: $(cat "$folder/err")"
	states=$(sqlite3 -separator ' ' "$folder/abate.db" "SELECT plugin, state, coalesce(ticket, '-') FROM reports
		WHERE channel = 'http' ORDER BY plugin")
	echo "--- $1"
	echo "$states"
}
# states_are AWS CLOUDFLARE GODADDY NETCRAFT
states_are() {
	[ "$(cut -d ' ' -f 2 <<<"$states" | tr '\n' ' ')" = "$* " ] || fail "states are not $*"
}

try ok
states_are accepted accepted accepted accepted
for ticket in abcdefghij0123456789 2ff901ccd3d21f0a DCU000123 0123456789abcdef0123456789abcdef; do
	expect "$ticket" "$states"
done
python3 - "$work/ports.log" <<'END' || fail "the requests are not as documented"
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
sent = {row["api"]: row for row in rows if row["method"] == "POST"}
assert len(rows) == 5 and len(sent) == 4, rows
assert sent["aws"]["path"] == "/v1/abuse"
assert sent["aws"]["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/"), sent["aws"]
assert "/us-east-1/abuse/aws4_request" in sent["aws"]["authorization"]
report = json.loads(sent["aws"]["body"])
assert report["clientToken"] == report["correlationId"] and report["report"]["xarf"]["xarf_version"].startswith("4."), report
assert sent["cloudflare"]["path"] == "/client/v4/accounts/acc1/abuse-reports/abuse_phishing"
assert sent["cloudflare"]["authorization"] == "Bearer s3cret-cf"
assert sent["godaddy"]["path"] == "/v2/abuse/tickets" and sent["godaddy"]["authorization"] == "sso-key k1:s3cret-gd"
assert json.loads(sent["godaddy"]["body"])["source"] == "https://mode-ok.godaddy-host.example/login"
assert sent["netcraft"]["path"] == "/api/v3/report/urls"
END
# No secret is kept in the store.
! grep -qaE 's3cret' "$work"/ok/abate.db* || fail "a secret is in the store"

try 401 && states_are ready ready ready ready
try 403 && states_are ready ready ready ready
try 409 && states_are accepted accepted accepted accepted
try 422 && states_are refused refused refused refused
try 429 && states_are ready ready ready ready
try 500 && states_are ready in_doubt in_doubt ready
try cut && states_are ready in_doubt in_doubt ready
try garbage && states_are in_doubt in_doubt in_doubt in_doubt
