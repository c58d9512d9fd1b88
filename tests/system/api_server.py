"""The APIs of AWS, Cloudflare, GoDaddy and Netcraft as documented, each on a port of its own, and their faults.

Usage: api_server.py FILE; writes "aws cloudflare godaddy netcraft" ports to FILE and appends to FILE.log each
request as a JSON line. A report about a name with "mode-X" in it is answered with status X, cut off, or garbage.
A question about a ticket is answered by the word in FILE.state: open, resolved, a status, cut, garbage or hang. While FILE.unlisted is
there, Cloudflare does not list what was submitted."""
import http.server, json, os, re, sys, threading

log, lock = open(sys.argv[1] + ".log", "a", buffering=1), threading.Lock()
CREATED = {
    "aws": (202, {"reportId": "abcdefghij0123456789"}),
    "cloudflare": (200, {"result": "success"}),
    "godaddy": (201, {"u_number": "DCU000123"}),
    "netcraft": (200, {"message": "Successfully reported", "uuid": "0123456789abcdef0123456789abcdef"}),
}
STATES = {
    "aws": {"open": {"reportId": "abcdefghij0123456789", "status": "QUEUED"},
            "resolved": {"status": "COMPLETED", "reasonCode": "ACTIONED"}},
    "cloudflare": {"open": {"result": {"id": "2ff901ccd3d21f0a", "status": "submitted"}},
                   "resolved": {"result": {"id": "2ff901ccd3d21f0a", "status": "accepted"}}},
    "godaddy": {"open": {"ticketId": "DCU000123", "closed": False},
                "resolved": {"ticketId": "DCU000123", "closed": True, "closeReason": "ACTIONED"}},
    "netcraft": {"open": {"state": "processing"}, "resolved": {"state": "malicious"}},
}
FOUND = {"result": {"reports": [{"id": "2ff901ccd3d21f0a", "status": "submitted"}]}}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for header in headers:
            self.send_header(*header)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def note(self, body):
        with lock:
            log.write(json.dumps({"api": self.server.api, "method": self.command, "path": self.path, "body": body,
                                  "authorization": self.headers.get("Authorization")}) + "\n")

    def fail(self, mode):
        if mode == "cut":
            self.connection.shutdown(2)
            self.close_connection = True
        elif mode == "garbage":
            self.answer(200, b"\0\xff{{{ no JSON")
        elif mode == "hang":
            threading.Event().wait(5)
        else:
            self.answer(int(mode), {"message": "no"}, [("Retry-After", "3600")] if mode == "429" else [])

    def do_GET(self):
        self.note("")
        if "submitted?" in self.path:
            return self.answer(200, {"result": {"reports": []}} if os.path.exists(sys.argv[1] + ".unlisted") else FOUND)
        with open(sys.argv[1] + ".state") as file:
            state = file.read().strip()
        if state in STATES[self.server.api]:
            self.answer(200, STATES[self.server.api][state])
        else:
            self.fail(state)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.note(body)
        mode = re.search(r"mode-([a-z0-9]+)", body).group(1)
        if mode == "ok":
            self.answer(*CREATED[self.server.api])
        else:
            self.fail(mode)


ports = []
for api in CREATED:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.api = api
    ports.append(str(server.server_address[1]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
with open(sys.argv[1], "w") as file:
    file.write(" ".join(ports) + "\n")
threading.Event().wait()
