"""An IMAP server with a few mails, and with faults. Usage: imap_server.py MODE PORT_FILE [CERT KEY]; with a
certificate it speaks TLS from the first byte. Each command is appended to PORT_FILE.log. MODE:
fine      nothing is wrong, but it has no MOVE; the password is "secret", the token "the-token"
broken    it cannot give mail 3
huge      mail 2 is announced with 10 GB
garbage   it sends mails that nobody asked for, and the others backwards
endless   it sends a line without end
silent    it says nothing after the login
login     it takes no AUTHENTICATE, only LOGIN
kerberos  it would rather have a Kerberos ticket"""
import base64
import os
import socket
import ssl
import sys
import threading

mode, port_file = sys.argv[1:3]
mails = {n: f"From: desk@provider.example\r\nSubject: mail {n}\r\n\r\nmail {n}\r\n".encode() for n in range(1, 7)}
secrets = {"XOAUTH2": b"user=me@example.org\1auth=Bearer the-token\1\1", "PLAIN": b"\0me@example.org\0secret"}


def fetch(uid, wanted, text):
    date = b'INTERNALDATE " 1-Jul-2026 10:00:00 +0000"'
    return b"* %d FETCH (UID %d %s BODY[]<0> {%d}\r\n%s)\r\n" % (uid, wanted, date, len(text), text)


def answer_fetch(send, tag, arguments):
    first, _, last = arguments.split()[0].partition(":")
    asked = [n for n in mails if int(first) <= n <= int(last or first)]
    if mode == "garbage":
        send(fetch(9, 99, b"not asked for"))
        asked.reverse()
    for n in asked:
        if mode == "broken" and n == 3:
            return send(tag + b" NO [SERVERBUG] cannot read that mail\r\n")
        if mode == "huge" and n == 2:
            return send(b"* 2 FETCH (UID 2 BODY[]<0> {10000000000}\r\n" + b"x" * 100000)
        send(fetch(n, n, mails[n]))
    send(tag + b" OK done\r\n")


def login(send, read, tag, arguments):
    mechanism, _, response = arguments.partition(" ")
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
    send(b"* OK ready\r\n")
    while line := stream.readline():
        with open(port_file + ".log", "ab") as log:
            log.write(line)
        tag, _, command = line.rstrip().partition(b" ")
        command, _, arguments = command.decode("latin-1").partition(" ")
        if command == "UID":
            command, _, arguments = arguments.partition(" ")
        if command == "CAPABILITY":
            auth = b"" if mode == "login" else b" AUTH=XOAUTH2 AUTH=PLAIN"
            auth += b" AUTH=GSSAPI AUTH=NTLM AUTH=DIGEST-MD5" if mode == "kerberos" else b""
            send(b"* CAPABILITY IMAP4rev1" + auth + b"\r\n" + tag + b" OK\r\n")
        elif command == "AUTHENTICATE":
            login(send, stream.readline, tag, arguments)
        elif command in ("EXAMINE", "SELECT"):
            if mode == "silent":
                continue
            if mode == "endless":
                while True:
                    send(b"x" * 65536)
            send(b"* 6 EXISTS\r\n* OK [UIDVALIDITY 5] v\r\n* OK [UIDNEXT 7] n\r\n" + tag + b" OK\r\n")
        elif command == "SEARCH":
            send(b"* SEARCH 6 2 1 4 3 5 3\r\n" + tag + b" OK\r\n")
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
