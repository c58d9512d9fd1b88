#!/usr/bin/env bash
# A real Postfix of its own on loopback, with STARTTLS: what arrives is byte for byte what was composed.
. "$(dirname "$0")/common.sh"
[ "$(id -u)" = 0 ] || { echo "Postfix needs root"; exit 77; }
[ -x /usr/sbin/postfix ] || { echo "postfix is missing"; exit 77; }
tool=$build/tests/bench/outbox-send
make_certificate localhost
port=$(free_port)
mkdir -p "$work/etc" "$work/queue" "$work/data" "$work/mail"
chown postfix "$work/data"
chown nobody "$work/mail"
cp /etc/postfix/master.cf.proto "$work/etc/master.cf" 2>/dev/null || cp /usr/share/postfix/master.cf.dist "$work/etc/master.cf"
sed -i "s/^smtp  *inet .*/127.0.0.1:$port inet n - n - - smtpd/; s/^\(\S*  *\(unix\|inet\|fifo\)  *\S*  *\S*  *\)[y-]\(  *\)/\1n\3/" "$work/etc/master.cf"
cat >"$work/etc/main.cf" <<EOF
compatibility_level = 3.6
queue_directory = $work/queue
data_directory = $work/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = localhost
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = $work/localhost.pem
smtpd_tls_key_file = $work/localhost.key
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:box/
virtual_mailbox_base = $work/mail
virtual_transport = virtual
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_mailbox_limit = 0
maillog_file = $work/postfix.log
maillog_file_prefixes = $work
smtpd_client_connection_rate_limit = 0
default_database_type = hash
alias_maps =
alias_database =
EOF
postfix -c "$work/etc" start >/dev/null 2>&1 || { cat "$work/postfix.log"; fail "postfix does not start"; }
servers+=("$(tr -d ' ' <"$work/queue/pid/master.pid")")
wait_for_port "$port"
printf '[store]\nurl = sqlite:%s/abate.db\n[mail]\nserver = localhost:%s\nfrom = a@reporter.example\nca_file = %s/localhost.pem\nhostname = reporter.example\ntimeout = 20\nlanes = 2\n' \
	"$work" "$port" "$work" >"$work/abate.conf"
n=60
"$tool" "$work/abate.conf" fill $n 4000 7
out=$("$tool" "$work/abate.conf" send)
expect "\"accepted\":$n" "$out"
for _ in $(seq 100); do [ "$(find "$work/mail" -path '*/new/*' | wc -l)" = $n ] && break; sleep 0.2; done
python3 - "$work" $n <<'EOF'
import glob, re, sqlite3, sys
work, n = sys.argv[1], int(sys.argv[2])
stored = {m: bytes(b) for m, b in sqlite3.connect(work + "/abate.db").execute(
    "SELECT r.message_id, b.content FROM reports r JOIN report_bytes b ON b.report_id = r.id")}
arrived = {}
for name in glob.glob(work + "/mail/**/new/*", recursive=True):
    text = open(name, "rb").read().replace(b"\r\n", b"\n")
    # what Postfix puts on top: Return-Path, Delivered-To, X-Original-To, Received (folded)
    while (m := re.match(rb"(?:Return-Path|X-Original-To|Delivered-To|Received):.*\n(?:[ \t].*\n)*", text)):
        text = text[m.end():]
    key = re.search(rb"(?im)^Message-ID: <([^>]*)>", text).group(1).decode()
    assert key not in arrived, "twice: " + key
    arrived[key] = text
assert len(arrived) == n, f"{len(arrived)} of {n} arrived"
for key, text in arrived.items():
    assert text == stored[key].replace(b"\r\n", b"\n"), "differs: " + key
print(n, "mails arrived as they were composed")
EOF
postfix -c "$work/etc" stop >/dev/null 2>&1 || true
