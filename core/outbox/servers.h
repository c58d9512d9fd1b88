/* The limits per server, whoever the provider is: [send] server_* and [server NAME]. */
#pragma once

#include "base/config.h"
#include "model/report.h"
#include "outbox/pace.h"

/* What is limited together: one mail domain or API host, or a [server NAME] with what it names. */
struct server {
	char *name;
	struct rate rate;
	GPtrArray *destinations; /* of char * */
	struct pace pace;
	guint round; /* of the counts */
};

struct servers;
typedef struct servers Servers; /* for g_autoptr */

struct servers *servers_new(const struct config *config);
void servers_free(struct servers *servers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Servers, servers_free)

/* The server that the report goes to; NULL when no limit is set for it. Borrowed. */
struct server *servers_of(struct servers *servers, const struct report *report);
