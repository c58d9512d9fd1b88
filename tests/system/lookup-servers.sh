#!/usr/bin/env bash
# lookup against real servers on loopback: nginx serving RDAP, Knot DNS serving the names.
. "$(dirname "$0")/common.sh"
PATH=$PATH:/usr/sbin
for program in nginx knotd; do
	command -v $program >/dev/null || { echo "$program is missing"; exit 77; }
done
dir=$work
http=$(free_port)
dns=$(free_port)

# --- RDAP by nginx ---
mkdir -p "$dir"/www/domain "$dir"/www/ip "$dir"/boot "$dir"/tmp
entity() { # role name mail
	echo "{\"objectClassName\":\"entity\",\"roles\":[\"$1\"],\"vcardArray\":[\"vcard\",[[\"version\",{},\"text\",\"4.0\"],[\"fn\",{},\"text\",\"$2\"],[\"email\",{},\"text\",\"$3\"]]]}"
}
registrar="{\"objectClassName\":\"entity\",\"roles\":[\"registrar\"],\"entities\":[$(entity abuse Desk abuse@registrar.example)]}"
echo "{\"objectClassName\":\"domain\",\"ldhName\":\"bad.test\",\"entities\":[$registrar]}" >"$dir/www/domain/bad.test"
echo "{\"objectClassName\":\"ip network\",\"name\":\"NET-A\",\"entities\":[$(entity abuse Desk abuse@host.example)]}" |
	tee "$dir/www/ip/192.0.2.7" >"$dir/www/ip/2001:db8::7"
echo "{\"services\":[[[\"test\"],[\"http://127.0.0.1:$http/\"]]]}" >"$dir/www/dns.json"
echo "{\"services\":[[[\"192.0.2.0/24\"],[\"http://127.0.0.1:$http/\"]]]}" >"$dir/www/ipv4.json"
echo "{\"services\":[[[\"2001:db8::/32\"],[\"http://127.0.0.1:$http/\"]]]}" >"$dir/www/ipv6.json"
cat >"$dir/nginx.conf" <<END
daemon off; master_process off; pid $dir/nginx.pid; error_log $dir/nginx-error.log;
events {}
http {
	access_log $dir/access;
	client_body_temp_path $dir/tmp; proxy_temp_path $dir/tmp; fastcgi_temp_path $dir/tmp;
	uwsgi_temp_path $dir/tmp; scgi_temp_path $dir/tmp;
	default_type application/rdap+json;
	server {
		listen 127.0.0.1:$http; root $dir/www;
		location = /domain/metadata.test { return 302 http://169.254.169.254/latest/meta-data/; }
	}
}
END
nginx -c "$dir/nginx.conf" -e "$dir/nginx-error.log" &
servers+=($!)

# --- DNS by Knot ---
cat >"$dir/test.zone" <<END
\$ORIGIN test.
@ 60 SOA ns.test. admin.test. 1 60 60 60 60
@ 60 NS ns.test.
ns 60 A 127.0.0.1
bad 60 A 192.0.2.7
bad 60 AAAA 2001:db8::7
metadata 60 A 192.0.2.7
private 60 A 10.0.0.1
END
cat >"$dir/knot.conf" <<END
server:
    listen: 127.0.0.1@$dns
    rundir: $dir
database:
    storage: $dir/db
log:
  - target: $dir/knot.log
    any: info
zone:
  - domain: test
    file: $dir/test.zone
    zonefile-sync: -1
END
knotd -c "$dir/knot.conf" >"$dir/knotd.log" 2>&1 &
servers+=($!)
for port in $http $dns; do
	for _ in $(seq 100); do
		(exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null && continue 2
		sleep 0.1
	done
	echo "no server on port $port"
	exit 1
done

cat >"$dir/abate.conf" <<END
[lookup]
rdap_bootstrap = http://127.0.0.1:$http/
dns_servers = 127.0.0.1:$dns
allow_private = yes
timeout = 5
END
ask() { "$abate" -c "$dir/abate.conf" lookup --json --nature malicious "$@"; }
has() { expect "$2" "$1"; }
not() { case $1 in *"$2"*) fail "unwanted $2 in: $1" ;; esac }

out=$(ask bad.test)
has "$out" '"to":"abuse@registrar.example"'
has "$out" '"to":"abuse@host.example"'
has "$out" "\"source\":\"RDAP http://127.0.0.1:$http/domain/bad.test: registrar's entity with role abuse\""
grep -q '"GET /ip/2001:db8::7 ' "$dir/access"

# A redirect to a link-local address is not followed, and the host is found all the same.
out=$(ask metadata.test || true)
has "$out" '169.254.169.254'
has "$out" '"to":"abuse@host.example"'
not "$out" 'abuse@registrar.example'

# A name that is not there: nobody to ask, exit status 1.
status=0
out=$(ask nowhere.test) || status=$?
[ $status = 1 ] || { echo "exit status $status"; exit 1; }
has "$out" 'HTTP status 404'

# By default nothing on loopback is reached.
sed -i 's/^allow_private.*//' "$dir/abate.conf"
: >"$dir/access"
status=0
ask bad.test >"$dir/out" 2>"$dir/err" || status=$?
[ $status = 1 ]
[ ! -s "$dir/access" ] || { echo "loopback was reached"; exit 1; }
echo "RDAP by nginx and DNS by Knot: all as wanted"
