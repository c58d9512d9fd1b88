/*
 * abate/plugin.h: all that a plugin author sees. Plain C11 (and C++), no other library.
 *
 * A plugin describes, the core acts: it turns a report into a message (mail, HTTP request or
 * packet) and an answer into a verdict. It opens no socket, no file and no database; preview,
 * approval, the queue, retries, pacing and the audit trail come from the core.
 *
 * ABI promise: structs only grow at their end and each begins with its own size, so that a plugin
 * built against an older header of the same ABATE_PLUGIN_MAJOR goes on loading. Strings that the
 * core hands out are UTF-8, belong to the core and live until the callback returns. What a plugin
 * hands over is copied before the call returns. A callback runs in one thread at a time.
 */
#ifndef ABATE_PLUGIN_H
#define ABATE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ABATE_PLUGIN_MAJOR 1 /* another major is refused */
#define ABATE_PLUGIN_MINOR 0 /* only ever added to */

/* What a provider is. The order is part of the ABI. */
enum abate_kind {
	ABATE_REGISTRAR,
	ABATE_REGISTRY,
	ABATE_HOSTING,
	ABATE_DDNS,
	ABATE_JPRS,
	ABATE_NEUTRAL,
};

/* What a plugin can do beyond mail; told to users by `plugin list`. */
enum abate_capability {
	ABATE_CAN_MAIL = 1 << 0,
	ABATE_CAN_HTTP = 1 << 1,
	ABATE_CAN_PACKET = 1 << 2,
	ABATE_CAN_POLL = 1 << 3,
};

enum abate_log_level { ABATE_LOG_DEBUG, ABATE_LOG_INFO, ABATE_LOG_WARNING, ABATE_LOG_ERROR };

/* How grave it is that something is missing from a report. */
enum abate_gravity {
	ABATE_ADVICE, /* the report goes out, the analyst is told */
	ABATE_NEEDED, /* the report is held until it is there, or the analyst overrides */
};

/* What an answer means. The order is part of the ABI. */
enum abate_class {
	ABATE_UNCLASSIFIED,
	ABATE_ACKNOWLEDGEMENT,
	ABATE_BOUNCE,
	ABATE_DELAY,
	ABATE_VACATION,
	ABATE_QUESTION,
	ABATE_REFUSAL,
	ABATE_WRONG_CHANNEL,
	ABATE_ACTIONED,
	ABATE_HUMAN,
};

/* Where an answer leaves the sending of the report. */
enum abate_outcome {
	ABATE_ACCEPTED, /* the provider has it */
	ABATE_REFUSED,	/* it never will, as the report stands */
	ABATE_DEFERRED, /* try again, no sooner than retry_after_s */
	ABATE_IN_DOUBT, /* cannot be told from this answer */
};

/* One option that the plugin reads from its section [plugin NAME] of abate.conf. */
enum abate_option_type { ABATE_OPTION_STRING, ABATE_OPTION_INTEGER, ABATE_OPTION_BOOLEAN };
struct abate_option {
	const char *name; /* NULL ends the table */
	enum abate_option_type type;
	const char *default_value; /* NULL: no default */
	const char *help;	   /* one line, shown by `plugin list` and in the manual */
	int secret;   /* 1: option() gives a placeholder that the core fills in on the way out */
	int required; /* 1: without it the plugin matches nothing */
};

/* A mail to one provider. The core adds From, Reply-To, Date, Message-ID and the reference. */
struct abate_mail {
	size_t size;	     /* sizeof(struct abate_mail) */
	const char *to;	     /* NULL: the address of the route */
	const char *subject; /* one line, UTF-8; NULL: the profile's or the template's */
	const char *text;    /* the body that a person reads, UTF-8 */
	int attach_xarf;     /* 1: X-ARF v4 as application/json, one part an indicator */
	int attach_evidence; /* 1: the case's evidence files */
};

/* One header of an HTTP request. Values may hold secret placeholders. */
struct abate_header {
	const char *name;
	const char *value;
};

