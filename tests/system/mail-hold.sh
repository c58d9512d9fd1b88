#!/usr/bin/env bash
# What a person decides before mail goes out: hold, release, cancel; and who says yes.
. "$(dirname "$0")/common.sh"
"$abate" init "$work" >/dev/null
cp -r "$source_dir/config/samples/." "$work"
sed -i "s|\.\./\.\./build/demo/|$work/|" "$work/abate.conf"
run() { "$abate" -c "$work/abate.conf" "$@"; }
state() { run --json list reports | python3 -c '
import json, sys
print(next(r["state"] for r in map(json.loads, sys.stdin) if r["id"] == sys.argv[1]))' "$1"; }
ready() { run --json list reports | python3 -c '
import json, sys
print(*[r["id"] for r in map(json.loads, sys.stdin) if r["state"] == "ready" and r["channel"] == "mail"])'; }

expect_status 0 run import "$work/strontium.csv" --case Strontium --type phishing --nature malicious
run route >/dev/null || true
run preview >/dev/null || true
read -r first second third rest <<<"$(ready)"
[ -n "$third" ] || fail "fewer than three reports are ready: $(ready)"

expect_status 0 run hold "$first" --reason "the customer asked to wait"
[ "$(state "$first")" = held ] || fail "$first is not held"
expect_status 0 run cancel "$second"
[ "$(state "$second")" = cancelled ] || fail "$second is not cancelled"
expect_status 1 run hold "$second"
expect "can be held no more" "$out"
expect_status 1 run release "$third"
expect "not held" "$out"
expect_status 2 run cancel X1

# With nobody there to say yes, nothing goes.
expect_status 1 run send
[ "$(state "$third")" = ready ] || fail "$third went without a yes"
run send --yes >/dev/null || true
[ "$(state "$third")" = accepted ] || fail "$third did not go: $(state "$third")"
[ "$(state "$first")" = held ] || fail "$first went although it is held"
[ "$(state "$second")" = cancelled ] || fail "$second went although it is cancelled"
expect_status 1 run cancel "$third"

expect_status 0 run release "$first"
[ "$(state "$first")" = ready ] || fail "$first is not ready after its release"
run send --yes >/dev/null || true
[ "$(state "$first")" = accepted ] || fail "$first did not go after its release"

# A mistake is withdrawn, once, from those who got it.
expect_status 1 run retract "$second"
expect "nobody got it" "$out"
expect_status 0 run retract "$third"
retraction=${out%% *}
expect "is ready" "$out"
expect_status 1 run retract "$third"
expect "withdrawn already" "$out"
mail=$(run preview "$retraction")
expect "Withdrawn: our report on" "$mail"
expect "It was a mistake of" "$mail"
case $mail in *"application/json"*) fail "a withdrawal has a machine's report attached" ;; esac
expect_status 0 run send --yes "$retraction"
[ "$(state "$retraction")" = accepted ] || fail "the withdrawal did not go"
# Asked about each provider's first report, on a terminal: a no holds it, a yes is kept.
sed -i 's/^\[send\]/[send]\napproval = provider/' "$work/abate.conf"
printf 'value\nhttps://two.senate.group/\n' >"$work/two.csv"
run import "$work/two.csv" --case Two --type phishing --nature malicious >/dev/null
run route >/dev/null 2>&1 || true
run preview >/dev/null 2>&1 || true
n=$(ready | wc -w)
[ "$n" -ge 1 ] || fail "nothing is ready in the second case"
yes n | script -qec "$abate -c $work/abate.conf send" /dev/null >"$work/asked" || true
grep -q "the first to" "$work/asked" || fail "was not asked: $(cat "$work/asked")"
[ "$(ready | wc -w)" = 0 ] || fail "what got a no is still ready: $(ready)"
yes y | script -qec "$abate -c $work/abate.conf send" /dev/null >"$work/asked" || true
grep -q "$n accepted" "$work/asked" || fail "what got a yes did not go: $(cat "$work/asked")"
echo "held, released, cancelled, withdrawn"
