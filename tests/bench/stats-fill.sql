-- A store of :n reports to 500 providers, each about one indicator, with routes, looks, outages and
-- replies as two years would leave them. Random by Knuth's multiplicative hash, so each run is the same.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA foreign_keys = OFF;
BEGIN;
CREATE TEMP TABLE numbers AS
	WITH RECURSIVE up (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM up WHERE id < :n)
	SELECT id, id * 2654435761 % 4294967296 / 16 AS a, (id + 77777) * 2246822519 % 4294967296 / 64 AS b,
		1700000000000000 + id * 60000000 AS sent FROM up;
INSERT INTO cases (id, title, type, nature, tlp, sealed, created)
	VALUES (1, 'bench', 'phishing', 'malicious', 'green', 0, 1700000000000000);
INSERT INTO indicators (id, case_id, hash, type, value, domain, suffix, state, reported, down, last_up)
	SELECT id, 1, CAST(printf('%08x%08x', a, id) AS BLOB), 'url',
		printf('http://host%d.example%d.test/login', id, b % 90000), printf('example%d.test', b % 90000),
		'test', CASE WHEN a % 10 < 7 THEN 'down' ELSE 'up' END, sent,
		CASE WHEN a % 10 < 7 THEN sent + b % 2592000 * 1000000 END,
		sent + CASE WHEN a % 10 < 7 THEN 2 ELSE 3 END * (b % 2592000) * 333333
	FROM numbers;
INSERT INTO routes (indicator_id, rung, step, kind, provider, channel, address, source, as_of, ask, unconfirmed)
	SELECT id, rung, step, rung, 'who-' || (b / 7 % parties), 'mail', 'abuse@who.test', 'RDAP', sent, 1, 0
	FROM numbers, (SELECT 'host' AS rung, 1 AS step, 3000 AS parties UNION ALL SELECT 'registrar', 2, 400);
INSERT INTO reports (id, case_id, provider, provider_name, kind, plugin, channel, address, rung, state,
		reference, message_id, subject, created, sent, acknowledged, answered, next_try, tries, on_wire)
	SELECT id, 1, printf('provider-%03d', b % 500), printf('Provider %d, Inc.', b % 500), 'registrar',
		'registrar', 'mail', printf('abuse@provider-%03d.test', b % 500), 'registrar',
		CASE WHEN a % 20 = 0 THEN 'bounced' ELSE 'accepted' END, printf('ref-%08x%08x', a, id),
		printf('%08x%08x@reporter.test', a, id), 'Phishing at host', sent - 60000000, sent,
		CASE WHEN b % 3 = 0 THEN sent + a % 86400 * 1000000 END,
		CASE WHEN b % 9 = 1 THEN sent + a % 864000 * 1000000 END, 0, 0, 0
	FROM numbers;
INSERT INTO report_indicators (report_id, indicator_id) SELECT id, id FROM numbers;
INSERT INTO sightings (indicator_id, method, verdict, detail, vantage, at)
	SELECT id, 'dns', CASE WHEN look < 3 OR a % 10 >= 7 THEN 'up' ELSE 'down' END, '192.0.2.1', '127.0.0.1',
		sent + look * (b % 2592000) * 333333
	FROM numbers, (SELECT 1 AS look UNION ALL SELECT 2 UNION ALL SELECT 3);
INSERT INTO outages (indicator_id, down, up, seen_up)
	SELECT id, sent + b % 2592000 * 1000000, CASE WHEN a % 30 = 0 THEN sent + 2600000000000 END, sent
	FROM numbers WHERE a % 10 < 7;
INSERT INTO replies (report_id, class, match, weak, sender, subject, source, received, counts)
	SELECT id, CASE b % 9 WHEN 1 THEN 'actioned' ELSE 'acknowledgement' END, 'references', 0,
		'abuse@provider.test', 'Re: Phishing at host', 'bench:' || id, sent + a % 864000 * 1000000, 1
	FROM numbers WHERE b % 9 IN (1, 3);
COMMIT;
