/* The figures as one page that stands alone: no script, nothing from elsewhere, printable. */
#pragma once

#include "ledger/stats.h"

/* rows made with steps. Free with g_free. */
char *stats_html(const char *by, const GPtrArray *rows, gint64 now);
