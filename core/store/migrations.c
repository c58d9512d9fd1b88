/* The schema as numbered texts, applied in order. A text that was released is never edited: add
 * the next one. The engine fills in @ID, @BYTES and @CLUSTERED. */
#include "store/database.h"

/* Indicators are found by a hash of their value: entries of 16 bytes keep the index of a million
 * URLs in memory, and PostgreSQL takes no index entry as long as a URL can be. Columns that repeat
 * the value are NULL. Times are microseconds since the epoch, UTC. */
static const char *const first =
	"CREATE TABLE cases (id @ID, title TEXT NOT NULL, type TEXT, description TEXT,"
	" nature TEXT NOT NULL, tlp TEXT NOT NULL, sealed BIGINT NOT NULL,"
	" created BIGINT NOT NULL);"

	"CREATE TABLE evidence (id @ID, case_id BIGINT NOT NULL REFERENCES cases (id),"
	" name TEXT NOT NULL, media_type TEXT NOT NULL, sha256 TEXT NOT NULL,"
	" content @BYTES NOT NULL, UNIQUE (case_id, sha256));"

	"CREATE TABLE indicators (id @ID, case_id BIGINT NOT NULL REFERENCES cases (id),"
	" hash @BYTES NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, original TEXT,"
	" host TEXT, domain TEXT, suffix TEXT, suffix_is_private BIGINT, host_is_address BIGINT,"
	" first_seen BIGINT, note TEXT, state TEXT, reported BIGINT, down BIGINT,"
	" UNIQUE (hash, case_id));"

	"CREATE TABLE routes (id @ID, indicator_id BIGINT NOT NULL REFERENCES indicators (id),"
	" rung TEXT NOT NULL, step BIGINT NOT NULL, kind TEXT, provider TEXT NOT NULL,"
	" provider_name TEXT, plugin TEXT, channel TEXT NOT NULL, address TEXT, source TEXT,"
	" as_of BIGINT, ask BIGINT NOT NULL, unconfirmed BIGINT NOT NULL, reason TEXT);"
	"CREATE INDEX routes_indicator ON routes (indicator_id);"

	"CREATE TABLE reports (id @ID, case_id BIGINT NOT NULL REFERENCES cases (id),"
	" provider TEXT NOT NULL, provider_name TEXT, kind TEXT, plugin TEXT,"
	" channel TEXT NOT NULL, address TEXT, rung TEXT NOT NULL, state TEXT NOT NULL,"
	" reason TEXT, reference TEXT NOT NULL UNIQUE, message_id TEXT, subject TEXT, ticket TEXT,"
	" server TEXT, api_state TEXT, follow_up_of BIGINT REFERENCES reports (id),"
	" created BIGINT NOT NULL, sent BIGINT, acknowledged BIGINT, answered BIGINT,"
	" next_try BIGINT NOT NULL, tries BIGINT NOT NULL, owner TEXT,"
	" on_wire BIGINT NOT NULL);"
	"CREATE INDEX reports_state ON reports (state, provider);"
	"CREATE INDEX reports_sent ON reports (provider, sent);"
	"CREATE INDEX reports_message_id ON reports (message_id);"
	"CREATE INDEX reports_ticket ON reports (ticket);"

	"CREATE TABLE report_indicators ("
	" report_id BIGINT NOT NULL REFERENCES reports (id),"
	" indicator_id BIGINT NOT NULL REFERENCES indicators (id),"
	" PRIMARY KEY (report_id, indicator_id)) @CLUSTERED;"
	"CREATE INDEX report_indicators_indicator ON report_indicators (indicator_id);"

	"CREATE TABLE report_bytes (report_id BIGINT NOT NULL REFERENCES reports (id),"
	" kind TEXT NOT NULL, content @BYTES NOT NULL, PRIMARY KEY (report_id, kind));"

	"CREATE TABLE replies (id @ID, report_id BIGINT REFERENCES reports (id), class TEXT,"
	" match TEXT, weak BIGINT NOT NULL, ticket TEXT, sender TEXT, subject TEXT, status TEXT,"
	" recipient TEXT, diagnostic TEXT, rule TEXT, source TEXT NOT NULL UNIQUE,"
	" received BIGINT NOT NULL);"
	"CREATE INDEX replies_report ON replies (report_id);"
	"CREATE TABLE reply_bytes (reply_id BIGINT NOT NULL PRIMARY KEY REFERENCES replies (id),"
	" content @BYTES NOT NULL);"

	"CREATE TABLE sightings (id @ID,"
	" indicator_id BIGINT NOT NULL REFERENCES indicators (id), method TEXT NOT NULL,"
	" verdict TEXT NOT NULL, detail TEXT, vantage TEXT, at BIGINT NOT NULL);"
	"CREATE INDEX sightings_indicator ON sightings (indicator_id);"

	"CREATE TABLE marks (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT,"
	" at BIGINT NOT NULL, PRIMARY KEY (kind, key)) @CLUSTERED;"
	"CREATE TABLE cache (key TEXT NOT NULL PRIMARY KEY, text TEXT NOT NULL,"
	" at BIGINT NOT NULL);"

	"CREATE TABLE events (id @ID, at BIGINT NOT NULL, subject TEXT NOT NULL,"
	" kind TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL);"
	"CREATE INDEX events_subject ON events (subject);";

