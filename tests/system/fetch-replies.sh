#!/usr/bin/env bash
# Reports go out through a real Postfix, what comes back lands in a real Dovecot, and fetch ties it to the reports:
# a DSN, a desk's machine and its people, strangers who pretend, and mails made to hurt.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/dovecot.sh"
[ "$(id -u)" = 0 ] || { echo "Postfix needs root"; exit 77; }
[ -x /usr/sbin/postfix ] || { echo "postfix is missing"; exit 77; }
[ -x /usr/bin/time ] || { echo "time is missing"; exit 77; }
port=$(free_port)
maillog=$work/postfix.log

# What is for us goes into Dovecot's Maildir; the providers p0 … p3 have nobody but abuse@p1 … abuse@p3, and who is not
# there is told of only after the mail was taken, by a DSN. The border says who was authenticated for one sender.
start_postfix() {
	mkdir -p "$work/etc" "$work/queue" "$work/data" "$work/sink"
	chown postfix "$work/data"
	chown nobody:nogroup "$work/sink"
	cp /usr/share/postfix/master.cf.dist "$work/etc/master.cf"
	sed -i "s/^smtp  *inet .*/127.0.0.1:$port inet n - n - - smtpd/; s/^\(\S*  *\(unix\|inet\|fifo\)  *\S*  *\S*  *\)[y-]\(  *\)/\1n\3/" "$work/etc/master.cf"
	cat >"$work/etc/main.cf" <<-END
		compatibility_level = 3.6
		queue_directory = $work/queue
		data_directory = $work/data
		command_directory = /usr/sbin
		daemon_directory = /usr/lib/postfix/sbin
		mail_owner = postfix
		setgid_group = postdrop
		myhostname = mx.reporter.example
		mydestination =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		mynetworks = 127.0.0.0/8
		smtpd_tls_security_level = may
		smtpd_tls_cert_file = $work/localhost.pem
		smtpd_tls_key_file = $work/localhost.key
		smtpd_reject_unlisted_recipient = no
		smtpd_sender_restrictions = check_sender_access inline:{
		 {kim@p1.example = PREPEND Authentication-Results: mx.reporter.example; dmarc=pass header.from=p1.example}}
		recipient_delimiter = +
		virtual_mailbox_domains = reporter.example, p0.example, p1.example, p2.example, p3.example
		virtual_mailbox_maps = inline:{ {a@reporter.example = box/Maildir/} {abuse@p1.example = sink/p1/}
		 {abuse@p2.example = sink/p2/} {abuse@p3.example = sink/p3/} }
		virtual_mailbox_base = $work
		virtual_transport = virtual
		virtual_uid_maps = static:65534
		virtual_gid_maps = static:65534
		virtual_mailbox_limit = 0
		message_size_limit = 0
		maillog_file = $maillog
		maillog_file_prefixes = $work
		default_database_type = hash
		alias_maps =
		alias_database =
	END
	postfix -c "$work/etc" start >/dev/null 2>&1 || { cat "$maillog"; fail "postfix does not start"; }
	servers+=("$(tr -d ' ' <"$work/queue/pid/master.pid")")
	wait_for_port "$port"
}

# configure FILE [LINE of INBOX]
configure() {
	printf '[reporter]\nname = Test\nemail = a@reporter.example\n[store]\nurl = sqlite:%s/abate.db\n[mail]\nserver = localhost:%s\nfrom = a@reporter.example\nca_file = %s/localhost.pem\nhostname = mx.reporter.example\n[lookup]\nrdap_bootstrap = %s/config/samples/snapshot\ndns_servers = 127.0.0.1:9\nwhois_servers = %s/config/samples/whois-servers.conf\n[inbox]\nimap = imaps://me@example.org@localhost:%s/INBOX\npassword_command = echo secret\nca_file = %s/localhost.pem\n%s\n' \
		"$work" "$port" "$work" "$source_dir" "$source_dir" "$imaps_port" "$work" "${2:-}" >"$work/$1"
}

# post FROM TO: a mail from standard input through Postfix, its headers as they are.
post() {
	python3 -c 'import smtplib, sys
smtplib.SMTP("127.0.0.1", int(sys.argv[1])).sendmail(sys.argv[2], [sys.argv[3]], sys.stdin.buffer.read().replace(b"\n", b"\r\n"))' "$port" "$1" "$2"
	posted=$((posted + 1))
}
posted=0