/* One HTTP request. */
struct abate_http {
	size_t size;			    /* sizeof(struct abate_http) */
	const char *method;		    /* "GET" or "POST" */
	const char *url;		    /* https:// (http:// only to loopback, for tests) */
	const struct abate_header *headers; /* ended by a NULL name; may be NULL */
	const char *body;		    /* may be NULL */
	const char *idempotency_key;	    /* the same on every try; NULL when the API has none */
	const char *aws_sigv4; /* "aws:amz:REGION:SERVICE", signed by the core; or NULL */
	const char *username;  /* with aws_sigv4: the access key id (a placeholder) */
	const char *password;  /* with aws_sigv4: the secret key (a placeholder) */
	int safe_to_repeat;    /* 1: a lost answer is no doubt, the request can be sent again */
};

/* One field of a form that a person fills in. */
struct abate_form_field {
	const char *label; /* NULL ends the list */
	const char *value;
};

/* A packet: everything a person needs to submit a report by hand. */
struct abate_packet {
	size_t size;	 /* sizeof(struct abate_packet) */
	const char *url; /* of the form; or NULL with instructions */
	const char *title;
	const char *instructions; /* may be NULL */
	const struct abate_form_field *fields;
	int attach_evidence; /* 1: list the case's evidence files */
};

/* What an answer says. */
struct abate_verdict {
	size_t size; /* sizeof(struct abate_verdict) */
	enum abate_outcome outcome;
	enum abate_class reply_class;
	const char *ticket;	/* the provider's number for the report; NULL: none told */
	const char *status;	/* the provider's own word, as "COMPLETED"; or NULL */
	const char *diagnostic; /* one line for a person; or NULL */
	int64_t retry_after_s;	/* with ABATE_DEFERRED; 0: the core's own back-off */
	int final;		/* 1: polling again will tell nothing new */
};

/* One call of one callback: the services of the core, and the core's own data behind it. */
struct abate_context;

/*
 * The core's services. Names for field(): "case.title", "case.type", "case.category",
 * "case.nature", "case.tlp", "case.description", "report.reference", "report.rung",
 * "report.channel", "report.to", "report.ticket", "report.follow_up", "reporter.name",
 * "reporter.organisation", "reporter.email", "reporter.phone", "provider.id", "provider.name",
 * "provider.kind", "provider.language", "provider.form", "provider.api". For indicator(): "value",
 * "defanged", "unicode", "type", "host", "domain", "suffix", "address", "first_seen", "registrar",
 * "registered", "source". For evidence(): "name", "media_type", "sha256", "size". An unknown or
 * unset name gives NULL.
 */
struct abate_services {
	size_t size;
	const char *(*field)(struct abate_context *ctx, const char *name);
	size_t (*indicator_count)(struct abate_context *ctx);
	const char *(*indicator)(struct abate_context *ctx, size_t i, const char *name);
	size_t (*evidence_count)(struct abate_context *ctx);
	const char *(*evidence)(struct abate_context *ctx, size_t i, const char *name);
	/* An option of this plugin's own section: the default when not set, a placeholder when
	 * secret. */
	const char *(*option)(struct abate_context *ctx, const char *name);
	void (*log)(struct abate_context *ctx, enum abate_log_level level, const char *message);

	/* compose: renders a template (its name without folder, language and ending); NULL on
	 * error, which the core reports. set() adds a variable for the templates rendered after it.
	 */
	const char *(*render)(struct abate_context *ctx, const char *name);
	void (*set)(struct abate_context *ctx, const char *name, const char *value);
	/* The X-ARF v4 report of one indicator as JSON text. */
	const char *(*xarf)(struct abate_context *ctx, size_t i);

