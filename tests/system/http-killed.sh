#!/usr/bin/env bash
# kill -9 at random moments while API requests go out to a server that logs what it got: no report is lost, and
# none arrives twice without having been in doubt.
. "$(dirname "$0")/common.sh"
tool=$build/tests/bench/outbox-send
kills=${KILLS:-200}
n=10000
python3 "$source_dir/tests/system/http_server.py" "$work/port" 10 &
servers+=($!)
wait_for_file "$work/port"
mkdir "$work/plugins"
cc -shared -fPIC -I"$source_dir/include" -o "$work/plugins/echoapi.so" "$source_dir/tests/data/outbox/echoapi.c"
printf '[store]\nurl = sqlite:%s/abate.db\n[lookup]\nallow_private = yes\n[send]\nparallel = 16\n[paths]\nplugins = %s/plugins\n' \
	"$work" "$work" >"$work/abate.conf"
"$tool" "$work/abate.conf" fill-http $n "http://127.0.0.1:$(cat "$work/port")/report" 20
done_kills=0
while [ $done_kills -lt "$kills" ]; do
	"$tool" "$work/abate.conf" send >/dev/null 2>&1 &
	pid=$!
	sleep "0.0$((RANDOM % 90 + 10))"
	kill -9 $pid 2>/dev/null || break # all was sent
	wait $pid 2>/dev/null || true
	done_kills=$((done_kills + 1))
done
timeout 120 "$tool" "$work/abate.conf" send >"$work/last" 2>"$work/err" || fail "the last run: $(cat "$work/err")"
sort "$work/port.log" >"$work/got"
sqlite3 "$work/abate.db" "SELECT message_id FROM reports WHERE state = 'accepted'" | sort >"$work/accepted"
sqlite3 "$work/abate.db" "SELECT message_id FROM reports WHERE state = 'in_doubt'" | sort >"$work/doubt"
twice=$(uniq -d "$work/got" | wc -l)
lost=$(comm -13 "$work/got" "$work/accepted" | wc -l)
unknown=$(sort -u "$work/got" | comm -23 - <(sort "$work/accepted" "$work/doubt") | wc -l)
accepted=$(wc -l <"$work/accepted") doubt=$(wc -l <"$work/doubt")
echo "kills $done_kills, reports $n: accepted $accepted, in doubt $doubt, arrived $(wc -l <"$work/got"), twice $twice, accepted but not arrived $lost, arrived but not accounted for $unknown"
[ $((accepted + doubt)) = $n ] || fail "$((n - accepted - doubt)) reports are neither accepted nor in doubt"
[ "$twice" = 0 ] || fail "arrived twice without having been in doubt"
[ "$lost" = 0 ] || fail "accepted and not arrived"
[ "$unknown" = 0 ] || fail "arrived and not accounted for"
[ "$done_kills" -ge 20 ] || fail "too few kills to mean anything: $done_kills"
