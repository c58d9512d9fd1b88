#!/usr/bin/env bash
# `abate stats` by provider over many reports, against one SQL aggregate over the same rows by the
# sqlite3 shell, in one run: the least of three times each. A fifth of the reports shows whether
# memory grows; the same of `abate escalate`. Usage: stats.sh [REPORTS]
set -euo pipefail
cd "$(dirname "$0")/../.."
reports=${1:-1000000}
abate=$PWD/${BUILD:-build}/abate
folder=$(mktemp -d "${TMPDIR:-/tmp}/abate-bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
command -v sqlite3 >/dev/null || { echo "needs the sqlite3 shell"; exit 77; }
[ -x /usr/bin/time ] || { echo "needs /usr/bin/time"; exit 77; }

# Reports, their indicators, outages and replies: how many of each, and how long it took. With "+"
# the shell sorts the providers, which is twice as fast as by the index that it would take else.
same_rows="SELECT r.provider, COUNT(*), COUNT(r.sent), SUM(r.state = 'bounced'), COUNT(r.acknowledged),
	SUM(a.class = 'actioned'), SUM(i.state = 'up'), AVG(MIN(r.acknowledged, r.answered) - r.sent),
	AVG(a.received - r.sent), AVG(o.down - r.sent), COUNT(o.up)
	FROM reports r JOIN report_indicators l ON l.report_id = r.id
	JOIN indicators i ON i.id = l.indicator_id LEFT JOIN outages o ON o.indicator_id = i.id
	LEFT JOIN replies a ON a.report_id = r.id AND a.counts = 1 GROUP BY +r.provider"
only_reports="SELECT provider, COUNT(*), COUNT(sent), SUM(state = 'bounced'), COUNT(acknowledged),
	AVG(COALESCE(acknowledged, answered) - sent) FROM reports GROUP BY +provider"

make_store() {
	"$abate" init "$folder/$1" >/dev/null
	sqlite3 -cmd '.param init' -cmd ".param set :n $1" "$folder/$1/abate.db" <tests/bench/stats-fill.sql >/dev/null
}

# The least seconds of three runs of a command, the least of processor time, and its peak kilobytes,
# into $seconds, $cpu and $peak.
measure() {
	seconds=999999 cpu=999999
	for _ in 1 2 3; do
		/usr/bin/time -f '%e %U %S %M' -o "$folder/time" "$@" >"$folder/out" 2>"$folder/err" ||
			{ cat "$folder/out" "$folder/err" >&2; exit 1; }
		read -r wall user system peak <"$folder/time"
		seconds=$(awk -v a="$seconds" -v b="$wall" 'BEGIN {print (b < a ? b : a)}')
		cpu=$(awk -v a="$cpu" -v b="$user" -v c="$system" 'BEGIN {print (b + c < a ? b + c : a)}')
	done
}
over() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", a / b}'; }

make_store "$((reports / 5))"
make_store "$reports"
db=$folder/$reports/abate.db
measure sqlite3 "$db" "$only_reports"
few=$seconds few_cpu=$cpu
measure sqlite3 "$db" "$same_rows"
base=$seconds base_cpu=$cpu
measure "$abate" -c "$folder/$((reports / 5))/abate.conf" stats
fifth=$peak
measure "$abate" -c "$folder/$reports/abate.conf" stats
echo "aggregate of the same rows $base s, abate $seconds s: ratio $(over "$seconds" "$base") (aim: at most 3)"
echo "in processor time $base_cpu s, abate $cpu s: ratio $(over "$cpu" "$base_cpu")"
echo "an aggregate of the reports table alone takes $few s, $few_cpu s of processor time"
echo "peak memory $((peak / 1024)) MiB; with a fifth of the reports $((fifth / 1024)) MiB"
measure "$abate" -c "$folder/$((reports / 5))/abate.conf" --json escalate
fifth=$peak
measure "$abate" -c "$folder/$reports/abate.conf" --json escalate
echo "escalate lists $(wc -l <"$folder/out") in $seconds s; peak memory $((peak / 1024)) MiB, with a fifth of the reports $((fifth / 1024)) MiB"
