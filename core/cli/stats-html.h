/* The figures as one page that stands alone: no script, nothing from elsewhere, printable. */
#pragma once

#include "ledger/stats.h"

/* rows made of the wish with curves. Free with g_free. */
char *stats_html(const struct stats_wish *wish, const GPtrArray *rows);
