/* Host names and addresses in normal form, and what the public suffix list knows of a name. */
#pragma once

#include <glib.h>

#include "model/indicator.h"

enum intake_error { INTAKE_ERROR_VALUE, INTAKE_ERROR_FILE };
#define INTAKE_ERROR intake_error_quark()
GQuark intake_error_quark(void);
/* Sets the error to a reason; FALSE, to be returned. */
gboolean intake_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Sets type, host, domain, suffix and their flags. text: a name or an address without brackets;
 * numbers: also the forms of IPv4 that browsers take in a URL (decimal, octal, hexadecimal, short).
 * FALSE and error with the reason. */
gboolean host_set(struct indicator *indicator, const char *text, gboolean numbers, GError **error);
/* Whether a name ends in a suffix of the public suffix list, or in one of the top-level domains
 * that RFC 2606 keeps for tests and documents. For an indicator that host_set() filled. */
gboolean host_suffix_is_known(const struct indicator *indicator);
