"""An IMAP server with a few mails, and with faults. Usage: imap_server.py MODE PORT_FILE [CERT KEY]; with a
certificate it speaks TLS from the first byte. Each command is appended to PORT_FILE.log. MODE:
fine      nothing is wrong, but it has no MOVE; the password is "secret", the token "the-token"
broken    it cannot give mail 3, until PORT_FILE.heal is there
leaves    it leaves mail 3 out
crash     it falls over mail 3
sick      it cannot give any mail for a while
huge      mail 2 is announced with 10 GB
garbage   it sends mails that nobody asked for, and the others backwards
endless   it sends a line without end
silent    it says nothing after the login
drip      it says a byte now and then after the login
dripmail  so it does in the middle of mail 2
slow      it gives mail 2 at 4 kB a second, 12 kB of it
busy      it says again and again that it is busy
login     it takes no AUTHENTICATE, only LOGIN
kerberos  it would rather have a Kerberos ticket
closed    it ends the session before the login
busylogin nobody may log in for now
nologin   it forbids logins, and offers no TLS
preauth   it needs no login
bye       it ends the session in the middle
lies      it says that the next UID is 2
chatty    it tells in the middle of other mails and flags, and that some are gone
empty     the mailbox is
nowhere   there is no such mailbox, but others
strict    it wants all of a login at once (SASL-IR), and a password of odd letters"""
import base64
import os
import socket
import ssl
import sys
import threading
import time

mode, port_file = sys.argv[1:3]
mails = {n: f"From: desk@provider.example\r\nSubject: mail {n}\r\n\r\nmail {n}\r\n".encode() for n in range(1, 7)}
if mode == "empty":
    mails = {}
password = 'p"\\ä' if mode == "strict" else "secret"
secrets = {"XOAUTH2": b"user=me@example.org\1auth=Bearer the-token\1\1", "PLAIN": b"\0me@example.org\0" + password.encode()}


def fetch(uid, wanted, text):
    date = b'INTERNALDATE " 1-Jul-2026 10:00:00 +0000"'
    return b"* %d FETCH (UID %d %s BODY[]<0> {%d}\r\n%s)\r\n" % (uid, wanted, date, len(text), text)


def in_set(text):
    ranges = [part.partition(":") for part in text.split(",")]
    return [n for n in mails if any(int(a) <= n <= (99 if b == "*" else int(b or a)) for a, _, b in ranges)]


def drip(send, what):
    while True:
        send(what)
        time.sleep(0.1)


def answer_fetch(send, tag, arguments):
    asked = in_set(arguments.split()[0])
    if mode == "sick":
        return send(tag + b" NO [UNAVAILABLE] come back later\r\n")
    if mode == "garbage":
        send(fetch(9, 99, b"not asked for"))
        asked.reverse()
    for n in asked:
        if mode == "bye" and n == 3:
            send(b"* BYE [UNAVAILABLE] shutting down\r\n")
            raise ConnectionError
        if mode == "chatty":
            send(b"* %d FETCH (FLAGS (\\Seen) UID %d)\r\n* 7 EXPUNGE\r\n* 6 EXISTS\r\n* OK [ALERT] eat more\r\n* VANISHED 9:12\r\n" % (n, n))
        if mode == "leaves" and n == 3:
            continue
        if mode == "crash" and n == 3:
            raise ConnectionError
        if mode == "dripmail" and n == 2:
            send(b"* 2 FETCH (UID 2 BODY[]<0> {1000000}\r\n")
            drip(send, b"x")
        if mode == "broken" and n == 3 and not os.path.exists(port_file + ".heal"):
            return send(tag + b" NO [SERVERBUG] cannot read that mail\r\n")
        if mode == "huge" and n == 2:
            return send(b"* 2 FETCH (UID 2 BODY[]<0> {10000000000}\r\n" + b"x" * 100000)
        if mode == "slow" and n == 2:
            text = fetch(n, n, mails[n] + b"x" * 12000 + b"\r\n")
            for i in range(0, len(text), 1000):
                time.sleep(0.25)
                send(text[i : i + 1000])
            continue
        send(fetch(n, n, mails[n]))
    send(tag + b" OK done\r\n")


