#!/usr/bin/env bash
# The four API plugins from indicator to answer, against servers on loopback that answer as documented or badly:
# nothing is lost, and only what cannot be known is in doubt.
. "$(dirname "$0")/api_common.sh"

try ok
states_are accepted accepted accepted accepted
for ticket in abcdefghij0123456789 2ff901ccd3d21f0a DCU000123 0123456789abcdef0123456789abcdef; do
	expect "$ticket" "$states"
done
python3 - "$work/ports.log" <<'END' || fail "the requests are not as documented"
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
sent = {row["api"]: row for row in rows if row["method"] == "POST"}
assert len(rows) == 5 and len(sent) == 4, rows
assert sent["aws"]["path"] == "/v1/abuse"
assert sent["aws"]["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/"), sent["aws"]
assert "/us-east-1/abuse/aws4_request" in sent["aws"]["authorization"]
report = json.loads(sent["aws"]["body"])
assert report["clientToken"] == report["correlationId"] and report["report"]["xarf"]["xarf_version"].startswith("4."), report
assert sent["cloudflare"]["path"] == "/client/v4/accounts/acc1/abuse-reports/abuse_phishing"
assert sent["cloudflare"]["authorization"] == "Bearer s3cret-cf"
assert sent["godaddy"]["path"] == "/v2/abuse/tickets" and sent["godaddy"]["authorization"] == "sso-key k1:s3cret-gd"
assert json.loads(sent["godaddy"]["body"])["source"] == "https://mode-ok.godaddy-host.example/login"
assert sent["netcraft"]["path"] == "/api/v3/report/urls"
END
# No secret is kept in the store.
! grep -qaE 's3cret' "$work"/ok/abate.db* || fail "a secret is in the store"

try 401 && states_are ready ready ready ready
try 403 && states_are ready ready ready ready
try 409 && states_are accepted accepted accepted accepted
try 422 && states_are refused refused refused refused
try 429 && states_are ready ready ready ready
try 500 && states_are ready in_doubt in_doubt ready
try cut && states_are ready in_doubt in_doubt ready
try garbage && states_are in_doubt in_doubt in_doubt in_doubt
