#!/usr/bin/env bash
# `abate send` from routed indicators, composing included, to smtp-sink, against smtp-source sending as many mails of
# the same size with 10 sessions. Usage: compose-send.sh [REPORTS]
set -euo pipefail
cd "$(dirname "$0")/../.."
n=${1:-20000}
abate=$PWD/${BUILD:-build}/abate
work=$(mktemp -d "${TMPDIR:-/tmp}/abate-bench-XXXXXX")
trap 'kill $sink 2>/dev/null || true; rm -rf "$work"' EXIT
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
/usr/sbin/smtp-sink -u nobody "127.0.0.1:$port" 1000 >/dev/null 2>&1 &
sink=$!
sleep 0.5
cat >"$work/abate.conf" <<EOF
[reporter]
name = Bench
email = a@reporter.example
[mail]
server = 127.0.0.1:$port
tls = none
lanes = 10
EOF
(cd "$work" && "$abate" init . >/dev/null)
seq "$n" | awk '{print "bad" $1 ".example.com"}' >"$work/list.txt"
"$abate" -c "$work/abate.conf" import "$work/list.txt" --case Bench --type phishing --nature malicious --description "A benchmark." >/dev/null
# A route each, to a desk of its own, as locate would leave it: the lookups are not what is measured here.
sqlite3 "$work/abate.db" "INSERT INTO routes (indicator_id, rung, step, kind, provider, provider_name, channel, address, source, as_of, ask, unconfirmed)
	SELECT id, 'registrar', 1, 'registrar', 'bench-' || id, 'Bench ' || id, 'mail', 'abuse@p' || id || '.example', 'benchmark', 1, 1, 0 FROM indicators"
now() { date +%s.%N; }
begun=$(now)
out=$("$abate" -c "$work/abate.conf" --json send --yes) || { echo "$out" >&2; exit 1; }
ended=$(now)
size=$(sqlite3 "$work/abate.db" "SELECT CAST(AVG(LENGTH(content)) AS INTEGER) FROM report_bytes")
base_begun=$(now)
/usr/sbin/smtp-source -s 10 -l "$size" -m "$n" "127.0.0.1:$port"
base_ended=$(now)
echo "$begun $ended $base_begun $base_ended" | awk -v n="$n" -v size="$size" -v out="$out" '{
	printf "%s\nsmtp-source %.2f s, abate composing and sending %d reports of %d bytes %.2f s: %.2f of its rate (aim: at least 0.25)\n",
		out, $4 - $3, n, size, $2 - $1, ($4 - $3) / ($2 - $1) }'
