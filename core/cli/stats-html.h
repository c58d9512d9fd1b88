/* The figures as one page that stands alone: no script, nothing from elsewhere, printable. */
#pragma once

#include "ledger/stats.h"

/* rows made of the wish with curves, in the order that they are shown in; of_case: the wish's, or
 * NULL. Free with g_free. */
char *
stats_html(const struct stats_wish *wish, const struct abuse_case *of_case, const GPtrArray *rows);