	/* Writing JSON: each puts a value into the document under construction at a JSON pointer
	 * (RFC 6901; "-" appends to an array), making objects and arrays on the way. json_text()
	 * gives the document and begins a new one. 0 or -1 (a bad pointer; the core reports it). */
	int (*json_string)(struct abate_context *ctx, const char *pointer, const char *value);
	int (*json_integer)(struct abate_context *ctx, const char *pointer, int64_t value);
	int (*json_boolean)(struct abate_context *ctx, const char *pointer, int value);
	int (*json_document)(struct abate_context *ctx, const char *pointer, const char *json);
	const char *(*json_text)(struct abate_context *ctx);
	/* A string made safe for a URL (RFC 3986, everything but unreserved escaped). */
	const char *(*url_escape)(struct abate_context *ctx, const char *text);

	/* check: says in words what is missing. */
	void (*missing)(struct abate_context *ctx, enum abate_gravity gravity, const char *what,
		const char *why);

	/* compose and poll: hands over one message. 0, or -1 when the core refuses it (and reports
	 * why). */
	int (*mail)(struct abate_context *ctx, const struct abate_mail *mail);
	int (*http)(struct abate_context *ctx, const struct abate_http *request);
	int (*packet)(struct abate_context *ctx, const struct abate_packet *packet);

	/* answer: reading. answer_status() is the HTTP status or 0 for a mail; names for
	 * answer_header() are compared without case; answer_json() gives the text of a scalar at a
	 * JSON pointer, NULL when there is none or the body is no JSON; answer_state() is what
	 * next() stored, or NULL. */
	int (*answer_status)(struct abate_context *ctx);
	const char *(*answer_header)(struct abate_context *ctx, const char *name);
	const char *(*answer_body)(struct abate_context *ctx);
	const char *(*answer_json)(struct abate_context *ctx, const char *pointer);
	size_t (*answer_json_count)(struct abate_context *ctx, const char *pointer);
	const char *(*answer_state)(struct abate_context *ctx);
	/* answer: the verdict, or the next request of a chain with a short text that the core
	 * stores first, so that a crash between two steps loses nothing. */
	int (*verdict)(struct abate_context *ctx, const struct abate_verdict *verdict);
	int (*next)(struct abate_context *ctx, const struct abate_http *request, const char *state);
};

struct abate_context {
	const struct abate_services *services;
	void *core; /* the core's own; not for plugins */
};

/* How well a plugin fits a target. The highest answer wins; a provider's own plugin says EXACT. */
enum abate_fit { ABATE_FIT_NONE = 0, ABATE_FIT_KIND = 10, ABATE_FIT_EXACT = 100 };

/* The descriptor: one const object a plugin, handed over by ABATE_REGISTER_PLUGIN. */
struct abate_plugin {
	size_t size;	     /* written by the macro */
	uint32_t abi_major;  /* written by the macro */
	uint32_t abi_minor;  /* written by the macro */
	const char *name;    /* equals the file's name without .so: a-z, 0-9 and - */
	const char *summary; /* one line */
	const char *version;
	enum abate_kind kind;
	unsigned int capabilities;	    /* enum abate_capability, ored */
	const struct abate_option *options; /* ended by a NULL name; may be NULL */

	/* Mandatory. How well it fits the target that field() and indicator(0) tell of. */
	enum abate_fit (*match)(struct abate_context *ctx);
	/* Optional. Calls missing() for what this provider wants and the report lacks. */
	void (*check)(struct abate_context *ctx);
	/* Mandatory. Calls mail(), http() or packet() at least once. 0 or -1. */
	int (*compose)(struct abate_context *ctx);
	/* Mandatory with ABATE_CAN_HTTP. Calls verdict() or next(). 0 or -1. */
	int (*answer)(struct abate_context *ctx);
	/* Mandatory with ABATE_CAN_POLL. Asks for the state of "report.ticket": calls http(). 0 or
	 * -1. */
	int (*poll)(struct abate_context *ctx);
	/* append only: new members go here */
};

#if defined(__GNUC__)
#define ABATE_EXPORT __attribute__((visibility("default")))
#else
#define ABATE_EXPORT
#endif

