#!/usr/bin/env bash
# The command `abate parse`: its keys, its exit statuses, and that memory does not grow with the file.
set -euo pipefail
cd "$(dirname "$0")/../.."
abate=${ABATE_BUILD:-$PWD/build}/abate
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "parse: $*" >&2; exit 1; }
expect() { # STATUS COMMAND...
	local wanted=$1 status=0
	shift
	"$@" >"$work/out" 2>"$work/err" || status=$?
	[ $status = "$wanted" ] || { cat "$work/out" "$work/err" >&2; fail "$* ended with $status, not $wanted"; }
}

cat >"$work/list.csv" <<'END'
id,url
1,hxxp://www[.]Evil[.]co.jp:80/login
2,
3,http://bücher.example/
END
expect 1 "$abate" parse --json "$work/list.csv"
cat >"$work/wanted" <<'END'
{"value":"http://www.evil.co.jp/login","type":"url","host":"www.evil.co.jp","domain":"evil.co.jp","original":"hxxp://www[.]Evil[.]co.jp:80/login","line":2}
{"error":"the row's indicator is empty or missing","line":3}
{"value":"http://xn--bcher-kva.example/","type":"url","host":"xn--bcher-kva.example","domain":"xn--bcher-kva.example","original":"http://b\u00FCcher.example/","line":4}
END
diff "$work/wanted" "$work/out" || fail "other lines"
grep -q "list.csv:3: the row's indicator" "$work/err" || fail "the bad line is not told with its place"

LC_ALL=C.UTF-8 expect 1 "$abate" parse "$work/list.csv"
grep -q 'http://bücher.example/' "$work/out" || fail "a name is not shown in U-labels too"
grep -q 'indicators: 2, bad lines: 1' "$work/err" || fail "no summary"

expect 0 "$abate" parse - <<<"evil.example"
expect 0 "$abate" parse --column 2 --format csv - <<<"x,evil.example"
expect 2 "$abate" parse
expect 2 "$abate" parse --format xml "$work/list.csv"
expect 3 "$abate" parse "$work/none"
expect 2 "$abate" parse --column none "$work/list.csv"

# An escape sequence never reaches a terminal.
printf 'ev\033[31mil.example\n' >"$work/escape"
expect 1 "$abate" parse "$work/escape"
! grep -q $'\033' "$work/out" "$work/err" || fail "an escape sequence got through"

# 200,000 lines in 256 MB of address space; the sanitised program needs more for itself.
if ! ldd "$abate" | grep -q asan; then
	awk 'BEGIN { for (i = 0; i < 200000; i++) print "http://evil" i ".example/" i }' >"$work/long"
	(ulimit -v 262144 && "$abate" parse --json "$work/long" >"$work/out" 2>/dev/null) || fail "no memory for a long list"
	[ "$(wc -l <"$work/out")" = 200000 ] || fail "not all lines of a long list"
fi
echo "parse: ok"