# Until the Maildir holds what was posted.
wait_for_mails() {
	local i
	for i in $(seq 150); do [ "$(find "$maildir/new" "$maildir/cur" -type f | wc -l)" -ge $posted ] && return 0; sleep 0.1; done
	fail "of $posted mails only $(find "$maildir" -type f | wc -l) came; $(tail -5 "$maillog")"
}

sql() { sqlite3 "$work/abate.db" "$1"; }
# json FIELD COMMAND…: a member of the object that abate prints.
json() {
	local field=$1
	shift
	"$abate" -c "$work/abate.conf" --json "$@" | python3 -c 'import json, sys; v = json.load(sys.stdin)
for k in sys.argv[1].split("."): v = v[k]
print(v if v is not None else "-")' "$field"
}
is() { [ "$1" = "$2" ] || fail "${3:-it} is '$1', not '$2'"; }
# The newest reply.
last() { json "$1" show "A$(sql 'SELECT MAX(id) FROM replies')"; }
fetch() { "$abate" -c "$work/${1:-abate.conf}" fetch "${@:2}"; }

dovecot_start
start_postfix
configure abate.conf
configure trusting.conf "trusted_authserv = mx.reporter.example"

echo "1. Four reports go out; the one to nobody comes back as a DSN."
"$build/tests/bench/outbox-send" "$work/abate.conf" fill 4 3000 4
"$abate" -c "$work/abate.conf" send --yes >"$work/sent" 2>&1 || { cat "$work/sent"; fail "send"; }
expect "4 accepted" "$(cat "$work/sent")"
posted=1
wait_for_mails
before=$(sql .dump | sha256sum)
dry=$(fetch abate.conf --dry-run)
is "$(sql .dump | sha256sum)" "$before" "the store after a dry run"
out=$(fetch)
[[ $dry == "dry run:"*"$(head -n 2 <<<"$out")"* ]] || fail "the dry run says $dry, fetch says $out"
expect "new mails: 1 (1 bounce)" "$out"
expect "reports that bounced: 1" "$out"
is "$(json state show R1)" bounced "R1's state"
expect "5.1.1" "$(json reason show R1)"
is "$(last report)" R1 "the DSN's report"
is "$(last weak)" False
is "$(last counts)" True
is "$(sql "SELECT INSTR(b.content, 'Original-Envelope-Id: ' || r.reference) > 0 FROM reply_bytes b, reports r WHERE r.id = 1")" 1 "the reference as ENVID"
is "$(sql "SELECT value FROM marks WHERE kind = 'contact' AND key = 'abuse@p0.example'")" bad "the contact's mark"

echo "2. A desk's machine acknowledges with a ticket; its people answer with the ticket alone, or from elsewhere."
ref() { sql "SELECT reference FROM reports WHERE id = $1"; }
mid() { sql "SELECT message_id FROM reports WHERE id = $1"; }
post bounces@p1.example a@reporter.example <<-END
	From: Abuse Desk <abuse@p1.example>
	To: a@reporter.example
	Subject: [PONE-48213] We have received your report
	In-Reply-To: <$(mid 2)>
	Auto-Submitted: auto-replied
	Date: $(date -R)

	Thank you for your report. We have received it. Your ticket number is PONE-48213.
END
wait_for_mails
fetch >/dev/null
is "$(last match)" in-reply-to
is "$(json state show R2)" acknowledged "R2's state"
is "$(json ticket show R2)" PONE-48213 "R2's ticket"
post lee@support-desk.example a@reporter.example <<-END
	From: Lee <lee@support-desk.example>
	To: a@reporter.example
	Subject: Re: [PONE-48213] your report

	Dear all, our colleague looks at it and will come back to you.