#ifdef __cplusplus
#define ABATE_EXTERN_C extern "C"
#else
#define ABATE_EXTERN_C extern
#endif

/* Put once at the end of a plugin: ABATE_REGISTER_PLUGIN(.name = "example", .kind = …, …); */
#define ABATE_REGISTER_PLUGIN(...)                                                                 \
	ABATE_EXTERN_C ABATE_EXPORT const struct abate_plugin abate_plugin;                        \
	const struct abate_plugin abate_plugin = { .size = sizeof(struct abate_plugin),            \
		.abi_major = ABATE_PLUGIN_MAJOR,                                                   \
		.abi_minor = ABATE_PLUGIN_MINOR,                                                   \
		__VA_ARGS__ }

/* For match(): a plugin that serves every provider of a kind, as "registrar". */
static inline enum abate_fit
abate_fit_kind(struct abate_context *ctx, const char *wanted)
{
	const char *kind = ctx->services->field(ctx, "provider.kind");

	return kind && strcmp(kind, wanted) == 0 ? ABATE_FIT_KIND : ABATE_FIT_NONE;
}

/* For match(): a plugin of one API, for reports that go by it. */
static inline enum abate_fit
abate_fit_api(struct abate_context *ctx, const char *wanted)
{
	const char *api = ctx->services->field(ctx, "provider.api");
	const char *channel = ctx->services->field(ctx, "report.channel");

	return api && channel && strcmp(api, wanted) == 0 && strcmp(channel, "http") == 0
		       ? ABATE_FIT_EXACT
		       : ABATE_FIT_NONE;
}

/* For plugins of the plain kind: the mail of a report is the text of a template (its follow-up,
 * where the report is one), with the X-ARF parts and the evidence. For compose(): 0 or -1. */
static inline int
abate_compose_mail(struct abate_context *ctx, const char *template_name)
{
	const struct abate_services *core = ctx->services;
	const char *name = core->field(ctx, "report.follow_up") ? "follow-up" : template_name;
	struct abate_mail mail = { sizeof(struct abate_mail), NULL, NULL, NULL, 1, 1 };

	mail.text = core->render(ctx, name);
	return mail.text ? core->mail(ctx, &mail) : -1;
}

/* What a kind's form asks for first; the report and the reporter follow. */
struct abate_form {
	const char *title;
	const char *instructions;
	const char *label[2];	  /* of the two fields that say what it is about */
	const char *indicator[2]; /* what of the first indicator they hold: indicator()'s names */
};

/* The same report as a packet. For compose(): 0 or -1. */
static inline int
abate_compose_form(
	struct abate_context *ctx, const char *template_name, const struct abate_form *form)
{
	const struct abate_services *core = ctx->services;
	const char *name = core->field(ctx, "report.follow_up") ? "follow-up" : template_name;
	const struct abate_form_field fields[] = {
		{ form->label[0], core->indicator(ctx, 0, form->indicator[0]) },
		{ form->label[1], core->indicator(ctx, 0, form->indicator[1]) },
		{ "Kind of abuse", core->field(ctx, "case.type") },
		{ "Report", core->render(ctx, name) },
		{ "Name", core->field(ctx, "reporter.name") },
		{ "Organisation", core->field(ctx, "reporter.organisation") },
		{ "E-mail", core->field(ctx, "reporter.email") },
		{ NULL, NULL },
	};
	const struct abate_packet packet = { sizeof(struct abate_packet),
		core->field(ctx, "provider.form"), form->title, form->instructions, fields, 1 };

	return core->packet(ctx, &packet);
}

/* A mail or a packet, as the report's channel wants it. For compose(): 0 or -1. */
static inline int
abate_compose_plain(
	struct abate_context *ctx, const char *template_name, const struct abate_form *form)
{
	const char *channel = ctx->services->field(ctx, "report.channel");

	if (channel && strcmp(channel, "packet") == 0)
		return abate_compose_form(ctx, template_name, form);
	return abate_compose_mail(ctx, template_name);
}

