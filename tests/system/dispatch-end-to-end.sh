#!/usr/bin/env bash
# The main job on the shipped samples, from a dry run to a Maildir, and from a staged installation: the bytes that
# were shown are the bytes that go out, the JSON has exactly the keys that scripts count on.
. "$(dirname "$0")/common.sh"
cp -R "$source_dir/config/samples" "$work/samples"
sed -i "s#\.\./\.\./build/demo#$work/out#" "$work/samples/abate.conf"
mkdir "$work/out" "$work/before"
cd "$work"
export ABATE_CONFIG=$work/samples/abate.conf
mails() { find "$work/out/maildir" -type f 2>/dev/null | sort; }

# --- dry run: everything is shown, nothing goes out ---
"$abate" dispatch --dry-run samples/strontium.csv --case Strontium --type phishing --nature malicious >dry.txt 2>dry.err ||
	fail "dry run: $(cat dry.err)"
expect "nothing was sent" "$(cat dry.err)"
[ -z "$(mails)" ] || fail "a dry run put mails into the Maildir"
[ -z "$(find out -path '*packets*' -type f)" ] || fail "a dry run wrote packets"
[ "$(sqlite3 out/abate.db "SELECT count(*) FROM reports WHERE sent IS NOT NULL OR on_wire <> 0")" = 0 ] || fail "something counts as sent"
reports=$(sqlite3 out/abate.db "SELECT 'R' || id FROM reports WHERE channel = 'mail' ORDER BY id")
[ "$(wc -w <<<"$reports")" -ge 6 ] || fail "too few reports: $reports"
for report in $reports; do "$abate" preview "$report" >"before/$report" || fail "preview $report"; done
python3 - $reports <<'END' || fail "the dry run does not show the bytes of each report"
import sys
shown = open("dry.txt", "rb").read()
for report in sys.argv[1:]:
    text = open("before/" + report, "rb").read()
    assert len(text) > 500 and text in shown, report
END

# --- send: each file is what was shown ---
expect_status 0 "$abate" send --yes
python3 - "$abate" $reports <<'END' || fail "the mails are not the previews"
import glob, re, subprocess, sys
abate, reports = sys.argv[1], sys.argv[2:]
files = [open(name, "rb").read() for name in glob.glob("out/maildir/new/*")]
assert len(files) == len(reports), (len(files), reports)
for report in reports:
    before = open("before/" + report, "rb").read()
    key = re.search(rb"(?im)^Message-ID:\s*(<[^>]*>)", before).group(1)
    mine = [text for text in files if key in text]
    assert len(mine) == 1, (report, len(mine))
    for command in (["preview", report], ["show", report, "--raw"]):
        after = subprocess.run([abate, *command], stdout=subprocess.PIPE, check=True).stdout
        assert after == mine[0] == before, (report, command)
END
expect_status 0 "$abate" send --yes
[ "$(mails | wc -l)" = "$(wc -w <<<"$reports")" ] || fail "a second send sent again"
expect_status 0 "$abate" list events --verify

# --- what scripts count on ---
"$abate" --json list reports >reports.jsonl
"$abate" --json list indicators >indicators.jsonl
printf 'hxxp://a[.]example/x\nexa mple..bad/\n' >some.txt
printf 'url\nhttp://a.example/x\nhttp://exa mple..bad/\n' >some.csv
"$abate" --json parse some.csv >parse.jsonl 2>/dev/null || [ $? = 1 ] || fail "parse"
"$abate" --json lookup my-iri.org 198.51.100.77 >lookup.jsonl || fail "lookup"
python3 - <<'END' || fail "the JSON is not what was promised"
import json, re
def rows(name):
    return [json.loads(line) for line in open(name)]
def keys(row, wanted, more=False):
    wanted = set(wanted.split())
    assert wanted <= row.keys() if more else wanted == row.keys(), (sorted(wanted ^ row.keys()), row)
reports, indicators = rows("reports.jsonl"), rows("indicators.jsonl")
for row in reports:
    keys(row, "id case provider kind plugin channel to rung state indicators message_id ticket created sent acknowledged answered")
    assert re.fullmatch(r"R\d+", row["id"]) and row["case"] == "C1", row
    assert row["state"] == ("accepted" if row["channel"] == "mail" else "manual"), row
    assert (row["sent"] is not None) == (row["channel"] == "mail"), row
    assert row["acknowledged"] is None and row["answered"] is None, row
