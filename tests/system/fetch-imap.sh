#!/usr/bin/env bash
# A real Dovecot: a mailbox is read once and stays as it is, also when the connection breaks, the server numbers
# its mails anew, or somebody stops us. Then servers that refuse, and servers that want to harm.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/dovecot.sh"

# configure URL [LINE …]: a new store, and a mailbox to read.
configure() {
	rm -f "$work"/abate.db*
	printf '[store]\nurl = sqlite:abate.db\n[inbox]\nimap = %s\npassword_command = echo secret\ntimeout = 5\n' "$1" >"$work/abate.conf"
	shift
	[ $# = 0 ] || printf '%s\n' "$@" >>"$work/abate.conf"
	"$abate" -c "$work/abate.conf" import --case Test --type phishing /dev/null >/dev/null
}
fetch() { "$abate" -c "$work/abate.conf" fetch "$@"; }
sql() { sqlite3 "$work/abate.db" "$1"; }
replies() { sql 'SELECT count(*) FROM replies'; }
# expect_replies N WHEN
expect_replies() { [ "$(replies)" = "$1" ] || fail "$(replies) replies instead of $1: $2"; }
position() { sql "SELECT value FROM marks WHERE kind = 'imap'"; }

dovecot_start
dovecot_fill 1 1000
box=imaps://me@example.org@localhost:$imaps_port/INBOX
ca="ca_file = localhost.pem"

# Once, and nothing there changes.
configure "$box" "$ca"
before=$(find "$maildir/new" | sort | sha256sum)
expect '"read":1000,"new":1000' "$(fetch --json)"
expect '"read":0,"new":0' "$(fetch --json)"
expect_replies 1000 "after two fetches"
[ "$before" = "$(find "$maildir/new" | sort | sha256sum)" ] || fail "the mailbox has changed"
expect "SEARCH" "$(dovecot_ask 'EXAMINE INBOX' 'UID SEARCH SEEN')"
python3 - "$work" "$maildir" <<'END'
import glob, sqlite3, sys
kept = {bytes(b) for (b,) in sqlite3.connect(sys.argv[1] + "/abate.db").execute("SELECT content FROM reply_bytes")}
sent = {open(f, "rb").read().replace(b"\n", b"\r\n") for f in glob.glob(sys.argv[2] + "/new/*")}
sys.exit(kept != sent and "what is kept is not what was there")
END
expect_replies "$(sql "SELECT count(*) FROM replies WHERE source LIKE 'imap:me@example.org@localhost/INBOX;UIDVALIDITY=%;UID=%' AND received > 1700000000000000")" "with their source and time"

# New ones, by STARTTLS; the mailbox is another then, by its name, but its mails are known.
dovecot_fill 1001 1010
expect '"read":10,"new":10' "$(fetch --json)"
sed -i "s|^imap = .*|imap = imap://me%40example.org@localhost:$imap_port|" "$work/abate.conf"
expect '"read":1010,"new":0' "$(fetch --json)"
expect_replies 1010 "after the same mailbox by another name"
expect '"read":1010,"new":0' "$(fetch --json --maildir "$maildir")"
expect_replies 1010 "after the same mailbox as a Maildir"

# Large and odd mails.
python3 - "$maildir/new" <<'END'
import sys
head = b"From: desk@provider.example\nSubject: odd\n\n"
open(sys.argv[1] + "/1800000001.large.host", "wb").write(head + b"0123456789abcdef" * 4 * 1024 * 800 + b"\n")
open(sys.argv[1] + "/1800000002.nul.host", "wb").write(head + b"a\0b\xff\nx1 OK done\n* BYE\n")
open(sys.argv[1] + "/1800000003.empty.host", "wb").write(b"")
open(sys.argv[1] + "/1800000004.line.host", "wb").write(head + b"x" * 3000000)
END
dovecot_own
out=$(fetch --json)
expect '"new":4' "$out"
[ "$(sql 'SELECT max(length(content)) FROM reply_bytes')" -gt 50000000 ] || fail "the large mail is not whole"

# UIDVALIDITY changes.
old=$(position)
rm -f "$maildir"/dovecot*
out=$(fetch --json 2>&1)
expect "numbered its mails anew" "$out"
expect '"read":1014,"new":0' "$out"
[ "$old" != "$(position)" ] || fail "UIDVALIDITY did not change"
expect_replies 1014 "after UIDVALIDITY has changed"
expect '"read":0' "$(fetch --json)"

# The connection is cut after so many bytes, again and again.
rm -f "$maildir"/new/18*
python3 "$source_dir/tests/system/cut_proxy.py" "$work/proxy" "$imaps_port" 400000 &
servers+=($!)
wait_for_file "$work/proxy"
configure "imaps://me@example.org@localhost:$(cat "$work/proxy")/INBOX" "$ca"
expect_status 3 fetch
expect "of 1010 mails are read and kept, the next fetch goes on from there" "$out"
some=$(replies)
[ "$some" -gt 0 ] && [ "$some" -lt 1010 ] || fail "$some replies after the cut"
cuts=1
until fetch >/dev/null 2>&1; do
	cuts=$((cuts + 1))
	[ $cuts -lt 20 ] || fail "it does not get on: $(replies)"
done
[ $cuts -gt 1 ] || fail "it was cut only once"
expect_replies 1010 "after $cuts cuts"
[ "$(sql 'SELECT count(*) FROM (SELECT DISTINCT subject FROM replies)')" = 1010 ] || fail "a mail is missing"

# Somebody stops it, or kills it.
rm -f "$work/proxy"
python3 "$source_dir/tests/system/cut_proxy.py" "$work/proxy" "$imaps_port" 0 0.3 &
servers+=($!)
wait_for_file "$work/proxy"
for signal in TERM KILL; do
	configure "imaps://me@example.org@localhost:$(cat "$work/proxy")/INBOX" "$ca"
	"$abate" -c "$work/abate.conf" fetch >"$work/stopped" 2>&1 &
	stopped=$!
	for _ in $(seq 100); do [ "$(replies 2>/dev/null || echo 0)" -gt 0 ] && break; sleep 0.1; done
	kill -$signal $stopped
	wait $stopped 2>/dev/null && fail "it was stopped, and says that all is done"
	some=$(replies)
	[ "$some" -gt 0 ] && [ "$some" -lt 1010 ] || fail "$some replies after $signal: $(cat "$work/stopped")"
	# What was not kept is not passed by.
	cut=$(sql "SELECT substr(value, instr(value, ':') + 1) FROM marks WHERE kind = 'imap'")
	[ "$cut" -le "$some" ] || fail "$some replies after $signal, but all up to $cut count as read"
	sed -i "s|^imap = .*|imap = $box|" "$work/abate.conf"
	fetch >/dev/null
	expect_replies 1010 "after $signal"
done

# Who is not let in.
configure "$box" "$ca"
sed -i 's/echo secret/echo wrong/' "$work/abate.conf"
expect_status 3 fetch
expect "refused the login" "$out"
configure "$box"
expect_status 3 fetch
expect "certificate" "$out"
expect "ca_file" "$out"
configure "imaps://me@example.org@127.0.0.1:$imaps_port/INBOX" "$ca"
expect_status 3 fetch
expect "as its certificate names it" "$out"
configure "imaps://me@example.org@localhost:$imap_port/INBOX" "$ca"
expect_status 3 fetch
expect "no TLS on that port" "$out"
configure "imaps://me@example.org@localhost:$imaps_port/Nowhere" "$ca"
expect_status 3 fetch
expect "Nowhere" "$out"
expect_replies 0 "of mailboxes that cannot be read"

# A flag, then a move; what was read before it was wanted stays.
find "$maildir/new" "$maildir/cur" -type f -name '17000*' -delete
rm -f "$maildir"/dovecot*
dovecot_fill 1 20
configure "$box" "$ca"
fetch >/dev/null
echo 'imap_flag = abate' >>"$work/abate.conf"
dovecot_fill 21 250
fetch >/dev/null
expect_replies 250 "with a flag"
expect "ESEARCH (TAG \"t\") COUNT 230" "$(dovecot_ask 'SELECT INBOX' 'SEARCH RETURN (COUNT) KEYWORD abate UNSEEN')"
echo 'imap_move = Read/届いた' >>"$work/abate.conf"
dovecot_fill 251 260
expect_status 3 fetch
expect "imap_move" "$out"
expect_replies 260 "though the folder is missing"
dovecot_ask 'CREATE Read/&XEowRDBf-' >/dev/null
dovecot_fill 261 300
fetch >/dev/null
expect_replies 300 "with a folder"
expect "MESSAGES 50" "$(dovecot_ask 'STATUS Read/&XEowRDBf- (MESSAGES)')"
expect "MESSAGES 250" "$(dovecot_ask 'STATUS INBOX (MESSAGES)')"

# serve MODE [CERT KEY]: the server with faults.
serve() {
	rm -f "$work/port" "$work/port.log"
	python3 "$source_dir/tests/system/imap_server.py" "$1" "$work/port" "${@:2}" &
	servers+=($!)
	wait_for_file "$work/port"
}
plain() { configure "imap://me@example.org@127.0.0.1:$(cat "$work/port")/INBOX" "$@"; }

# XOAUTH2, over TLS.
serve fine "$work/localhost.pem" "$work/localhost.key"
configure "imaps://me@example.org@localhost:$(cat "$work/port")/INBOX" "$ca" "auth = xoauth2"
sed -i 's/echo secret/echo the-token/' "$work/abate.conf"
expect '"new":6' "$(fetch --json)"
sed -i 's/echo the-token/echo no-token/' "$work/abate.conf"
expect_status 3 fetch
expect "refused the login" "$out"
case $out in *no-token*) fail "the token is in a message: $out" ;; esac

