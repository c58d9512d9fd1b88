# What the tests of the four API plugins share: their servers on loopback, and a report to each.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
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
