"""An SMTP server on loopback that misbehaves on purpose. Usage: smtp_server.py MODE PORTFILE [CERT KEY]

MODE is "fine", or STEP:FAULT with STEP one of greeting, ehlo, starttls, auth, mail, rcpt, data, dot and FAULT
one of hang, drop, a reply code, "huge" (a reply of 1 MB), "rubbish" (8-bit), or "inject" (starttls only: a line
of plain text right behind the reply), or "nostarttls". Each mail taken is appended to PORTFILE.log. Addresses
in PORTFILE.nobody, one a line, are refused as unknown."""
import os, re, socket, ssl, sys, threading, time

mode, portfile = sys.argv[1], sys.argv[2]
cert = sys.argv[3:5]
step, _, fault = mode.partition(":")


def is_nobody(line):
    try:
        with open(portfile + ".nobody") as names:
            return re.search(rb"<([^>]*)>", line).group(1).decode().lower() in names.read().split()
    except OSError:
        return False


class Client:
    def __init__(self, sock):
        if "FAST" in os.environ:  # else each small reply waits for the client's acknowledgement, some 40 ms
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock, self.file, self.tls = sock, sock.makefile("rb"), False

    def say(self, text):
        self.sock.sendall(text if isinstance(text, bytes) else (text + "\r\n").encode())

    def reply(self, name, text):
        """The normal reply of a step, or the fault; False ends the connection."""
        if step != name:
            self.say(text)
        elif fault == "hang":
            time.sleep(20)
            return False
        elif fault == "drop":
            return False
        elif fault == "huge":
            self.say("".join("250-%s\r\n" % ("x" * 500) for _ in range(2000)) + "250 end")
        elif fault == "rubbish":
            self.say(b"\xff\xfe\x80 \xc3\x28 rubbish\r\n" * 3)
        elif fault == "inject":
            self.say(text + "\r\n250 injected")
        elif fault.isdigit():
            self.say(f"{fault} {fault[0]}.7.1 no, on purpose")
            return fault != "421"
        return True

    def starttls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*cert)
        self.sock = context.wrap_socket(self.sock, server_side=True)
        self.file, self.tls = self.sock.makefile("rb"), True

    def run(self):
        if not self.reply("greeting", "220 test ESMTP"):
            return
        lines, rcpt, refused = [], b"", False
        while line := self.file.readline():
            word = line[:4].upper()
            if word == b"EHLO":
                offer = ["250-test", "250-PIPELINING"]
                if cert and not self.tls and mode != "nostarttls":
                    offer.append("250-STARTTLS")
                offer.append("250-AUTH PLAIN LOGIN XOAUTH2")
                if not self.reply("ehlo", "\r\n".join(offer + ["250 SIZE 50000000"])):
                    return
            elif word == b"STAR":
                if not self.reply("starttls", "220 go"):
                    return
                self.starttls()
            elif word == b"AUTH":
                refused = step == "auth"
                with open(portfile + ".auth", "ab") as log:
                    log.write((b"tls " if self.tls else b"clear ") + line)
                if not self.reply("auth", "235 fine"):
                    return
            elif word == b"MAIL" and refused:
                self.say("530 5.7.0 authentication required")
            elif word == b"MAIL":
                if not self.reply("mail", "250 fine"):
                    return
            elif word == b"RCPT":
                rcpt = line
                if is_nobody(line):
                    rcpt = b""
                    self.say("550 5.1.1 Recipient address rejected: User unknown")
                elif not self.reply("rcpt", "250 fine"):
                    return
            elif word == b"DATA" and not rcpt:
                self.say("554 5.5.1 no valid recipients")
            elif word == b"DATA":
                if not self.reply("data", "354 go on"):
                    return
                if step == "data" and fault.isdigit():
                    continue
                lines = []
                while (text := self.file.readline()) and text != b".\r\n":
                    lines.append(text)
                if not text:
                    return
                taken = step != "dot" or not fault.isdigit()
                if taken:
                    ids = re.findall(rb"(?im)^message-id: *<([^>]*)>", b"".join(lines))
                    with open(portfile + ".log", "ab") as log:
                        log.write(b" ".join(ids) + b" " + rcpt.strip() + b"\n")
                if not self.reply("dot", "250 taken"):
                    return
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")


def serve(sock):
    try:
        Client(sock).run()
    except (OSError, ssl.SSLError):
        pass
    finally:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        sock.close()


listener = socket.create_server(("127.0.0.1", 0))
with open(portfile, "w") as out:
    out.write(str(listener.getsockname()[1]))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