# Where TLS is wanted, nothing goes out without.
serve fine
plain "tls = required"
expect_status 3 fetch
expect "no STARTTLS" "$out"
case $(cat "$work/port.log") in *AUTH* | *LOGIN*) fail "the password went out in the clear" ;; esac

# A server without MOVE: copied and marked, never expunged.
serve fine
plain "imap_move = Read"
out=$(fetch 2>&1)
expect "expunge them yourself" "$out"
expect 'UID COPY 1:6 "Read"' "$(cat "$work/port.log")"
expect 'UID STORE 1:6 +FLAGS.SILENT (\Deleted)' "$(cat "$work/port.log")"
case $(cat "$work/port.log") in *EXPUNGE*) fail "it expunged" ;; esac

# Odd servers, but good ones: mails and news that nobody asked for, ways to log in that a password does not serve.
for mode in garbage login kerberos preauth lies chatty; do
	serve $mode
	plain
	out=$(fetch --json 2>&1) || fail "$mode: $out"
	expect '"missing":0' "$out"
	expect_replies 6 "$mode"
done
serve empty
plain
expect '"read":0' "$(fetch --json)"

# A password of odd letters.
printf '%s' 'p"\ä' >"$work/password"
chmod 600 "$work/password"
for mode in strict login; do
	serve $mode
	plain
	sed -i 's/^password_command.*/password_file = password/' "$work/abate.conf"
	expect '"new":6' "$(fetch --json)"
