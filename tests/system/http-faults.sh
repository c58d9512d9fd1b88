#!/usr/bin/env bash
# APIs that hang or break at each step: what became of three reports, how long it took, and that another provider's
# reports went out meanwhile.
. "$(dirname "$0")/common.sh"
tool=$build/tests/bench/outbox-send
timeout=2
python3 "$source_dir/tests/system/http_server.py" "$work/good" 20 &
servers+=($!)
wait_for_file "$work/good"
mkdir "$work/plugins"
cc -shared -fPIC -I"$source_dir/include" -o "$work/plugins/echoapi.so" "$source_dir/tests/data/outbox/echoapi.c"

configure() {
	printf '[store]\nurl = sqlite:%s/abate.db\n[lookup]\nallow_private = yes\n[send]\nparallel = 8\ntimeout = %s\n[paths]\nplugins = %s/plugins\n' \
		"$folder" $timeout "$work" >"$folder/abate.conf"
}

# fill PROVIDER N URL
fill() {
	"$tool" "$folder/abate.conf" fill-http "$2" "$3" 1
	sqlite3 "$folder/abate.db" "UPDATE reports SET provider = '$1' WHERE provider = 'provider-0'"
}

# try MODE EXPECTED [SCHEME]: EXPECTED is "accepted refused deferred in_doubt" of the three.
try() {
	local mode=$1 wanted=$2 got
	folder=$(mktemp -d "$work/case-XXXX")
	python3 "$source_dir/tests/system/http_faults_server.py" "$mode" "$folder/port" &
	local pid=$!
	servers+=($pid)
	wait_for_file "$folder/port"
	configure
	fill bad 3 "${3:-http}://127.0.0.1:$(cat "$folder/port")/report"
	fill good 40 "http://127.0.0.1:$(cat "$work/good")/report"
	local start=$EPOCHREALTIME
	timeout 60 "$tool" "$folder/abate.conf" send >"$folder/out" 2>"$folder/err" || fail "$mode: $(cat "$folder/err")"
	local took=$((${EPOCHREALTIME/./} - ${start/./}))
	kill $pid
	got=$(sqlite3 -separator ' ' "$folder/abate.db" "SELECT SUM(state = 'accepted'), SUM(state = 'refused'),
		SUM(state = 'ready' AND tries = 1), SUM(state = 'in_doubt') FROM reports WHERE provider = 'bad'")
	[ "$got" = "$wanted" ] || fail "$mode: got $got, wanted $wanted: $(sqlite3 "$folder/abate.db" "SELECT DISTINCT state, reason FROM reports WHERE provider = 'bad'")"
	[ "$(sqlite3 "$folder/abate.db" "SELECT COUNT(*) FROM reports WHERE provider = 'good' AND state = 'accepted'")" = 40 ] ||
		fail "$mode: the other provider's reports did not go out"
	[ $took -lt $(((timeout + 3) * 1000000)) ] || fail "$mode: it took $took microseconds"
	# The last of the others was in before the first hanging one was given up.
	local meanwhile
	meanwhile=$(sqlite3 "$folder/abate.db" "SELECT (SELECT MAX(sent) FROM reports WHERE provider = 'good') <
		(SELECT MIN(e.at) FROM events e JOIN reports r ON e.subject = 'R' || r.id WHERE r.provider = 'bad'
			AND e.kind IN ('report.in_doubt', 'report.deferred'))")
	case $mode in
	*:hang | *:half | *:trickle | *:interim) [ "$meanwhile" = 1 ] || fail "$mode: the others waited" ;;
	esac
	echo "$mode: $got, $((took / 1000)) ms: $(sqlite3 "$folder/abate.db" "SELECT DISTINCT reason FROM reports WHERE provider = 'bad'")"
}

try slow "3 0 0 0"
# Not one byte of the request went out: tried again later.
try connect:refuse "0 0 3 0"
try connect:hang "0 0 3 0"
try tls:hang "0 0 3 0" https
# It went out, and nobody knows what became of it.
try accept:hang "0 0 0 3"
try headers:half:hang "0 0 0 3"
try headers:half:drop "0 0 0 3"
try headers:trickle "0 0 0 3"
try headers:interim "0 0 0 3"
try headers:huge "0 0 0 3"
try body:half:hang "0 0 0 3"
try body:half:drop "0 0 0 3"
try body:trickle "0 0 0 3"
try body:huge "0 0 0 3"
try body:chunk "0 0 0 3"
try rubbish "0 0 0 3"

# A server that takes everything and never answers, and more reports to it than there are requests at once: the others
# do not wait for it, and it gets no more once it is known.
folder=$work/many
mkdir "$folder"
python3 "$source_dir/tests/system/http_faults_server.py" accept:hang "$folder/port" &
servers+=($!)
wait_for_file "$folder/port"
configure
fill bad 60 "http://127.0.0.1:$(cat "$folder/port")/report"
fill good 400 "http://127.0.0.1:$(cat "$work/good")/report"
start=$EPOCHREALTIME
timeout 60 "$tool" "$folder/abate.conf" send >"$folder/out"
took=$((${EPOCHREALTIME/./} - ${start/./}))
echo "60 to a server that hangs, 400 to one that does not: $((took / 1000)) ms, $(cat "$folder/out")"
count() { sqlite3 "$folder/abate.db" "SELECT COUNT(*) FROM reports WHERE $1"; }
[ "$(count "provider = 'good' AND state = 'accepted'")" = 400 ] || fail "the others did not all go out"
[ "$(count "state = 'in_doubt'")" -le 16 ] || fail "it went on sending to a server that does not answer"
[ "$(count "state = 'in_doubt' OR state = 'ready' AND provider = 'bad'")" = 60 ] || fail "reports are lost"
[ $took -lt 6000000 ] || fail "the others waited"
