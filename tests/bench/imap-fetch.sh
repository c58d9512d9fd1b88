#!/usr/bin/env bash
# `abate fetch` of answers to 5,000 reports from a Dovecot of its own: read, kept, matched and classified, against mbsync
# (isync) only fetching the same into a Maildir, on the disk and in memory, each the best of three in turn; and the memory that
# five times as many take.
# Usage: imap-fetch.sh [MAILS]
. "$(dirname "$0")/../system/common.sh"
. "$(dirname "$0")/../system/dovecot.sh"
command -v mbsync >/dev/null || { echo "mbsync is missing: apt-get install isync"; exit 0; }
n=${1:-20000}
dovecot_start
printf '[store]\nurl = sqlite:%s/reports.db\n[mail]\nfrom = a@reporter.example\n' "$work" >"$work/fill.conf"
"$build/tests/bench/outbox-send" "$work/fill.conf" fill 5000 1000 50
rm -rf "$maildir"
python3 "$source_dir/tests/bench/inbox_fill.py" "$work/reports.db" "$maildir" "$n"
sqlite3 "$work/reports.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
dovecot_own
box=imaps://me@example.org@localhost:$imaps_port/INBOX

# timed COMMAND …: "seconds kilobytes" of it
timed() {
	/usr/bin/time -o "$work/time" -f '%e %M' "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; fail "$*"; }
	cat "$work/time"
}
# fetch FOLDER N: into a store there that knows the reports
fetch() {
	rm -f "$1"/abate.db*
	printf '[store]\nurl = sqlite:%s/abate.db\n[inbox]\nimap = %s\npassword_command = echo secret\nca_file = localhost.pem\n' "$1" "$box" >"$work/abate.conf"
	cp "$work/reports.db" "$1/abate.db"
	timed "$abate" -c "$work/abate.conf" fetch
	[ "$(sqlite3 "$1/abate.db" 'SELECT count(*) FROM replies')" = "$2" ] || fail "not all were read"
}
# mirror FOLDER: without waiting for the disk after each mail, which takes mbsync many times as long
mirror() {
	rm -rf "$1/near"
	mkdir "$1/near"
	cat >"$work/mbsyncrc" <<-END
		FSync no

		IMAPAccount box
		Host localhost
		Port $imaps_port
		User me@example.org
		PassCmd "echo secret"
		SSLType IMAPS
		CertificateFile $work/localhost.pem

		IMAPStore far
		Account box

		MaildirStore near
		Path $1/near/
		Inbox $1/near/INBOX

		Channel box
		Far :far:
		Near :near:
		Create Near
		Sync Pull
		SyncState $1/near/
	END
	timed mbsync -q -c "$work/mbsyncrc" -a
	[ "$(find "$1/near/INBOX" -type f -path '*/???/1*' | wc -l)" = "$n" ] || fail "mbsync did not get all"
}
# compare WORDS FOLDER
compare() {
	local base=9999 ours=9999
	for _ in 1 2 3; do
		base=$(least "$base" "$(mirror "$2")")
		ours=$(least "$ours" "$(fetch "$2" "$n")")
	done
	rm -rf "$2/near"
	awk -v words="$1" -v base="$base" -v ours="$ours" 'BEGIN {printf "%s: mbsync %.2f s, abate %.2f s: %.2f times (aim: at most 1.5)\n", words, base, ours, ours / base}'
}
least() { awk -v a="$1" -v b="${2% *}" 'BEGIN {print (a < b) ? a : b}'; }

fetch "$work" "$n" >/dev/null # the server makes its own index
compare "on the disk" "$work"
memory=$(mktemp -d /dev/shm/abate-bench-XXXXXX 2>/dev/null) || memory=
if [ -n "$memory" ]; then
	trap 'rm -rf "$memory"; clean_up' EXIT
	compare "in memory" "$memory"
fi

rm -rf "$maildir"
mkdir -p "$maildir/new" "$maildir/cur" "$maildir/tmp"
dovecot_fill 1 $((5 * n)) 1
big=$(fetch "$work" $((5 * n)))
echo "$((5 * n)) small mails: ${big% *} s, at most $((${big#* } / 1024)) MB of memory (of which the store's cache: 64 MB)"
