#!/usr/bin/env bash
# XOAUTH2: the access token goes out once there is TLS, and not without.
. "$(dirname "$0")/common.sh"
tool=$build/tests/bench/outbox-send
make_certificate localhost

# serve MODE: a server in that mode, and a store with three reports for it.
serve() {
	rm -f "$work/port" "$work/port.auth" "$work/port.log" "$work"/abate.db*
	python3 "$source_dir/tests/system/smtp_server.py" "$1" "$work/port" "$work/localhost.pem" "$work/localhost.key" &
	servers+=($!)
	wait_for_file "$work/port"
	printf '[store]\nurl = sqlite:%s/abate.db\n[mail]\nserver = localhost:%s\nca_file = %s/localhost.pem\nfrom = a@reporter.example\ntimeout = 3\nauth = xoauth2\nuser = me@reporter.example\npassword_command = echo the-token\n' \
		"$work" "$(cat "$work/port")" "$work" >"$work/abate.conf"
	"$tool" "$work/abate.conf" fill 3 500 2
}

serve fine
out=$("$tool" "$work/abate.conf" send)
expect '"accepted":3' "$out"
expect "tls AUTH XOAUTH2 $(printf 'user=me@reporter.example\001auth=Bearer the-token\001\001' | base64 -w0)" "$(cat "$work/port.auth")"
case $(cat "$work/port.auth") in *clear*) fail "the token went out in the clear" ;; esac

serve rcpt:550
"$tool" "$work/abate.conf" send >/dev/null
expect "550 5.7.1 no, on purpose" "$(sqlite3 "$work/abate.db" "SELECT reason FROM reports WHERE state = 'refused' LIMIT 1")"

serve nostarttls
expect_status 3 "$tool" "$work/abate.conf" send
[ ! -e "$work/port.auth" ] || fail "the token went out without TLS: $(cat "$work/port.auth")"
[ ! -e "$work/port.log" ] || fail "mail went out without TLS"

serve auth:535
expect_status 3 "$tool" "$work/abate.conf" send
[ ! -e "$work/port.log" ] || fail "mail went out without a login"
case $out in *the-token*) fail "the token is in a message: $out" ;; esac

sed -i '/password_command/d' "$work/abate.conf"
expect_status 3 "$tool" "$work/abate.conf" send
expect "xoauth2 wants user" "$out"
echo "XOAUTH2 over TLS, never without"