for row in indicators:
    keys(row, "id case value type host domain state first_seen reported down")
assert len(indicators) == 10
assert {i for row in reports for i in row["indicators"]} == {row["id"] for row in indicators}
good, bad = rows("parse.jsonl")
keys(good, "value type host domain original line")
keys(bad, "error line")
assert good["line"] == 2 and bad["line"] == 3
lookups = rows("lookup.jsonl")
assert [row["input"] for row in lookups] == ["my-iri.org", "198.51.100.77"]
for row in lookups:
    keys(row, "input type host domain suffix routes")
    assert row["routes"], row
    for route in row["routes"]:
        keys(route, "rung kind provider plugin channel to source as_of", more=True)
END

# --- exit statuses ---
expect_status 0 "$abate" parse samples/strontium.csv
expect_status 1 "$abate" import some.csv --case Some --type phishing
expect_status 1 "$abate" dispatch samples/compromised.csv --case Held --type phishing --tlp red --yes
held=$(sqlite3 out/abate.db "SELECT count(*) FROM reports JOIN cases ON cases.id = case_id WHERE title = 'Held' AND state = 'held'")
[ "$held" -ge 1 ] || fail "TLP:RED is not held"
for command in "dispatch" "import x --tlp pink" "frobnicate" "list nothing" "show R" "send --frobnicate" \
	"-c nothing.conf list cases" "lookup" "dispatch x --type nothing"; do
	# shellcheck disable=SC2086
	expect_status 2 "$abate" $command
	[ -n "$out" ] || fail "$command says nothing"
done
expect_status 3 "$abate" dispatch nothing.csv --case No --type phishing --yes
printf '[store]\nurl = sqlite:%s/none.db\n' "$work" >none.conf
expect_status 3 "$abate" -c none.conf list cases
[ "$(mails | wc -l)" = "$(wc -w <<<"$reports")" ] || fail "more was sent than said"

# --- a staged installation ---
make -s -C "$source_dir" BUILD="$build" install DESTDIR="$work/stage" PREFIX=/usr >make.log 2>&1 || fail "$(cat make.log)"
usr=$work/stage/usr
for file in bin/abate include/abate/plugin.h share/pkgconfig/abate.pc lib/abate/plugins/{registrar,registry,hosting,ddns,jprs}.so \
	share/abate/{abate.conf,whois-servers.conf,takedown-signals.json,providers/github.json,samples/plugin.c.in} \
	share/abate/templates/{en,ja}/registrar.mustache share/man/man1/abate.1 share/man/man5/abate.conf.5 share/man/man7/abate-plugin.7; do
	[ -s "$usr/$file" ] || fail "make install leaves out $file"
done
[ -z "$(find "$work/stage" -name build.mk)" ] || fail "build files were installed"
unset ABATE_CONFIG
mkdir plain && cd plain
expect_status 0 "$usr/bin/abate" --json plugin list
expect "$usr/lib/abate/plugins/jprs.so" "$out"
expect_status 0 "$usr/bin/abate" provider show github
expect_status 0 "$usr/bin/abate" init
expect_status 0 "$usr/bin/abate" list cases
flags=$(PKG_CONFIG_PATH=$usr/share/pkgconfig pkg-config --define-prefix --cflags abate)
[ "${flags% }" = "-I$usr/include" ] || fail "abate.pc gives $flags"
[ "$(PKG_CONFIG_PATH=$usr/share/pkgconfig pkg-config --variable=pluginsdir abate)" = /usr/lib/abate/plugins ] || fail "abate.pc: pluginsdir"
for kind in registrar neutral; do
	expect_status 0 "$usr/bin/abate" plugin new "mine-$kind" --kind $kind
	# shellcheck disable=SC2086
	cc -std=c11 -Wall -Wextra -Werror $flags -fPIC -fvisibility=hidden -shared -Wl,-z,defs -Wl,-z,now \
		-o "mine-$kind/mine-$kind.so" "mine-$kind/mine-$kind.c" || fail "the skeleton does not build"
	expect_status 0 "$usr/bin/abate" plugin check "$PWD/mine-$kind/mine-$kind.so"
	expect "loads" "$out"
done