END
wait_for_mails
expect "weakly: 1" "$(fetch)"
is "$(last match)" ticket
is "$(last weak)" True
is "$(last counts)" False
expect "not of the provider" "$(last note)"
is "$(json state show R2)" acknowledged "R2's state"
reply=$(last id)
expect "$reply" "$("$abate" -c "$work/abate.conf" list replies --weak)"
expect "R2 (provider-1) is answered now, was acknowledged" "$("$abate" -c "$work/abate.conf" assign "$reply" R2)"
is "$(json state show R2)" answered "R2's state"
is "$("$abate" -c "$work/abate.conf" list replies --weak)" "" "the list of weak matches"
is "$(sql "SELECT COUNT(*) FROM events WHERE kind = 'reply.assigned' AND subject = '$reply'")" 1
"$abate" -c "$work/abate.conf" assign "$reply" none >/dev/null
is "$(last report)" -
expect_status 3 "$abate" -c "$work/abate.conf" assign A9999 R2
expect_status 2 "$abate" -c "$work/abate.conf" assign R2 A1
post kim@p2.example a+abate-"$(ref 3)"@reporter.example <<-END
	From: Kim <kim@mail.p2.example>
	To: us
	Subject: your mail

	Could you please send us the full URL?
END
wait_for_mails
fetch >/dev/null
is "$(last match)" address
is "$(last class)" question
is "$(json state show R3)" answered "R3's state"

echo "3. Strangers: a made-up ticket, forged results, guessed references."
post x@evil.example a@reporter.example <<-END
	From: Abuse Desk <abuse@p3.example>
	Authentication-Results: mx.reporter.example; dmarc=pass header.from=p3.example
	To: a@reporter.example
	Subject: [PTHREE-99999] done
	In-Reply-To: <abate-aaaaaaaaaaaaaaaa@reporter.example>
	References: <abate-$(ref 4 | tr 'a-z2-7' 'b-z2-7a')@reporter.example>

	We have suspended the domain. Ticket PTHREE-99999 is closed.
END
wait_for_mails
fetch >/dev/null
is "$(last report)" -
is "$(last counts)" False
is "$(json state show R4)" accepted "R4's state"
sql "UPDATE reports SET ticket = 'PTHREE-12345' WHERE id = 4"
for from in x@evil.example kim@p3.example; do
	post $from a@reporter.example <<-END
		From: Abuse Desk <abuse@p3.example>
		Authentication-Results: mx.reporter.example; dmarc=pass header.from=p3.example
		To: a@reporter.example
		Subject: [PTHREE-12345] answered $from

		We looked at it, kind regards.
	END
	wait_for_mails
	fetch trusting.conf >/dev/null
	is "$(last match)" ticket
	is "$(last counts)" False "with results that the sender wrote, counts"
	is "$(json state show R4)" accepted "R4's state"
done
sql "UPDATE reports SET ticket = 'PONE-48213', state = 'acknowledged', answered = NULL WHERE id = 2"
post kim@p1.example a@reporter.example <<-END
	From: Kim <kim@p1.example>
	To: a@reporter.example
	Subject: [PONE-48213] your report

	We looked at it, kind regards.
END
wait_for_mails
fetch trusting.conf >/dev/null
is "$(last match)" ticket
is "$(last counts)" True "with results by the border, counts"
is "$(json state show R2)" answered "R2's state"
post x@evil.example a@reporter.example <<-END
	From: Who got it <x@evil.example>
	In-Reply-To: <$(mid 4)>
	Subject: Re: report

	We have suspended the domain name.
END
wait_for_mails
fetch >/dev/null
is "$(last class)" human
expect "counts as an answer only" "$(last note)"

echo "4. Mails made to hurt, in bounded time and memory."
python3 - "$maildir/new" "$(mid 3)" <<'END'
import io, sys, zipfile
folder, thread = sys.argv[1:]
head = f"From: Desk <abuse@p2.example>\nIn-Reply-To: <{thread}>\nSubject: Re: report\nMIME-Version: 1.0\n"
def write(name, *parts):
    with open(f"{folder}/1800000000.{name}.host", "wb") as f:
        for part in parts:
            f.write(part if isinstance(part, bytes) else part.encode())
