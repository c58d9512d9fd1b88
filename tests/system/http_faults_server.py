"""An API on loopback that hangs or breaks at one step. Usage: http_faults_server.py MODE PORTFILE

MODE: step:fault, the step being connect, accept, headers or body; see STEPS. The number of connections and of whole
requests that came is kept in PORTFILE.log, a line each."""
import socket, sys, threading, time

mode, portfile = sys.argv[1:3]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
BODY = b'{"id":"T-1"}'


def trickle(connection, data):
    for byte in data:
        connection.sendall(bytes([byte]))
        time.sleep(0.3)


def endless(connection):
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.1)


# What is sent once the request is there; then the server waits ("hang"), or closes ("drop").
STEPS = {
    "accept": lambda connection: None,
    "headers:half": lambda connection: connection.sendall(HEAD[:40]),
    "headers:trickle": lambda connection: trickle(connection, HEAD % len(BODY) + BODY),
    "headers:huge": lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X-A: %s\r\n" % (b"a" * 900) * 200),
    "headers:interim": endless,
    "body:half": lambda connection: connection.sendall(HEAD % 100 + BODY),
    "body:trickle": lambda connection: (connection.sendall(HEAD % 100), trickle(connection, BODY * 8)),
    "body:huge": lambda connection: connection.sendall(HEAD % (2 << 20) + b"x" * (2 << 20)),
    "body:chunk": lambda connection: connection.sendall(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzzz\r\n" + BODY),
    "rubbish": lambda connection: connection.sendall(b"\x00\xff\xfe 220 smtp.example ESMTP\r\n"),
    "slow": lambda connection: (time.sleep(1), connection.sendall(HEAD % len(BODY) + BODY)),
}


def serve(connection):
    log.write("connection\n")
    try:
        if mode.startswith("tls"):
            time.sleep(30)
            return
        data = b""
        while b"\r\n\r\n" not in data:
            got = connection.recv(65536)
            if not got:
                return
            data += got
        log.write("request\n")
        step, _, fault = mode.rpartition(":")
        (STEPS.get(step) or STEPS[mode])(connection)
        if fault not in ("drop", "huge", "chunk") and mode not in ("rubbish", "slow"):
            time.sleep(30)
    except OSError:
        pass
    finally:
        connection.close()


log = open(portfile + ".log", "a", buffering=1)
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
port = listener.getsockname()[1]
listener.listen(0 if mode == "connect:hang" else 128)
others = []
if mode == "connect:hang":  # the line is full: whoever comes now waits for the handshake
    for _ in range(4):
        other = socket.socket()
        other.setblocking(False)
        other.connect_ex(("127.0.0.1", port))
        others.append(other)
    time.sleep(0.2)
if mode == "connect:refuse":
    listener.close()
with open(portfile, "w") as file:
    file.write("%d\n" % port)
if mode.startswith("connect"):
    threading.Event().wait()
while True:
    peer, _ = listener.accept()
    if mode == "accept:drop":
        peer.close()
        continue
    threading.Thread(target=serve, args=(peer,), daemon=True).start()
