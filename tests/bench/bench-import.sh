#!/usr/bin/env bash
# Imports a list of URLs by `abate import`, and the same file by the sqlite3 shell's .import with a
# unique index, in one run. Prints times, their ratio and peak memory; the memory of a list of a
# tenth shows whether it grows. Usage: bench-import.sh [URLS]
set -euo pipefail
cd "$(dirname "$0")/../.."
urls=${1:-1000000}
abate=$PWD/${BUILD:-build}/abate
folder=$(mktemp -d "${TMPDIR:-/tmp}/abate-bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
command -v sqlite3 >/dev/null || { echo "needs the sqlite3 shell"; exit 77; }
[ -x /usr/bin/time ] || { echo "needs /usr/bin/time"; exit 77; }

make_list() {
	awk -v n="$1" 'BEGIN {
		srand(20180820)
		split("com net org info co.jp co.uk example.org duckdns.org github.io cc", top, " ")
		split("login secure-update www.bank mail account-verify cdn", name, " ")
		split("wp-content/themes signin paypal/webscr images a/b/c", path, " ")
		print "url"
		for (i = 0; i < n; i++)
			printf "http%s://%s%d.%s/%s/%06x/index.php?id=%d\n", rand() < .5 ? "" : "s",
				name[int(rand() * 6) + 1], int(rand() * 200000), top[int(rand() * 10) + 1],
				path[int(rand() * 5) + 1], int(rand() * 16777216), i
	}'
}

# Seconds and peak kilobytes of a command, into $seconds and $peak.
measure() {
	/usr/bin/time -f '%e %M' -o "$folder/time" "$@" >"$folder/out" 2>"$folder/err" ||
		{ cat "$folder/out" "$folder/err" >&2; exit 1; }
	read -r seconds peak <"$folder/time"
}

import() {
	rm -rf "$folder/store"
	"$abate" init "$folder/store" >/dev/null
	measure "$abate" -c "$folder/store/abate.conf" --json import --case Bench --type phishing "$1"
	grep -q "\"added\":$2[,}]" "$folder/out" || { echo "not all were added:"; cat "$folder/out"; exit 1; }
}

make_list "$urls" >"$folder/list.csv"
make_list "$((urls / 10))" >"$folder/tenth.csv"
cat "$folder/list.csv" >/dev/null

measure sqlite3 "$folder/shell.db" 'CREATE TABLE list(url TEXT);' '.mode csv' \
	".import --skip 1 $folder/list.csv list" 'CREATE UNIQUE INDEX list_url ON list(url);'
shell=$seconds
echo "sqlite3 .import and unique index: $urls URLs in $seconds s, peak $((peak / 1024)) MB"
import "$folder/tenth.csv" "$((urls / 10))"
tenth=$peak
import "$folder/list.csv" "$urls"
echo "abate import:                     $urls URLs in $seconds s, peak $((peak / 1024)) MB (a tenth of the list: $((tenth / 1024)) MB)"
awk -v a="$seconds" -v b="$shell" 'BEGIN { printf "ratio %.2f (aim: at most 4)\n", a / b }'
