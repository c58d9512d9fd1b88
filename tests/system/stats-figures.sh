#!/usr/bin/env bash
# `abate stats` against figures worked out by another program from the same store, and its page.
. "$(dirname "$0")/common.sh"

"$abate" init "$work/store" >/dev/null
conf=$work/store/abate.conf
python3 - "$work/store/abate.db" "$source_dir/tests/bench/stats-fill.sql" <<'END'
import sqlite3, sys
store = sqlite3.connect(sys.argv[1])
store.executescript(open(sys.argv[2]).read().replace(":n", "3000"))
store.execute("UPDATE reports SET provider = '<b>' || char(0x202e) || 'x' WHERE provider = 'provider-007'")
store.execute("UPDATE indicators SET suffix = 'co.uk' WHERE id % 3 = 0")
store.execute("UPDATE outages SET seen_up = NULL WHERE indicator_id % 17 = 0")
store.execute("UPDATE indicators SET last_up = NULL WHERE id % 13 = 0")
store.commit()
END

for by in provider kind registrar registry network tld channel type month rung all; do
	expect_status 0 "$abate" -c "$conf" --json stats --by $by
	echo "$out" >"$work/$by.json"
done
python3 - "$work" <<'END' || fail "figures differ"
import datetime, json, sqlite3, sys
work = sys.argv[1]
store = sqlite3.connect(work + "/store/abate.db")

def km(times):
    """Kaplan-Meier of (time, happened): events, curve as [(time, surviving)], last time."""
    times = sorted(times)
    at_risk, s, curve = len(times), 1.0, []
    for t in sorted({t for t, _ in times}):
        here = [e for x, e in times if x == t]
        if sum(here):
            s *= 1 - sum(here) / at_risk
            curve.append((t, s))
        at_risk -= len(here)
    return sum(e for _, e in times), curve, times[-1][0] if times else None

def first_at(curve, last, level):
    for i, (t, s) in enumerate(curve):
        if abs(s - level) < 1e-9:
            return (t + (curve[i + 1][0] if i + 1 < len(curve) else last)) / 2
        if s < level:
            return t
    return None

def share(curve, last, days):
    if last is None or (days * 86400 > last + 1e-6 and not (curve and curve[-1][1] < 1e-9)):
        return None
    return 1 - min([s for t, s in curve if t <= days * 86400], default=1.0)

def check(where, got, times):
    events, curve, last = km(times)
    assert got["n"] == len(times) and got["events"] == events and got["censored"] == len(times) - events, (where, got)
    for name, level in ("median_s", .5), ("p90_s", .1):
        want = first_at(curve, last, level)
        assert (want is None) == (got[name] is None) and (want is None or abs(want - got[name]) < 1e-3), (where, name, want, got)
    for days in 1, 3, 7, 30:
        want, is_ = share(curve, last, days), got["share_after_days"][str(days)]
        assert (want is None) == (is_ is None) and (want is None or abs(want - is_) < 1e-6), (where, days, want, got)
    assert got["few"] == (len(times) < 10)

registrars, hosts = (dict(store.execute("SELECT indicator_id, provider FROM routes WHERE rung = ?", (x,))) for x in ("registrar", "host"))
month = lambda r: datetime.datetime.fromtimestamp(r["sent"] / 1e6, datetime.timezone.utc).strftime("%Y-%m")
keys = {"provider": lambda r: r["provider"], "kind": lambda r: r["kind"], "channel": lambda r: r["channel"],
        "rung": lambda r: r["rung"], "all": lambda r: "all", "type": lambda r: "phishing", "month": month,
        "registrar": lambda r: registrars.get(r["id"], "-"), "network": lambda r: hosts.get(r["id"], "-"),
        "registry": lambda r: "-", "tld": lambda r: "uk" if r["id"] % 3 == 0 else "test"}