/* Replies: digest is the SHA-256 of a mail (NULL of an API's answer), so that one that is read
 * again from elsewhere folds; counts: it moved its report on; reason: the class of a bounce's
 * reason; note: why it does not count, in words. Outages: when an indicator was seen to go down,
 * and to come back. Polls: when an API is next asked what became of a report; 0: never again. */
static const char *const second =
	"ALTER TABLE replies ADD COLUMN digest TEXT;"
	"ALTER TABLE replies ADD COLUMN counts BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE replies ADD COLUMN reason TEXT;"
	"ALTER TABLE replies ADD COLUMN note TEXT;"
	"CREATE UNIQUE INDEX replies_digest ON replies (digest);"

	"CREATE TABLE outages (indicator_id BIGINT NOT NULL REFERENCES indicators (id),"
	" down BIGINT NOT NULL, up BIGINT, PRIMARY KEY (indicator_id, down)) @CLUSTERED;"
	"INSERT INTO outages (indicator_id, down)"
	" SELECT id, down FROM indicators WHERE down IS NOT NULL;"

	"CREATE TABLE polls (report_id BIGINT NOT NULL PRIMARY KEY REFERENCES reports (id),"
	" next BIGINT NOT NULL, tries BIGINT NOT NULL) @CLUSTERED;"
	"CREATE INDEX polls_next ON polls (next);";

/* Whether a contact was ever used, and what went lately to one destination: a mail domain or an
 * API's host, whoever the provider is. */
static const char *const third = "CREATE INDEX reports_address ON reports (address, sent);"
				 "ALTER TABLE reports ADD COLUMN destination TEXT;"
				 "CREATE INDEX reports_destination ON reports (destination, sent);";

/* The follow-ups of a report. */
static const char *const fourth = "CREATE INDEX reports_follow_up ON reports (follow_up_of) "
				  "WHERE follow_up_of IS NOT NULL;";

/* When an indicator is looked at next; NULL: as soon as can be. */
static const char *const fifth = "ALTER TABLE indicators ADD COLUMN next_look BIGINT;";

/* By what a mail that goes on in the thread of a reply is known. */
static const char *const sixth =
	"ALTER TABLE replies ADD COLUMN message_id TEXT;"
	"CREATE INDEX replies_message_id ON replies (message_id) WHERE message_id IS NOT NULL;";

/* The last look that saw an indicator up before it went down; NULL: none, so that nobody knows when
 * it did. */
static const char *const seventh =
	"ALTER TABLE outages ADD COLUMN seen_up BIGINT;"
	"UPDATE outages SET seen_up = (SELECT MAX(s.at) FROM sightings s WHERE s.verdict = 'up' "
	"AND s.indicator_id = outages.indicator_id AND s.at <= outages.down);";

/* When an indicator as a whole was last seen up: a name that resolves says nothing of a page that
 * was looked at itself. Told until now by its round, the looks of one time. */
