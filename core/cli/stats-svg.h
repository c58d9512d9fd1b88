/* Kaplan–Meier curves as a figure of a page. */
#pragma once

#include "ledger/stats.h"

/* Appends a figure with a legend: the rows that have steps of this time. axis is what the curves
 * are the share of, as "still up". */
void stats_svg(GString *html, const GPtrArray *rows, enum stats_time which, const char *axis);