/* For check(): what every desk wants of a report. */
static inline void
abate_check_report(struct abate_context *ctx)
{
	const struct abate_services *core = ctx->services;

	if (!core->field(ctx, "reporter.email"))
		core->missing(ctx, ABATE_NEEDED, "[reporter] email",
			"a desk does not act for somebody it cannot answer");
	if (!core->field(ctx, "case.description") && core->evidence_count(ctx) == 0)
		core->missing(ctx, ABATE_ADVICE, "a description or evidence",
			"desks act sooner on what they can see for themselves");
}

/* A request that speaks JSON: a POST of body, or a GET where body is NULL. headers has room for
 * four and lives as long as the request; authorization (that header's value) may be NULL. */
static inline struct abate_http
abate_json_request(
	struct abate_header *headers, const char *url, const char *authorization, const char *body)
{
	const struct abate_header credentials = { "Authorization", authorization };
	const struct abate_header content = { "Content-Type", "application/json" };
	const struct abate_header accept = { "Accept", "application/json" };
	const struct abate_header end = { NULL, NULL };
	struct abate_http request = { sizeof(struct abate_http), body ? "POST" : "GET", url,
		headers, body, NULL, NULL, NULL, NULL, !body };

	if (authorization)
		*headers++ = credentials;
	if (body)
		*headers++ = content;
	*headers++ = accept;
	*headers = end;
	return request;
}

/* For answer(): a verdict without a ticket; a refusal is the last word. 0 or -1. */
static inline int
abate_give(struct abate_context *ctx, enum abate_outcome outcome, enum abate_class reply_class,
	const char *diagnostic)
{
	struct abate_verdict verdict = { sizeof(struct abate_verdict), outcome, reply_class, NULL,
		NULL, diagnostic, 0, outcome == ABATE_REFUSED };

	return ctx->services->verdict(ctx, &verdict);
}

/* For answer(): the provider has the report; ticket and diagnostic may be NULL. 0 or -1. */
static inline int
abate_accept(struct abate_context *ctx, const char *ticket, const char *diagnostic)
{
	struct abate_verdict verdict = { sizeof(struct abate_verdict), ABATE_ACCEPTED,
		ABATE_ACKNOWLEDGEMENT, ticket, NULL, diagnostic, 0, 0 };

	return ctx->services->verdict(ctx, &verdict);
}

/* The text at the first of two JSON pointers of the answer that is there; NULL: at neither. */
static inline const char *
abate_answer_text(struct abate_context *ctx, const char *pointer, const char *other)
{
	const char *text = ctx->services->answer_json(ctx, pointer);

	return text ? text : ctx->services->answer_json(ctx, other);
}

/* For answer(): refused, in the API's own words (NULL: it told none) after "WHO refuses the report
 * as it stands": as one line of ASCII, for they may hold anything. 0 or -1. */
static inline int
abate_refuse(struct abate_context *ctx, const char *who, const char *words)
{
	char line[500];

	snprintf(line, sizeof line, "%.60s refuses the report as it stands: %.400s", who,
		words ? words : "no reason told");
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
			*c = '?';
	return abate_give(ctx, ABATE_REFUSED, ABATE_REFUSAL, line);
}

/* For answer(): try again, no sooner than the Retry-After of the answer says in seconds. 0 or -1.
 */
static inline int
abate_defer(struct abate_context *ctx, const char *diagnostic)
{
	const char *after = ctx->services->answer_header(ctx, "Retry-After");
	struct abate_verdict verdict = { sizeof(struct abate_verdict), ABATE_DEFERRED, ABATE_DELAY,
		NULL, NULL, diagnostic, 0, 0 };

	if (after && *after >= '0' && *after <= '9')
		verdict.retry_after_s = strtol(after, NULL, 10);
	return ctx->services->verdict(ctx, &verdict);
}

#ifdef __cplusplus
}
#endif
#endif
