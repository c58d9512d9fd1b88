#!/usr/bin/env bash
# Input, settings and disks that are broken: each is named so that a user finds it, and nothing is half-kept.
. "$(dirname "$0")/common.sh"
cd "$work"
mkdir mine providers plugins
# settings FILE LINE…: a configuration that reads the samples' snapshot, with more lines after it
settings() {
	local file=$1
	shift
	cat >"$file" <<END
[store]
url = sqlite:${file%.conf}.db
[reporter]
name = A
email = a@reporter.example
[mail]
carrier = maildir
maildir = ${file%.conf}.maildir
from = a@reporter.example
[lookup]
rdap_bootstrap = $source_dir/config/samples/snapshot
hosts_file = $source_dir/config/samples/hosts
whois_servers = $source_dir/config/samples/whois-servers.conf
[send]
packets = ${file%.conf}.packets
END
	printf '%s\n' "$@" >>"$file"
}
rows() { sqlite3 "$1" "SELECT count(*) FROM $2"; }
whole() { # CONFIG: the chain of events holds and SQLite finds no fault
	expect_status 0 "$abate" -c "$1" list events --verify
	expect "the chain is whole" "$out"
	[ "$(sqlite3 "${2:-${1%.conf}.db}" 'PRAGMA integrity_check')" = ok ] || fail "the store of $1 is broken"
}
settings abate.conf
expect_status 3 "$abate" list cases
expect "abate init" "$out"
expect_status 0 "$abate" init
expect_status 0 "$abate" import "$source_dir/config/samples/compromised.csv" --case Start --type phishing
before=$(rows abate.db indicators)

# --- lists ---
head -c 300000 /dev/zero >nul.csv
printf 'url\nhttp://nul\0byte.example/\nhttp://\0\0\0\n\0\n' >nuls.csv
python3 -c 'print("[" * 10000 + "]" * 10000)' >deep.jsonl
python3 -c 'print("{\"url\":" * 10000 + "1" + "}" * 10000)' >deep-objects.jsonl
for file in nul.csv nuls.csv deep.jsonl deep-objects.jsonl; do
	expect_status 1 "$abate" import "$file" --case Bad --type phishing
	expect "$file:" "$out"
	expect_status 1 "$abate" parse "$file"
	{ "$abate" --json parse "$file" 2>/dev/null || true; } | python3 -c '
import json, sys
rows = [json.loads(line) for line in sys.stdin]
assert rows and all(row.keys() == {"error", "line"} for row in rows), rows' || fail "parse --json $file"
done
[ "$(rows abate.db indicators)" = "$before" ] || fail "something of the broken lists was kept"
printf 'url,note\nhttp://a.example/x,1\nhttp://exa mple..bad/,2\nhttp://b.example/y,3\n' >mixed.csv
expect_status 1 "$abate" import mixed.csv --case Mixed --type phishing
expect "mixed.csv:3" "$out"
expect "1 bad line" "$out"
kept=$(sqlite3 abate.db "SELECT group_concat(value, ' ') FROM (SELECT value FROM indicators WHERE id > $before ORDER BY id)")
[ "$kept" = "http://a.example/x http://b.example/y" ] || fail "kept of the mixed list: $kept"
cases=$(rows abate.db cases)
for command in import dispatch; do
	expect_status 3 "$abate" $command nothing.csv --case Nothing --type phishing
	expect "nothing.csv" "$out"
done
expect_status 3 "$abate" import mixed.csv --case Nothing --type phishing --evidence nothing.png
expect "nothing.png" "$out"
[ "$(rows abate.db cases)" = "$cases" ] || fail "a list that cannot be read left a case behind"
whole abate.conf

# --- a template that does not end ---
mkdir -p mine/en
printf 'Subject: x\n\nDear desk,\n  {{#indicators}} and on\n' >mine/en/registrar.mustache
settings template.conf '[paths]' 'templates = mine'
printf 'my-iri.org\n' >one.txt
expect_status 1 "$abate" -c template.conf dispatch one.txt --case T --type phishing --nature malicious --yes
expect "mine/en/registrar.mustache:4:3" "$out"
state=$(sqlite3 template.db "SELECT DISTINCT state FROM reports WHERE plugin = 'registrar'")
[ "$state" = held ] || fail "the report with the broken template is ${state:-not there}"
expect "mine/en/registrar.mustache:4:3" "$(sqlite3 template.db "SELECT reason FROM reports WHERE plugin = 'registrar'")"
! grep -rqs registrar-one "template.maildir" || fail "it was sent"
whole template.conf