store.row_factory = sqlite3.Row
reports = store.execute("SELECT * FROM reports").fetchall()  # one indicator each, of the same id
outages = dict((i, (d, u)) for i, d, u in store.execute("SELECT indicator_id, down, up FROM outages"))
never_up = {x[0] for x in store.execute("SELECT indicator_id FROM outages WHERE seen_up IS NULL")}
assert never_up
seen = dict(tuple(x) for x in store.execute("SELECT id, last_up FROM indicators WHERE last_up IS NOT NULL"))
acted = {x[0] for x in store.execute("SELECT report_id FROM replies WHERE class = 'actioned' AND counts = 1")}
human = dict(tuple(x) for x in store.execute("SELECT report_id, MIN(received) FROM replies WHERE class = 'actioned' GROUP BY 1"))
for by, key in keys.items():
    rows = {row["key"]: row for row in map(json.loads, open(f"{work}/{by}.json"))}
    groups = {}
    for r in reports:
        groups.setdefault(key(r), []).append(r)
    assert sorted(rows) == sorted(groups), (by, sorted(rows)[:5], sorted(groups)[:5])
    assert list(rows) == sorted(rows, key=lambda k: k.encode()), by
    for k, members in groups.items():
        row, ok = rows[k], [r for r in members if r["state"] != "bounced"]
        assert row["reports"] == row["accepted"] == len(members) and row["unsent"] == 0
        assert row["bounced"] == len(members) - len(ok)
        assert row["actioned"] == sum(r["id"] in acted for r in members)
        assert row["never_up"] == sum(r["id"] in never_up for r in ok) and row["down_before"] == 0
        ok_replies, ok = ok, [r for r in ok if r["id"] not in never_up]
        assert row["came_back"] == sum(outages.get(r["id"], (0, None))[1] is not None for r in ok)
        unseen = [r for r in ok if r["id"] not in outages and seen.get(r["id"], 0) <= r["sent"]]
        assert row["not_seen"] == len(unseen), (by, k, row["not_seen"], len(unseen))
        ok = [r for r in ok if r not in unseen]
        check((by, k), row["takedown"], [((outages[r["id"]][0] - r["sent"]) / 1e6, 1) if r["id"] in outages else
            (max(0, seen.get(r["id"], 0) - r["sent"]) / 1e6, 0) for r in ok])
        for name, event in ("first_reply", lambda r: min((x for x in (r["acknowledged"], r["answered"]) if x), default=None)), \
                ("first_human", lambda r: human.get(r["id"])):
            ok = ok_replies
            if any(event(r) is None for r in ok):  # until now, which is not ours to know: the events only
                assert row[name]["events"] == sum(event(r) is not None for r in ok), (by, k, name)
            else:
                check((by, k, name), row[name], [((event(r) - r["sent"]) / 1e6, 1) for r in ok])
print("figures agree")
END

# The page: one file, whole, that asks for nothing from elsewhere and runs nothing.
expect_status 0 "$abate" -c "$conf" stats --html "$work/page.html"
python3 - "$work/page.html" <<'END' || fail "the page"
import html.parser, sys
text = open(sys.argv[1], encoding="utf-8").read()
class Page(html.parser.HTMLParser):
    void = {"meta", "br", "path"}
    def __init__(self):
        super().__init__()
        self.open, self.tags = [], []
    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert not any(name in ("src", "href") or name.startswith("on") for name, _ in attrs), attrs
        if tag not in self.void:
            self.open.append(tag)
    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag
page = Page()
page.feed(text)
assert not page.open and not {"script", "b", "img", "link", "iframe"} & set(page.tags)
assert page.tags.count("svg") == 3 * 7 and page.tags.count("table") == 4
assert "\u202e" not in text and "url(" not in text and "because of the report" not in text
END

# What is there stays what it is: a link, a pipe, a device; a file keeps who may read it.
page() { expect_status 0 "$abate" -c "$conf" stats --by all --html "$1"; }
is_page() { expect "</html>" "$(tail -1 "$1")"; }
echo before >"$work/target" && chmod 640 "$work/target"
ln -s target "$work/link" && ln -s later "$work/loose" && mkfifo "$work/pipe"
page "$work/link"
[ -L "$work/link" ] || fail "the link was replaced"
is_page "$work/target"
[ "$(stat -c %a "$work/target")" = 640 ] || fail "who may read the page changed"
page "$work/loose"
[ -L "$work/loose" ] || fail "the link that led nowhere was replaced"
is_page "$work/later"
timeout 20 cat "$work/pipe" >"$work/piped" &
reader=$!
page "$work/pipe"
wait $reader
[ -p "$work/pipe" ] || fail "the pipe was replaced"
is_page "$work/piped"
if [ "$(id -u)" = 0 ] && mknod "$work/null" c 1 3 2>/dev/null && mknod "$work/full" c 1 7 2>/dev/null &&
	(: >"$work/null") 2>/dev/null; then
	page "$work/null"
	expect_status 3 "$abate" -c "$conf" stats --html "$work/full"
	expect "No space left" "$out"
	[ -c "$work/null" ] && [ -c "$work/full" ] || fail "a device was replaced"
fi
"$abate" -c "$conf" stats --html - >"$work/printed"
is_page "$work/printed"
expect_status 3 "$abate" -c "$conf" stats --html "$work"

# However long a name is, the tables keep to the terminal; piped, they are whole.
if command -v script >/dev/null; then
	long=$(printf 'n%.0s' $(seq 300))
	sqlite3 "$work/store/abate.db" "UPDATE reports SET provider_name = '$long' WHERE provider = 'provider-001'"
	script -qec "stty cols 140; '$abate' -c '$conf' stats" /dev/null </dev/null | tr -d '\r' >"$work/terminal"
	[ "$(wc -L <"$work/terminal")" -le 140 ] || fail "lines longer than the terminal"
	[ "$(tr -cd n <"$work/terminal" | wc -c)" -ge 900 ] || fail "the name was cut"
	"$abate" -c "$conf" stats >"$work/piped"
	grep -q "^$long  *[0-9]" "$work/piped" || fail "piped, the name was cut"
	expect "\"name\":\"$long\"" "$("$abate" -c "$conf" --json stats)"
fi

expect_status 2 "$abate" -c "$conf" stats --by colour
expect "there are by provider, kind, registrar" "$out"
expect_status 0 "$abate" -c "$conf" stats --by all --human
expect "First answer of a person after the report was sent" "$out"
expect_status 0 "$abate" -c "$conf" --json show R19
expect '"seen_down":"20' "$out"
echo ok
