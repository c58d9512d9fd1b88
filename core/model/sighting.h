/* A sighting: one look at an indicator. */
#pragma once

#include <glib.h>

struct sighting {
	gint64 id, indicator_id;
	char *method;  /* "dns", "rdap" or "http" */
	char *verdict; /* "up", "down" or "unknown" */
	char *detail;  /* what was seen, in words */
	char *vantage; /* the resolver or server asked */
	gint64 at;     /* microseconds, UTC */
};
typedef struct sighting Sighting; /* for g_autoptr */

struct sighting *sighting_new(void);
void sighting_free(struct sighting *sighting);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sighting, sighting_free)