done
expect 'LOGIN me@example.org "p\"\\ä"' "$(cat "$work/port.log")"

# Servers that let nobody in, or have no such mailbox, in words that help.
while read -r mode words; do
	serve "$mode"
	plain
	expect_status 3 fetch
	expect "$words" "$out"
done <<'END'
closed BYE too many of you
busylogin lets nobody in for now; try again later
nologin takes no password this way
nowhere its folders: INBOX, Inbox/\x1b[, in "box", Abuse, Abuse/届いた
END

# One mail that the server does not give holds up no other, is asked for again, and in the end given up.
unreadable() { sql "SELECT key FROM marks WHERE kind = 'imap-unreadable'"; }
for mode in broken leaves crash; do
	status=1
	[ $mode != crash ] || status=3
	serve $mode
	plain
	expect_status $status fetch --json
	[ $mode = crash ] || { expect '"missing":1' "$out"; expect_replies 5 "$mode"; }
	expect_status $status fetch --json
	expect '"missing":1' "$out"
	expect "UID=3: the server did not give it" "$out"
	expect_replies 5 "$mode, again"
	expect_status $status fetch --json
	[ -z "$(unreadable)" ] || fail "$mode: given up within a day"
	sql "UPDATE marks SET value = '5:3*3@1700000000' WHERE kind = 'imap-missing' AND value LIKE '5:3*3@%'"
	expect_status $status fetch --json
	expect "it is not asked for again" "$out"
	expect ";UIDVALIDITY=5;UID=3" "$(unreadable)"
	expect '"read":0,"new":0' "$(fetch --json)"
	expect_replies 5 "$mode, given up"
done

# It comes after all.
serve broken
plain
expect_status 1 fetch
touch "$work/port.heal"
expect '"read":1,"new":1' "$(fetch --json)"
expect '"read":0' "$(fetch --json)"
expect_replies 6 "when it is healed"
rm "$work/port.heal"

# A server that is ill is not the mails' fault.
serve sick
plain
for _ in 1 2 3 4; do expect_status 1 fetch; done
[ -z "$(unreadable)" ] || fail "given up for a server that is ill"
[ "$(sql "SELECT value FROM marks WHERE kind = 'imap-missing'" | sed 's/@[0-9]*//g')" = "5:1*0,2*0,3*0,4*0,5*0,6*0" ] || fail "not all are to be asked again"

# What is missing is not moved away.
serve broken
plain "imap_move = Read"
expect_status 1 fetch
expect 'UID COPY 1:2 "Read"' "$(cat "$work/port.log")"
touch "$work/port.heal"
fetch >/dev/null 2>&1
expect 'UID COPY 3 "Read"' "$(cat "$work/port.log")"
case $(cat "$work/port.log") in *COPY*1:6*) fail "moved before it was read" ;; esac
rm "$work/port.heal"