# --- a profile ---
settings providers.conf '[paths]' 'providers = providers'
echo '{ "id": "bad", "name": [ 7 ], "kind": "hosting" }' >providers/bad.json
expect_status 2 "$abate" -c providers.conf provider check
expect "providers/bad.json: name: must be a string" "$out"

# --- a plugin that anybody may change ---
settings plugins.conf '[paths]' 'plugins = plugins'
cp "$build/plugins/hosting.so" plugins/mine.so
chmod 777 plugins
expect_status 1 "$abate" -c plugins.conf plugin check "$work/plugins/mine.so"
expect "$work/plugins is writable by others" "$out"
expect_status 0 "$abate" -c plugins.conf plugin list
expect "mine refused" "$out"

# --- a newer store ---
cp abate.db newer.db
settings newer.conf
version=$(sqlite3 newer.db 'PRAGMA user_version')
sqlite3 newer.db "PRAGMA user_version = $((version + 1))"
before=$(sha256sum <newer.db)
for command in "list cases" "import mixed.csv" "dispatch --yes mixed.csv" "send --yes"; do
	# shellcheck disable=SC2086
	expect_status 3 "$abate" -c newer.conf $command
	expect "version $((version + 1))" "$out"
done
[ "$(sha256sum <newer.db)" = "$before" ] || fail "a newer store was changed"

# --- settings ---
settings unknown.conf '[watch]' 'colour = red'
expect_status 2 "$abate" -c unknown.conf list cases
expect "unknown.conf:$(grep -n colour unknown.conf | cut -d: -f1):" "$out"
expect "colour" "$out"
settings section.conf '[colours]'
expect_status 2 "$abate" -c section.conf list cases
expect "section.conf:" "$out"

# --- a full disk ---
[ "$(id -u)" = 0 ] || { echo "the rest, a full disk, needs root"; exit 0; }
mkdir disk
mount -t tmpfs -o size=2m tmpfs disk 2>/dev/null || { echo "the rest, a full disk, needs the right to mount"; exit 0; }
trap 'status=$?; set +e; umount "$work/disk"; (exit $status); clean_up' EXIT
settings full.conf
sed -i 's#^url = .*#url = sqlite:disk/full.db#' full.conf
# dispatch makes the store.
expect_status 0 "$abate" -c full.conf dispatch one.txt --case Small --type phishing --dry-run
python3 -c 'for i in range(60000): print(f"http://host{i}.example/a/long/path/to/something/{i}")' >big.txt
expect_status 3 "$abate" -c full.conf import big.txt --case Big --type phishing
expect "full" "$out"
[ "$(rows disk/full.db indicators)" = 1 ] || fail "$(rows disk/full.db indicators) indicators after a full disk"
whole full.conf disk/full.db
expect_status 3 "$abate" -c full.conf dispatch big.txt --case Big --type phishing --yes
[ "$(rows disk/full.db indicators)" = 1 ] || fail "indicators were half-kept"
mount -o remount,size=80m disk
expect_status 0 "$abate" -c full.conf import big.txt --case Big --type phishing
[ "$(rows disk/full.db indicators)" = 60001 ] || fail "not all after room was made"
whole full.conf disk/full.db

# --- no room for the mails: they wait, none is half there, and all go out once there is room ---
settings mails.conf
sed -i 's#^maildir = .*#maildir = disk/mails#' mails.conf
mount -o remount,size=20m disk
rm -f disk/full.db*
mkdir -p disk/mails/tmp disk/mails/new disk/mails/cur
head -c 30000000 /dev/zero >disk/filler 2>/dev/null || true
truncate -s -8192 disk/filler
expect_status 1 "$abate" -c mails.conf dispatch "$source_dir/config/samples/strontium.csv" --case M --type phishing --yes
expect "No space left on device" "$(sqlite3 mails.db "SELECT reason FROM reports WHERE state = 'ready'")"
sent=$(sqlite3 mails.db "SELECT count(*) FROM reports WHERE state = 'accepted'")
all=$(sqlite3 mails.db "SELECT count(*) FROM reports WHERE channel = 'mail'")
[ "$sent" -lt "$all" ] || fail "the disk was not full"
[ "$(find disk/mails -type f | wc -l)" = "$sent" ] || fail "$(find disk/mails -type f | wc -l) files for $sent mails"
rm disk/filler
expect_status 1 "$abate" -c mails.conf send --yes
expect "$((all - sent)) wait for a later try" "$out"
sqlite3 mails.db "UPDATE reports SET next_try = 0"
expect_status 0 "$abate" -c mails.conf send --yes
[ "$(find disk/mails/new -type f | wc -l)" = "$all" ] || fail "not all mails went out"
whole mails.conf