write("large", head, "Content-Type: text/plain\n\nHello, we look at it.\n", b"x" * 76 + b"\n", (b"y" * 76 + b"\n") * (50 * 1024 * 1024 // 77))
write("parts", head, "Content-Type: multipart/mixed; boundary=p\n\n", *["--p\nContent-Type: text/plain\n\nWe look at part %d.\n" % i for i in range(10000)], "--p--\n")
nested = "".join(f"Content-Type: multipart/mixed; boundary=b{i}x\n\n--b{i}x\n" for i in range(500))
write("nested", head, nested, "Content-Type: text/plain\n\nWe look at it.\n", *[f"--b{i}x--\n" for i in reversed(range(500))])
inner = "".join("Content-Type: message/rfc822\n\nFrom: a@b.example\nSubject: x\nMIME-Version: 1.0\n" for i in range(500))
write("forwarded", head, inner, "Content-Type: text/plain\n\nWe look at it.\n")
write("charset", head, "Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: 8bit\n\n", b"We look at it. \xff\xfe\x80\x81 \x1b$B\x00\xd8\n")
write("nocharset", head, "Content-Type: text/plain; charset=../../etc/passwd\n\nWe look at it.\n")
zipped = io.BytesIO()
with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as z:
    with z.open("bomb", "w") as f:
        for _ in range(400):
            f.write(bytes(1024 * 1024))
import base64
write("zip", head, "Content-Type: multipart/mixed; boundary=z\n\n--z\nContent-Type: text/plain\n\nWe look at it, see the file.\n--z\nContent-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=a.zip\n\n", base64.encodebytes(zipped.getvalue()), "--z--\n")
write("headers", "From: Desk <abuse@p2.example>\n", *[f"X-Header-{i}: " + "v" * 50 + "\n" for i in range(50000)], "Subject: many\n\nWe look at it.\n")
write("longline", head, "References: ", "<a@b> " * 400000, "\n\nWe look at it.\n")
write("binary", bytes(range(256)) * 100)
write("empty", "\n")
write("escapes", "From: Desk <abuse@p2.example>\nSubject: =?utf-8?q?=1B]0;gone=07=1B[31m?= \xe2\x80\xae\n\nWe look at it \x1b[2J\x9b31m \xe2\x80\xae.\n")
END
dovecot_own
hostile=12
begun=$(date +%s%N)
/usr/bin/time -f '%M' -o "$work/peak" timeout 60 "$abate" -c "$work/abate.conf" fetch >"$work/out" 2>&1 || { cat "$work/out"; fail "the mails made to hurt"; }
elapsed=$((($(date +%s%N) - begun) / 1000000))
cat "$work/out"
echo "$hostile mails made to hurt in $elapsed ms, peak memory $(($(cat "$work/peak") / 1024)) MB"
expect "new mails: $hostile (" "$(cat "$work/out")"
[ $elapsed -lt 30000 ] || fail "it took $elapsed ms"
[ "$(cat "$work/peak")" -lt 409600 ] || fail "it took $(cat "$work/peak") kB of memory"
# Nothing was unpacked, and all is kept whole.
is "$(sql "SELECT COUNT(*) FROM replies a JOIN reply_bytes b ON b.reply_id = a.id WHERE a.match = 'in-reply-to' AND a.report_id = 3")" 8 "of the mails that carry the reference the number"
[ "$(sql 'SELECT MAX(LENGTH(content)) FROM reply_bytes')" -ge 52428000 ] || fail "the large mail is not whole"

for reply in $(sql 'SELECT id FROM replies'); do "$abate" -c "$work/abate.conf" show "A$reply"; done >"$work/shown"
"$abate" -c "$work/abate.conf" list replies >>"$work/shown"
! grep -q $'\x1b\|\x07\|\xe2\x80\xae' "$work/shown" || fail "what a mail says reaches the terminal as it is"

echo "5. Again: nothing twice, and two at once."
expect "new mails: 0" "$(fetch)"
before=$(sql 'SELECT COUNT(*) FROM replies')
for i in $(seq 300); do
	printf 'From: Desk <abuse@p2.example>\nSubject: number %s\nMessage-ID: <%s@p2.example>\n\nHello, we look at it.\n' "$i" "$i" >"$maildir/new/1900000000.$i.host"
done
dovecot_own
fetch >"$work/first" &
first=$!
fetch >"$work/second"
wait $first
is "$(sql 'SELECT COUNT(*) FROM replies')" $((before + 300)) "the number of replies"
mkdir -p "$work/other/new" "$work/other/cur"
printf 'From: x@y.example\nSubject: elsewhere\n\nHello.\n' >"$work/other/new/1"
expect "new mails: 1 (1 human)" "$("$abate" -c "$work/abate.conf" fetch --maildir "$work/other")"
expect_status 2 "$abate" -c "$work/abate.conf" fetch --maildir "$work/nowhere"
expect "the chain is whole" "$("$abate" -c "$work/abate.conf" list events --verify)"
postfix -c "$work/etc" stop >/dev/null 2>&1 || true
