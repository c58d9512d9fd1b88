#!/usr/bin/env bash
# kill -9 at random moments while mails go out to a server that logs what it got: no report is lost, and none
# arrives twice, unless it was in doubt and sent again on purpose.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo "python3 is missing"; exit 77; }
tool=$build/tests/bench/outbox-send
kills=${KILLS:-200}
n=2000
python3 "$source_dir/tests/system/smtp_server.py" fine "$work/port" &
servers+=($!)
wait_for_file "$work/port"
printf '[store]\nurl = sqlite:%s/abate.db\n[mail]\nserver = localhost:%s\nfrom = a@reporter.example\ntls = none\ntimeout = 5\nlanes = 4\n' \
	"$work" "$(cat "$work/port")" >"$work/abate.conf"
"$tool" "$work/abate.conf" fill $n 500 20
done_kills=0
while [ $done_kills -lt "$kills" ]; do
	"$tool" "$work/abate.conf" send >/dev/null 2>&1 &
	pid=$!
	sleep "0.$((RANDOM % 30 + 10))" # late enough for mails to be on the wire
	kill -9 $pid 2>/dev/null || break # all was sent
	wait $pid 2>/dev/null || true
	done_kills=$((done_kills + 1))
done
before=$(sqlite3 "$work/abate.db" "SELECT COUNT(*) FROM reports WHERE state = 'accepted'")
timeout 120 "$tool" "$work/abate.conf" send >"$work/last" 2>"$work/err" || fail "the last run: $(cat "$work/err")"
cut -d' ' -f1 "$work/port.log" | sort >"$work/got"
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
[ "$before" -gt 0 ] && [ "$doubt" -gt 0 ] || fail "the kills came before any mail: $before accepted, $doubt in doubt"
[ "$done_kills" -ge 20 ] || fail "too few kills to mean anything: $done_kills"