#define LOOKS(condition) "SUM(CASE WHEN " condition " THEN 1 ELSE 0 END)"
#define SEEN(how, what) LOOKS("s.method = '" how "' AND s.verdict = '" what "'")
#define LAST_UP(indicator, until, type)                                                            \
	"(SELECT s.at FROM sightings s WHERE s.indicator_id = " indicator until                    \
	" GROUP BY s.at HAVING (" SEEN("http", "up") " > 0 AND (" SEEN(                            \
		"dns", "up") " > 0 OR " SEEN("dns", "down") " = 0)) OR (" SEEN("dns",              \
		"up") " > 0 AND " SEEN("http",                                                     \
		"down") " = 0 AND (" LOOKS("s.method = 'http'") " = 0 OR " type " <> 'url')) "     \
								"ORDER BY s.at DESC LIMIT 1)"
static const char *const eighth =
	"ALTER TABLE indicators ADD COLUMN last_up BIGINT;"
	"UPDATE indicators SET last_up = " LAST_UP("indicators.id", "",
		"indicators.type") ";"
				   "UPDATE outages SET seen_up = " LAST_UP("outages.indicator_id",
					   " AND s.at <= outages.down",
					   "(SELECT i.type FROM indicators i WHERE i.id = "
					   "outages.indicator_id)") ";";

/* Until when a run has an indicator to look at, unless it ends before; NULL: none has. */
static const char *const ninth = "ALTER TABLE indicators ADD COLUMN taken_until BIGINT;";

/* The digest of a mail does not depend on how its lines end; until now it was that of its bytes,
 * which stays in the rows that are there. broken: why nobody can tell what a mail is. */
static const char *const tenth =
	"INSERT INTO marks (kind, key, value, at) SELECT 'digests', 'bytes', NULL, MAX(received) "
	"FROM replies WHERE digest IS NOT NULL HAVING COUNT(*) > 0;"
	"ALTER TABLE replies ADD COLUMN broken TEXT;"
	"UPDATE replies SET broken = 'nothing in it' WHERE rule = 'broken';";

static const char *const migrations[] = { first, second, third, fourth, fifth, sixth, seventh,
	eighth, ninth, tenth };

gint64
migrations_newest(void)
{
	return G_N_ELEMENTS(migrations);
}

static gboolean
apply_one(struct driver *driver, gint64 number, GError **error)
{
	const struct engine *engine = driver->engine;
	g_autoptr(GString) sql = g_string_new(migrations[number]);

	g_string_replace(sql, "@ID", engine->id_type, 0);
	g_string_replace(sql, "@BYTES", engine->bytes_type, 0);
	g_string_replace(sql, "@CLUSTERED", engine->clustered, 0);
	if (!engine->script(driver, sql->str, error))
		return FALSE;
	if (number == 0 && engine->extra && !engine->script(driver, engine->extra, error))
		return FALSE;
	return engine->set_version(driver, number + 1, error);
}

static gboolean
apply_from(struct driver *driver, GError **error)
{
	gint64 version = 0;

	/* Read again: another process may have been first. */
	if (!driver->engine->version(driver, &version, error))
		return FALSE;
	for (gint64 number = version; number < migrations_newest(); number++)
		if (!apply_one(driver, number, error))
			return FALSE;
	return TRUE;
}

gboolean
migrations_apply(struct driver *driver, GError **error)
{
	const struct engine *engine = driver->engine;
	gint64 version = 0;

	if (!engine->version(driver, &version, error))
		return FALSE;
	if (version > migrations_newest()) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NEWER,
			"the store has version %" G_GINT64_FORMAT
			", this abate knows versions up to %" G_GINT64_FORMAT
			": use the newer abate that wrote it",
			version, migrations_newest());
		return FALSE;
	}
	if (version == migrations_newest())
		return TRUE;
	if (!engine->begin(driver, error))
		return FALSE;
	if (apply_from(driver, error) && engine->commit(driver, error))
		return TRUE;
	engine->rollback(driver);
	return FALSE;
}
