# Helpers of the system tests: a private folder, servers ended by their process ids, and plain checks.
set -euo pipefail
build=${ABATE_BUILD:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build}
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
abate=$build/abate
work=$(mktemp -d "${TMPDIR:-/tmp}/abate-test-XXXXXX")
chmod 755 "$work"
servers=()

clean_up() {
	local status=$?
	for pid in "${servers[@]}"; do kill "$pid" 2>/dev/null || true; done
	wait 2>/dev/null || true
	if [ $status -eq 0 ]; then rm -rf "$work"; else echo "left: $work"; fi
}
trap clean_up EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }

# expect WORDS TEXT: the text must hold the words.
expect() { case $2 in *"$1"*) ;; *) fail "expected \"$1\" in: $2" ;; esac; }

# expect_status N COMMAND …: runs it; the output is left in $out.
expect_status() {
	local wanted=$1 got=0
	shift
	out=$("$@" 2>&1) || got=$?
	[ "$got" = "$wanted" ] || fail "exit $got instead of $wanted: $* : $out"
}

# wait_for_file FILE: until it is there and not empty, at most 10 s.
wait_for_file() {
	local i
	for i in $(seq 100); do [ -s "$1" ] && return 0; sleep 0.1; done
	fail "$1 did not appear"
}

# wait_for_port PORT: until something listens there, at most 15 s.
wait_for_port() {
	local i
	for i in $(seq 150); do (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0; sleep 0.1; done
	fail "nothing listens on port $1"
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# A certificate for a name, signed by itself: $work/NAME.pem and .key
make_certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -addext "subjectAltName=DNS:$1" \
		-keyout "$work/$1.key" -out "$work/$1.pem" 2>/dev/null
}

# two_contacts [FIRST]: the samples' configuration in $work, answers read from $work/back, and on the host of the samples
# a desk of two contacts, FIRST (abuse@desk.example) and second@desk.example.
two_contacts() {
	cp -r "$source_dir/config/samples/." "$work"
	sed -i "s|\.\./\.\./build/demo/|$work/|" "$work/abate.conf"
	printf '[paths]\nproviders = mine\n[routing]\nmalicious = host\n[inbox]\nmaildir = back\n' >>"$work/abate.conf"
	mkdir -p "$work/mine" "$work/back/new" "$work/back/cur" "$work/back/tmp"
	cat >"$work/mine/desk.json" <<-JSON
		{ "id": "desk", "name": "Desk", "kind": "hosting",
		  "match": [{ "networks": ["198.51.100.0/24"], "evidence": "official", "source": "test", "as_of": "2026-01-01" }],
		  "channels": [
		    { "type": "mail", "to": "${1:-abuse@desk.example}", "evidence": "official", "source": "its page", "as_of": "2026-01-01" },
		    { "type": "mail", "to": "second@desk.example", "evidence": "official", "source": "its page", "as_of": "2026-01-01" }] }
	JSON
}