def login(send, read, tag, arguments):
    mechanism, _, response = arguments.partition(" ")
    if mode == "busylogin":
        return send(tag + b" NO [UNAVAILABLE] the users are not to be found\r\n")
    if not response:
        send(b"+ \r\n")
        response = read().decode().strip()
    if mechanism in secrets and base64.b64decode(response) == secrets[mechanism]:
        return send(tag + b" OK in\r\n")
    if mechanism == "XOAUTH2":
        send(b"+ " + base64.b64encode(b'{"status":"400"}') + b"\r\n")
        read()
    send(tag + b" NO [AUTHENTICATIONFAILED] no\r\n")


def talk(connection):
    stream = connection.makefile("rb")
    send = connection.sendall
    if mode == "closed":
        return send(b"* BYE too many of you\r\n")
    send(b"* PREAUTH welcome\r\n" if mode == "preauth" else b"* OK ready\r\n")
    while line := stream.readline():
        with open(port_file + ".log", "ab") as log:
            log.write(line)
        tag, _, command = line.rstrip().partition(b" ")
        command, _, arguments = command.decode("latin-1").partition(" ")
        if command == "UID":
            command, _, arguments = arguments.partition(" ")
        if command == "CAPABILITY":
            auth = b"" if mode == "login" else b" AUTH=XOAUTH2 AUTH=PLAIN"
            auth = b" LOGINDISABLED" if mode == "nologin" else auth
            auth += b" SASL-IR" if mode == "strict" else b""
            auth += b" AUTH=GSSAPI AUTH=NTLM AUTH=DIGEST-MD5" if mode == "kerberos" else b""
            send(b"* CAPABILITY IMAP4rev1" + auth + b"\r\n" + tag + b" OK\r\n")
        elif command == "AUTHENTICATE":
            login(send, stream.readline, tag, arguments)
        elif command in ("EXAMINE", "SELECT"):
            if mode == "nowhere":
                send(tag + b" NO [NONEXISTENT] no such mailbox\r\n")
                continue
            if mode == "silent":
                continue
            if mode == "drip":
                drip(send, b"x")
            if mode == "busy":
                drip(send, b"* OK hang in there\r\n")
            if mode == "endless":
                while True:
                    send(b"x" * 65536)
            send(b"* %d EXISTS\r\n* OK [UIDVALIDITY 5] v\r\n" % len(mails))
            send(b"* OK [UIDNEXT %d] n\r\n%s OK\r\n" % (2 if mode == "lies" else 7, tag))
        elif command == "LIST":
            send(b'* LIST (\\HasNoChildren) "/" "INBOX"\r\n* LIST () "/" {8}\r\nInbox/\x1b[\r\n* LIST (\\Noselect) "/" Abuse\r\n')
            send(b'* LIST () NIL "Abuse/&XEowRDBf-"\r\n* LIST () "/" "in \\"box\\""\r\n' + tag + b" OK\r\n")
        elif command == "SEARCH" and mode == "empty":
            send(tag + b" BAD there is nothing to search\r\n")
        elif command == "SEARCH":
            found = in_set(arguments.split()[1])
            send(b"* SEARCH" + b"".join(b" %d" % n for n in found[1::2] + found[::2] + found[:1]) + b"\r\n" + tag + b" OK\r\n")
        elif command == "FETCH":
            answer_fetch(send, tag, arguments)
        else:
            send(tag + b" OK\r\n")


def serve(connection):
    try:
        if len(sys.argv) > 3:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*sys.argv[3:5])
            connection = context.wrap_socket(connection, server_side=True)
        talk(connection)
    except OSError:
        pass
    connection.close()


listener = socket.create_server(("127.0.0.1", 0))
with open(port_file + ".tmp", "w") as f:
    f.write(str(listener.getsockname()[1]))
os.rename(port_file + ".tmp", port_file)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
