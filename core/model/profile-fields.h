/* Reading the fields of a profile's JSON: each fault is named by file and field. */
#pragma once

#include <jansson.h>

#include "model/profile.h"

/* Where faults go; count tells whether this file has any. */
struct fields {
	const char *file;
	GPtrArray *faults; /* of char *; may be NULL */
	guint count;
};

/* The checks of strings: NULL when fine, else what is wrong (static text). */
typedef const char *(*field_check)(const char *value);
const char *field_check_id(const char *value);
const char *field_check_domain(const char *value);
const char *field_check_network(const char *value);
const char *field_check_mail(const char *value);
const char *field_check_url(const char *value);
const char *field_check_date(const char *value);
const char *field_check_language(const char *value);
const char *field_check_kind(const char *value);
const char *field_check_evidence(const char *value);
const char *field_check_time_zone(const char *value);
const char *field_check_hours(const char *value);
const char *field_check_days(const char *value);
/* One line of text without control characters. */
const char *field_check_line(const char *value);
/* Text that may have line breaks and tabs. */
const char *field_check_text(const char *value);

/* Adds the fault "file: where.field: what"; where may be "" and field NULL. */
void fields_fault(struct fields *fields, const char *where, const char *field, const char *format,
	...) G_GNUC_PRINTF(4, 5);
/* Checks that object is an object with no other fields than the known ones (NULL-ended). FALSE when
 * it is no object. */
gboolean
fields_object(struct fields *fields, const char *where, json_t *object, const char *const *known);

enum field_need { FIELD_OPTIONAL, FIELD_REQUIRED };
/* A string, checked; NULL when absent or wrong. Free with g_free. */
char *fields_string(struct fields *fields, const char *where, json_t *object, const char *field,
	enum field_need need, field_check check);
/* Adds to out; absent is fine. */
void fields_strings(struct fields *fields, const char *where, json_t *object, const char *field,
	field_check check, GPtrArray *out);
/* Whole numbers above 0, added to out as text. */
void fields_numbers(struct fields *fields, const char *where, json_t *object, const char *field,
	GPtrArray *out);
/* 0 when absent. */
gint64 fields_integer(struct fields *fields, const char *where, json_t *object, const char *field,
	gint64 maximum);
/* FALSE when absent. */
gboolean
fields_boolean(struct fields *fields, const char *where, json_t *object, const char *field);

/* Reads a whole file of at most maximum bytes as JSON; NULL after naming the fault. */
json_t *fields_load(struct fields *fields, gsize maximum);
