#!/usr/bin/env bash
# fetch of a Maildir as a user sees it: what is broken is shown, the same mail in another form is known, and a fault of
# the configuration is told before anything is read.
. "$(dirname "$0")/common.sh"

mkdir -p "$work/box/new" "$work/box/cur" "$work/other/new" "$work/other/cur"
printf '[store]\nurl = sqlite:abate.db\n[inbox]\nmaildir = box\n' >"$work/abate.conf"
abate() { "$abate" -c "$work/abate.conf" "$@"; }
is() { [ "$1" = "$2" ] || fail "$3: $1 instead of $2"; }
sql() { sqlite3 "$work/abate.db" "$1"; }
abate import --case Test --type phishing /dev/null >/dev/null

echo "1. What is broken is kept, shown and listed."
printf 'From: a@b.example\nSubject: fine\n\nHello.\n' >"$work/box/new/1.x.h"
printf '' >"$work/box/new/2.x.h"
printf 'no line with a colon\nmore\n' >"$work/box/new/3.x.h"
printf 'Subject: of nobody\n\nHello.\n' >"$work/box/new/4.x.h"
out=$(abate fetch)
expect "3 broken: kept as they came, see \`abate list replies --broken\`" "$out"
out=$(abate --json list replies --broken)
is "$(wc -l <<<"$out")" 3 "the number of broken replies"
for what in "nothing in it" "no headers" "no sender"; do expect "\"broken\":\"$what\"" "$out"; done
expect "broken: no sender" "$(abate list replies)"
expect_status 2 "$abate" -c "$work/abate.conf" list reports --broken

echo "2. The same mail with other line ends is known."
printf 'From: a@b.example\r\nSubject: fine\r\n\r\nHello.\r\n' >"$work/other/new/1.x.h"
expect "new mails: 0" "$(abate fetch --maildir "$work/other")"

echo "3. A section of no plugin is told with its line, and nothing is read."
printf 'From: a@b.example\nSubject: later\n\nHello.\n' >"$work/box/new/5.x.h"
printf '[plugin nosuch]\nkey = x\n' >>"$work/abate.conf"
expect_status 2 "$abate" -c "$work/abate.conf" fetch
expect "abate.conf:5: [plugin nosuch]: there is no plugin" "$(abate fetch 2>&1)"
is "$(sql 'SELECT COUNT(*) FROM replies')" 4 "the number of replies"

echo "4. What cannot be read at all is not done in part; - is standard input; a report must be there."
sed -i '/plugin nosuch/,$d' "$work/abate.conf"
expect_status 3 "$abate" -c "$work/abate.conf" classify "$work/nope.eml"
expect_status 1 "$abate" -c "$work/abate.conf" classify "$work/nope.eml" "$work/box/new/1.x.h"
expect '"class":"human"' "$(abate --json classify - <"$work/box/new/1.x.h")"
expect_status 3 "$abate" -c "$work/abate.conf" list replies --report R99
expect "R99" "$out"

echo "5. Who waits for another process says so."
python3 - "$work/abate.db" <<'END' &
import sqlite3, sys, time
store = sqlite3.connect(sys.argv[1], isolation_level=None)
store.execute("BEGIN IMMEDIATE")
open(sys.argv[1] + ".held", "w").write("x")
time.sleep(6)
END
servers+=($!)
wait_for_file "$work/abate.db.held"
out=$(abate fetch 2>&1)
expect "another process is writing; waiting for it" "$out"
expect "new mails: 1" "$out"
