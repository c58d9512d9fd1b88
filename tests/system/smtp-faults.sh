#!/usr/bin/env bash
# Every way in which a mail server can misbehave, one after the other: what became of three reports.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo "python3 is missing"; exit 77; }
tool=$build/tests/bench/outbox-send
make_certificate localhost
make_certificate wrong.example

# try MODE EXPECTED [EXTRA_CONFIG [CERT]]: EXPECTED is "accepted refused deferred in_doubt", or "none" when the
# server was of no use and all must still be ready.
try() {
	local mode=$1 wanted=$2 extra=${3:-} name=${4:-localhost} folder port got status=0
	folder=$(mktemp -d "$work/case-XXXX")
	python3 "$source_dir/tests/system/smtp_server.py" "$mode" "$folder/port" "$work/$name.pem" "$work/$name.key" &
	local pid=$!
	servers+=($pid)
	wait_for_file "$folder/port"
	port=$(cat "$folder/port")
	[ "$mode" = refuse ] && { kill $pid; wait $pid 2>/dev/null || true; }
	printf '[store]\nurl = sqlite:%s/abate.db\n[mail]\nserver = localhost:%s\nfrom = a@reporter.example\nca_file = %s/localhost.pem\ntimeout = 2\nlanes = 1\n%s\n' \
		"$folder" "$port" "$work" "$extra" >"$folder/abate.conf"
	"$tool" "$folder/abate.conf" fill 3 2000 1
	out=$(timeout 60 "$tool" "$folder/abate.conf" send 2>"$folder/err") || status=$?
	kill $pid 2>/dev/null || true
	if [ "$wanted" = none ]; then
		[ $status = 3 ] || fail "$mode: exit $status, $out"
		got=$(sqlite3 "$folder/abate.db" "SELECT COUNT(*) FROM reports WHERE state = 'ready'")
		[ "$got" = 3 ] || fail "$mode: only $got of 3 are still ready"
	else
		[ $status = 0 ] || fail "$mode: exit $status, $(cat "$folder/err")"
		got=$(echo "$out" | python3 -c 'import json,sys; d=json.load(sys.stdin); print(d["accepted"],d["refused"],d["deferred"],d["in_doubt"])')
		[ "$got" = "$wanted" ] || fail "$mode: got $got, wanted $wanted ($out; $(cat "$folder/err"))"
	fi
	echo "$mode: $wanted $(head -c 200 "$folder/err")"
}

try fine "3 0 0 0"
try refuse none
try greeting:hang none
try greeting:drop none
try greeting:421 none
try greeting:554 none
try ehlo:hang none
try ehlo:drop none
try starttls:hang none
try starttls:drop none
try starttls:454 none
try nostarttls none
try starttls:inject none
try fine none "" wrong.example
try fine none "$(printf 'user = u\npassword_command = false')"
try auth:535 none "$(printf 'user = u\npassword_command = echo secret')"
try fine "3 0 0 0" "$(printf 'user = u\npassword_command = echo secret')"
for code in 450 451 452; do try mail:$code "0 0 3 0"; done
for code in 550 552 554; do try mail:$code "0 3 0 0"; done
for code in 450 452; do try rcpt:$code "0 0 3 0"; done
for code in 550 552 554; do try rcpt:$code "0 3 0 0"; done
for code in 450 452; do try data:$code "0 0 3 0"; done
for code in 550 554; do try data:$code "0 3 0 0"; done
for code in 450 452; do try dot:$code "0 0 3 0"; done
for code in 550 552 554; do try dot:$code "0 3 0 0"; done
for step in mail rcpt; do for fault in hang drop; do try $step:$fault none; done; done
try data:hang "0 0 1 0"
try data:drop "0 0 1 0"
# The mail went out whole and no answer came: in doubt; the others were not tried and stay ready.
try dot:hang "0 0 0 1"
try dot:drop "0 0 0 1"
for step in mail rcpt data dot; do try $step:421 "0 0 1 0"; done
try ehlo:huge none
try dot:rubbish "0 0 0 1"
try greeting:rubbish none
echo "all as expected"
