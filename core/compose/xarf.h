/* X-ARF v4 (xarf.org): one indicator of a case as JSON. */
#pragma once

#include <glib.h>

#include "model/case.h"
#include "model/indicator.h"

struct xarf_input {
	const struct abuse_case *abuse_case;
	const struct indicator *indicator;
	const char *reporter_name, *reporter_organisation, *reporter_email;
	const char *reference; /* of the report; makes the id together with number */
	gsize number;
	const GPtrArray *evidence; /* of const struct evidence *; may be NULL */
	gsize evidence_limit;	   /* bytes of evidence to carry at most, 15 MB by the standard */
	gint64 now;		   /* used when neither indicator nor case tell a time */
};

/* Whether a case tells all that v4 wants of its type; if not, *wanted (static) names what is
 * missing. */
gboolean xarf_can(const char *type, const char **wanted);
/* JSON text; free with g_free. NULL and error when v4 cannot say it, naming what is missing. */
char *xarf_build(const struct xarf_input *input, GError **error);
