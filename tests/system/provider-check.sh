#!/usr/bin/env bash
# The command `abate provider`: what it tells, in words and as JSON, and its exit statuses.
set -euo pipefail
cd "$(dirname "$0")/../.."
abate=${ABATE_BUILD:-$PWD/build}/abate
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "provider: $*" >&2; exit 1; }
expect() { # STATUS COMMAND...
	local wanted=$1 status=0
	shift
	"$@" >"$work/out" 2>"$work/err" || status=$?
	[ $status = "$wanted" ] || { cat "$work/out" "$work/err" >&2; fail "$* ended with $status, not $wanted"; }
}

mkdir "$work/mine"
printf '[paths]\nproviders = mine\n' >"$work/abate.conf"
cat >"$work/mine/mine.json" <<'END'
{ "id": "mine", "name": "Mine", "kind": "hosting",
  "match": [ { "suffixes": ["mine.example"], "evidence": "official", "source": "x", "as_of": "2026-01-01" } ],
  "channels": [ { "type": "mail", "to": "abuse@mine.example", "evidence": "memory", "source": "x", "as_of": "2026-01-01" } ] }
END

expect 0 "$abate" -c "$work/abate.conf" provider check
expect 0 "$abate" -c "$work/abate.conf" provider show mine
grep -q "not used before you confirm it" "$work/out" || fail "evidence from memory is not marked"
expect 0 "$abate" -c "$work/abate.conf" --json provider list
[ "$(wc -l <"$work/out")" -gt 150 ] || fail "too few providers"
python3 - "$work/out" <<'END' || fail "the list is not one JSON object a line"
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
assert {"id", "kind", "name", "channels"} <= set(rows[0])
mine = [row for row in rows if row["id"] == "mine"][0]
assert mine["channels"][0]["unconfirmed"] is True
END
expect 0 "$abate" -c "$work/abate.conf" provider list --kind jprs
grep -q "^jprs " "$work/out" || fail "no jprs in its kind"

# Each fault by file and field; the rest still loads.
echo '{ "id": "bad", "name": 7, "kind": "hosting", "notes": "n", "colour": "red" }' >"$work/mine/bad.json"
expect 2 "$abate" -c "$work/abate.conf" provider check
grep -q "/mine/bad.json: name: must be a string" "$work/out" || fail "the wrong type is not named"
grep -q "/mine/bad.json: colour: there is no such field" "$work/out" || fail "the unknown field is not named"
expect 2 "$abate" provider check "$work/mine/bad.json"
expect 0 "$abate" provider check "$work/mine/mine.json"
expect 0 "$abate" -c "$work/abate.conf" provider show mine
grep -q "bad.json" "$work/err" || fail "a broken profile is passed over in silence"
expect 2 "$abate" provider check "$work/nothing.json"
expect 2 "$abate" provider show nobody
expect 2 "$abate" provider list --kind nothing
expect 2 "$abate" provider
printf '[paths]\nproviders = nothing\n' >"$work/abate.conf"
expect 2 "$abate" -c "$work/abate.conf" provider list
grep -q "nothing" "$work/err" || fail "the missing folder is not named"
