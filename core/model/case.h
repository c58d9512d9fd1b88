/* A case: one matter an analyst works on. */
#pragma once

#include <glib.h>

enum nature { NATURE_UNKNOWN, NATURE_MALICIOUS, NATURE_COMPROMISED };
enum tlp { TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED };

struct abuse_case {
	gint64 id; /* C<id> */
	char *title;
	char *type;	   /* X-ARF v4 type, for example "phishing" */
	char *description; /* why it is abuse, in the analyst's words; may be NULL */
	enum nature nature;
	enum tlp tlp;
	gboolean sealed;
	gint64 created; /* microseconds, UTC */
};
typedef struct abuse_case AbuseCase; /* for g_autoptr */

struct abuse_case *abuse_case_new(void);
void abuse_case_free(struct abuse_case *abuse_case);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AbuseCase, abuse_case_free)

/* "unknown", "malicious", "compromised"; and back (FALSE: no such nature). */
const char *nature_name(enum nature nature);
gboolean nature_parse(const char *name, enum nature *nature);

/* "TLP:CLEAR" …; parse takes them with or without "TLP:", in any case, and TLP 1's WHITE. */
const char *tlp_name(enum tlp tlp);
gboolean tlp_parse(const char *name, enum tlp *tlp);

/* The X-ARF v4 category of a type ("phishing" -> "content"); NULL when v4 has no such type. */
const char *xarf_category(const char *type);

/* An evidence file, kept whole. */
struct evidence {
	gint64 id, case_id;
	char *name; /* file name without folder */
	char *media_type;
	char *sha256; /* hex */
	GBytes *content;
};
typedef struct evidence Evidence;
void evidence_free(struct evidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Evidence, evidence_free)
