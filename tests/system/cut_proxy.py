"""Between a client and a server: passes everything on, and cuts or slows down what the server says.
Usage: cut_proxy.py PORT_FILE TARGET_PORT BYTES [DELAY]. BYTES: cut each connection after so many from the
server (0: never). DELAY: seconds to wait before each 64 KiB."""
import os
import socket
import sys
import threading
import time

port_file, target, limit = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
delay = float(sys.argv[4]) if len(sys.argv) > 4 else 0


def forward(source, sink, most):
    passed = 0
    try:
        while data := source.recv(65536):
            if most and passed + len(data) > most:
                sink.sendall(data[: most - passed])
                break
            sink.sendall(data)
            passed += len(data)
            if sink in clients and delay:
                time.sleep(delay)
    except OSError:
        pass
    for end in source, sink:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


clients = set()
listener = socket.create_server(("127.0.0.1", 0))
with open(port_file + ".tmp", "w") as f:
    f.write(str(listener.getsockname()[1]))
os.rename(port_file + ".tmp", port_file)
while True:
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", target))
    clients.add(client)
    threading.Thread(target=forward, args=(client, server, 0), daemon=True).start()
    threading.Thread(target=forward, args=(server, client, limit), daemon=True).start()