# A dry run changes nothing, here or there.
serve fine
plain "imap_move = Read" "imap_flag = abate"
before=$(sqlite3 "$work/abate.db" .dump | sha256sum)
out=$(fetch --dry-run)
expect "dry run" "$out"
expect "new mails: 6" "$out"
[ "$before" = "$(sqlite3 "$work/abate.db" .dump | sha256sum)" ] || fail "a dry run has changed the store"
case $(cat "$work/port.log") in *SELECT* | *STORE* | *COPY*) fail "a dry run has changed the mailbox" ;; esac
expect '"new":6' "$(fetch --json 2>/dev/null)"

# What comes is bounded, in size and in time.
for mode in huge endless silent drip dripmail busy; do
	serve $mode
	plain
	sed -i 's/^timeout = .*/timeout = 1/' "$work/abate.conf"
	expect_status 3 timeout 20 "$abate" -c "$work/abate.conf" fetch
	case $mode in
	huge) expect "larger than what was asked for" "$out" ;;
	# What the server gives is read from a second connection, but for the mail that it stumbles over.
	dripmail) expect "trying once more" "$out"; expect_replies 5 $mode; continue ;;
	silent | drip | busy) expect "too slow" "$out"; expect_replies 0 $mode; continue ;;
	*) continue ;;
	esac
	expect_replies 1 $mode
	expect_status 3 fetch
	expect_replies 5 "$mode, again"
done

# A slow line is none of these: what comes buys time.
serve slow
plain
sed -i 's/^timeout = .*/timeout = 1/' "$work/abate.conf"
expect '"new":6' "$(fetch --json)"
echo "read once over IMAP, through cuts, stops, new numbers and bad servers"
