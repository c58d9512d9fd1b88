#include "outbox/outbox.h"

#include "base/log.h"
#include "outbox/http-queue.h"
#include "outbox/mail-queue.h"
#include "outbox/owner.h"
#include "outbox/packets.h"

/* What a process that is gone left on the wire is in doubt; what it had only claimed is ready
 * again. */
gboolean
outbox_recover(struct store *store, GError **error)
{
	gint64 found;

	if (!store_reports_recover(store, owner_is_alive, &found, error))
		return FALSE;
	if (found)
		log_warning("%" G_GINT64_FORMAT " reports were on the wire when a run ended; they "
			    "are in doubt: `abate list reports --state in_doubt`, then `abate send "
			    "--in-doubt=resend` or `drop`",
			found);
	return TRUE;
}

gboolean
outbox_send(struct store *store, const struct config *config, const struct profiles *profiles,
	const struct plugin_host *plugins, const struct outbox_options *options,
	struct outbox_counts *counts, GError **error)
{
	g_autoptr(Pacing) pacing = pacing_new(store, config, profiles);

	*counts = (struct outbox_counts){ 0 };
	return outbox_recover(store, error) &&
	       http_queue_run(store, config, profiles, plugins, pacing, options, counts, error) &&
	       mail_queue_run(store, config, pacing, options, counts, error) &&
	       packets_write(store, config, options, counts, error);
}
