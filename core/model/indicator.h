/* An indicator: a URL, domain name, IP address or mail address in normal form. */
#pragma once

#include <glib.h>

enum indicator_type {
	INDICATOR_URL,
	INDICATOR_DOMAIN,
	INDICATOR_IPV4,
	INDICATOR_IPV6,
	INDICATOR_MAIL,
};

struct indicator {
	gint64 id;	/* I<id>; 0 when not stored */
	gint64 case_id; /* 0 when not stored */
	enum indicator_type type;
	char *value;	/* normal form, A-labels */
	char *original; /* the text it came as */
	char *host;	/* host name or address without brackets; NULL never, after normalising */
	char *domain;	/* registrable domain in A-labels; NULL for an address or a bare suffix */
	char *suffix;	/* public suffix; NULL for an address */
	gboolean suffix_is_private; /* the suffix stands in the private section of the list */
	gboolean host_is_address;
	gint64 first_seen; /* microseconds since the epoch, UTC; 0: not told */
	char *note;	   /* from the input, for example the X-ARF source; may be NULL */
	char *state;	   /* unknown, up or down; NULL when not stored */
	gint64 reported;   /* when first reported; 0: not yet */
	gint64 down;	   /* when seen down; 0: not */
};
typedef struct indicator Indicator; /* for g_autoptr */

struct indicator *indicator_new(void);
/* Frees the indicator and all it owns. NULL is fine. */
void indicator_free(struct indicator *indicator);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Indicator, indicator_free)

/* "url", "domain", "ipv4", "ipv6" or "email"; static text. */
const char *indicator_type_name(enum indicator_type type);
/* The type of such a name; FALSE when there is none. */
gboolean indicator_type_parse(const char *name, enum indicator_type *type);
