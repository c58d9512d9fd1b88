/* Inside of the net room: jCards (RFC 7095) in RDAP entities. */
#pragma once

#include <glib.h>
#include <jansson.h>

/* fn, or else org; NULL when neither is told. Free with g_free. */
char *jcard_name(const json_t *entity);
/* The mail address marked as type "abuse", or else the first that is one; the refused ones go to
 * faults. Free with g_free. */
char *jcard_mail(const json_t *entity, const char *what, GPtrArray *faults);
/* Adds every usable mail address (char *) to mails. */
void jcard_mails(const json_t *entity, GPtrArray *mails);
