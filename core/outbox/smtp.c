/*
 * SMTP submission by libesmtp: many messages a session, one session at a time in a lane. The
 * library's traps and their guards: it never sets TCP_NODELAY (a factor of 200), its connect() has
 * no time limit, its TLS context is freed under it, text injected after STARTTLS is taken for an
 * answer, a refused AUTH goes on without, and "success" only means that the protocol ended.
 */
#include "outbox/esmtp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/network.h"
#include "base/text.h"
#include "outbox/carrier-types.h"
#include "outbox/smtp-tls.h"

struct smtp {
	char *server, *host, *hostname, *sender, *user, *password;
	enum starttls_option tls;
	long timeout_ms;
	SSL_CTX *context;
	/* one session */
	GPtrArray *deliveries;
	gboolean starttls_written, injected, auth_written, auth_refused, certificate_refused;
	char last_line[256]; /* the server's last words, for messages */
	/* watched from another thread */
	pthread_t thread;
	gint connecting; /* atomic */
	gint64 connecting_since;
};

static void
close_smtp(void *state)
{
	struct smtp *smtp = state;

	SSL_CTX_free(smtp->context);
	g_free(smtp->server);
	g_free(smtp->host);
	g_free(smtp->hostname);
	g_free(smtp->sender);
	g_free(smtp->user);
	if (smtp->password)
		memset(smtp->password, 0, strlen(smtp->password));
	g_free(smtp->password);
	g_free(smtp);
}

/* A handler that does nothing, without SA_RESTART, so that a signal ends connect(). */
static void
on_wake(int number G_GNUC_UNUSED)
{
}

static void
initialise_once(void)
{
	static gsize once;

	if (g_once_init_enter(&once)) {
		const struct sigaction action = { .sa_handler = on_wake };

		sigaction(SIGUSR1, &action, NULL);
		auth_client_init();
		g_once_init_leave(&once, 1);
	}
}

static gboolean
read_tls(struct smtp *smtp, const char *tls, GError **error)
{
	smtp->tls = strcmp(tls, "required") == 0 ? Starttls_REQUIRED
		    : strcmp(tls, "none") == 0	 ? Starttls_DISABLED
						 : Starttls_ENABLED;
	if (smtp->user && smtp->tls != Starttls_REQUIRED && !host_is_loopback(smtp->host)) {
		g_set_error(error, CONFIG_ERROR, 0,
			"[mail] tls = %s with a user would send the password in the clear to %s; "
			"set tls = required",
			tls, smtp->host);
		return FALSE;
	}
	return TRUE;
}

/* The full name of this host for EHLO; servers refuse a bare one. */
static char *
full_hostname(const struct config *config)
{
	const char *set = config_string(config, "mail", "hostname");
	const char *own = g_get_host_name();

	if (set)
		return g_strdup(set);
	return strchr(own, '.') ? g_strdup(own) : g_strconcat(own, ".localdomain", NULL);
}

static void *
open_smtp(const struct config *config, const char *password, GError **error)
{
	struct smtp *smtp = g_new0(struct smtp, 1);
	const char *sender = carrier_sender(config, error);
	g_autofree char *ca_file = config_path(config, "mail", "ca_file");
	const char *port;

	initialise_once();
	smtp->server = g_strdup(config_string(config, "mail", "server"));
	port = strrchr(smtp->server, ':');
	smtp->host =
		g_strndup(smtp->server, port ? (gsize)(port - smtp->server) : strlen(smtp->server));
	smtp->hostname = full_hostname(config);
	smtp->sender = g_strdup(sender);
	smtp->user = g_strdup(config_string(config, "mail", "user"));
	smtp->password = g_strdup(password);
	smtp->timeout_ms = (long)config_integer(config, "mail", "timeout") * 1000;
	if (!port && sender)
		g_set_error(error, CONFIG_ERROR, 0,
			"[mail] server \"%s\": it wants host:port, as mail.example.org:587",
			smtp->server);
	if (port && sender && read_tls(smtp, config_string(config, "mail", "tls"), error)) {
		smtp->context = smtp_tls_context(smtp->host, ca_file, &smtp->injected, error);
		if (smtp->context)
			return smtp;
	}
	close_smtp(smtp);
	return NULL;
}

/* The library's socket is out of reach, so every TCP socket of the process is set; on those that do
 * not need it, it does no harm. */
static void
set_nodelay(void)
{
	g_autoptr(GDir) folder = g_dir_open("/proc/self/fd", 0, NULL);
	const char *name;

	while (folder && (name = g_dir_read_name(folder))) {
		int fd = (int)g_ascii_strtoll(name, NULL, 10);
		int protocol = 0;
		int on = 1;
		socklen_t length = sizeof protocol;

		if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) == 0 &&
			protocol == IPPROTO_TCP)
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	}
}

static void judge(smtp_message_t message, void *user);

static void
on_event(smtp_session_t session G_GNUC_UNUSED, int event, void *user, ...)
{
	struct smtp *smtp = user;
	va_list arguments;
	int *answer;

	va_start(arguments, user);
	switch (event) {
	case SMTP_EV_CONNECT:
		g_atomic_int_set(&smtp->connecting, 0);
		set_nodelay();
		break;
	case SMTP_EV_MESSAGESENT:
		judge(va_arg(arguments, smtp_message_t), NULL);
		break;
	case SMTP_EV_WRONG_PEER_CERTIFICATE:
		/* Our context has compared with the configured name already; the library compares
		 * with what DNS says. */
		answer = va_arg(arguments, int *);
		*answer = 1;
		break;
	case SMTP_EV_INVALID_PEER_CERTIFICATE:
	case SMTP_EV_NO_PEER_CERTIFICATE:
		smtp->certificate_refused = TRUE;
		break;
	default:
		break;
	}
	va_end(arguments);
}

/* More than one line in what follows STARTTLS was written by somebody on the way. */
static void
watch_reading(struct smtp *smtp, const char *bytes, int length)
{
	const char *end = memchr(bytes, '\n', (size_t)length);
	gsize kept = MIN((gsize)length, sizeof smtp->last_line - 1);

	memcpy(smtp->last_line, bytes, kept);
	smtp->last_line[kept] = '\0';
	g_strdelimit(smtp->last_line, "\r\n", '\0');
	if (smtp->starttls_written) {
		smtp->injected = end && end + 1 < bytes + length;
		smtp->starttls_written = FALSE;
	}
	if (smtp->auth_written && length >= 3 && strncmp(bytes, "535", 3) == 0)
		smtp->auth_refused = TRUE;
}

static void
on_wire(const char *bytes, int length, int writing, void *user)
{
	struct smtp *smtp = user;

	if (writing == 0) {
		watch_reading(smtp, bytes, length);
	} else if (writing == 1) {
		smtp->starttls_written =
			length >= 8 && g_ascii_strncasecmp(bytes, "STARTTLS", 8) == 0;
		smtp->auth_written |= length >= 5 && g_ascii_strncasecmp(bytes, "AUTH ", 5) == 0;
	}
}

static int
on_login(auth_client_request_t request, char **result, int fields, void *user)
{
	struct smtp *smtp = user;

	for (int i = 0; i < fields; i++) {
		if (request[i].flags & AUTH_USER)
			result[i] = smtp->user;
		else if (request[i].flags & AUTH_PASS)
			result[i] = smtp->password;
	}
	return 1;
}

/* One large block: with CHUNKING each return becomes a command of its own. */
static const char *
on_message(void **context, int *length, void *user)
{
	struct delivery *delivery = user;
	gsize size;
	const char *bytes = g_bytes_get_data(delivery->bytes, &size);

	if (!length) {
		*context = NULL;
		delivery->handed_over = FALSE;
		return NULL;
	}
	if (*context) {
		*length = 0;
		return NULL;
	}
	/* An error here would make the library send an empty mail: where this one must not go, the
	 * thread ends with its session. */
	if (!delivery_may_go(delivery))
		g_thread_exit(NULL);
	*context = g_malloc(1); /* a mark that the library frees */
	delivery->handed_over = TRUE;
	*length = (int)size;
	return bytes;
}

static void
read_recipient(smtp_recipient_t recipient, const char *mailbox G_GNUC_UNUSED, void *user)
{
	const smtp_status_t **status = user;

	*status = smtp_recipient_status(recipient);
}

static void
set_from_status(struct delivery *delivery, enum verdict verdict, const smtp_status_t *status)
{
	const char *text = status->text ? status->text : "";
	g_autofree char *enhanced = g_strdup_printf(
		"%d.%d.%d ", status->enh_class, status->enh_subject, status->enh_detail);
	/* The library takes it out of the text. */
	g_autofree char *words = g_strdup_printf("%d %s%s", status->code,
		status->enh_class && !strstr(text, enhanced) ? enhanced : "", text);

	delivery_set(delivery, verdict, words);
}

/* RFC 4954: the server wants a login first, or does not take ours. */
static gboolean
is_about_login(const smtp_status_t *status)
{
	return status->code == 530 || status->code == 535 || status->code == 538;
}

/* What the recipient's and the message's status mean together. */
static void
judge_open(smtp_message_t message, struct delivery *delivery)
{
	const smtp_status_t *whole = smtp_message_transfer_status(message);
	const smtp_status_t *sender = smtp_reverse_path_status(message);
	const smtp_status_t *recipient = NULL;

	smtp_enumerate_recipients(message, read_recipient, &recipient);
	if (is_about_login(sender) || is_about_login(recipient))
		return; /* not this mail's fault */
	/* The sender first: with pipelining a recipient after a refused sender says 503. */
	if (sender->code / 100 == 5)
		set_from_status(delivery, VERDICT_REFUSED, sender);
	else if (sender->code / 100 == 4)
		set_from_status(delivery, VERDICT_DEFERRED, sender);
	else if (recipient->code / 100 == 5)
		set_from_status(delivery, VERDICT_REFUSED, recipient);
	else if (recipient->code / 100 == 4)
		set_from_status(delivery, VERDICT_DEFERRED, recipient);
	else if (recipient->code / 100 == 2 && whole->code / 100 == 2)
		set_from_status(delivery, VERDICT_ACCEPTED, whole);
	else if (recipient->code / 100 == 2 && whole->code / 100 == 5)
		set_from_status(delivery, VERDICT_REFUSED, whole);
	else if (recipient->code / 100 == 2 && whole->code / 100 == 4)
		set_from_status(delivery, VERDICT_DEFERRED, whole);
	else if (recipient->code / 100 == 2 && delivery->handed_over)
		delivery_set(delivery, VERDICT_IN_DOUBT,
			"the connection ended after the mail went out and before an answer");
	else if (recipient->code / 100 == 2)
		delivery_set(delivery, VERDICT_DEFERRED, "the connection ended before the mail");
}

static void
judge(smtp_message_t message, void *user G_GNUC_UNUSED)
{
	struct delivery *delivery = smtp_message_get_application_data(message);

	if (g_atomic_int_get(&delivery->settled))
		return;
	judge_open(message, delivery);
	delivery_settle(delivery);
}

static gboolean
add_message(struct smtp *smtp, smtp_session_t session, struct delivery *delivery)
{
	smtp_message_t message;

	/* The library writes an address as it is: a line break would be a command. */
	if (!text_is_mail_address(delivery->to)) {
		delivery_set(delivery, VERDICT_REFUSED, "the recipient is not one mail address");
		delivery_settle(delivery);
		return FALSE;
	}
	delivery->handed_over = FALSE;
	message = smtp_add_message(session);
	smtp_message_set_application_data_release(message, delivery, NULL);
	smtp_set_reverse_path(message, smtp->sender);
	smtp_set_messagecb(message, on_message, delivery);
	smtp_size_set_estimate(message, g_bytes_get_size(delivery->bytes));
	if (delivery->reference)
		smtp_dsn_set_envid(message, delivery->reference);
	smtp_add_recipient(message, delivery->to);
	return TRUE;
}

static void
set_timeouts(struct smtp *smtp, smtp_session_t session)
{
	static const int which[] = { Timeout_GREETING, Timeout_ENVELOPE, Timeout_DATA,
		Timeout_TRANSFER, Timeout_DATA2 };

	for (gsize i = 0; i < G_N_ELEMENTS(which); i++)
		smtp_set_timeout(
			session, which[i] | Timeout_OVERRIDE_RFC2822_MINIMUM, smtp->timeout_ms);
}

/* Why the session was of no use, NULL when it was. Free with g_free. */
static char *
session_trouble(struct smtp *smtp, gboolean ended, gboolean judged)
{
	char buffer[256];
	int code = smtp_errno();

	if (smtp->injected)
		return g_strdup_printf(
			"%s: text was injected after STARTTLS; nothing was sent", smtp->server);
	if (smtp->auth_refused)
		return g_strdup_printf("%s: the login of %s was refused: %s", smtp->server,
			smtp->user, smtp->last_line);
	if (smtp->certificate_refused)
		return g_strdup_printf(
			"%s: the certificate is not trusted or names another host", smtp->server);
	if (judged)
		return NULL;
	if (!ended && code < 0)
		return g_strdup_printf("%s: %s", smtp->server,
			code == -EINTR ? "no connection in time" : g_strerror(-code));
	if (smtp->tls == Starttls_REQUIRED && !SSL_CTX_sess_connect_good(smtp->context))
		return g_strdup_printf("%s: no TLS connection came about (%s)", smtp->server,
			*smtp->last_line ? smtp->last_line
					 : smtp_strerror(code, buffer, sizeof buffer));
	return g_strdup_printf("%s: %s", smtp->server,
		*smtp->last_line ? smtp->last_line : smtp_strerror(code, buffer, sizeof buffer));
}

/* Whether the session went through: every mail has the server's own verdict. */
static gboolean
all_judged(const GPtrArray *deliveries)
{
	for (guint i = 0; i < deliveries->len; i++) {
		const struct delivery *delivery = g_ptr_array_index(deliveries, i);

		if (delivery->verdict == VERDICT_NONE || delivery->verdict == VERDICT_IN_DOUBT)
			return FALSE;
	}
	return TRUE;
}

static smtp_session_t
new_session(struct smtp *smtp, auth_context_t *login)
{
	smtp_session_t session = smtp_create_session();

	smtp->starttls_written = smtp->injected = smtp->auth_written = FALSE;
	smtp->auth_refused = smtp->certificate_refused = FALSE;
	smtp->last_line[0] = '\0';
	smtp_set_server(session, smtp->server);
	smtp_set_hostname(session, smtp->hostname);
	set_timeouts(smtp, session);
	smtp_set_eventcb(session, on_event, smtp);
	smtp_set_monitorcb(session, on_wire, smtp, 0);
	smtp_starttls_enable(session, smtp->tls);
	smtp_starttls_set_ctx(session, smtp->context);
	if (smtp->user) {
		*login = auth_create_context();
		auth_set_mechanism_flags(*login, AUTH_PLUGIN_PLAIN, 0);
		auth_set_interact_cb(*login, on_login, smtp);
		smtp_auth_set_context(session, *login);
	}
	return session;
}

static gboolean
send_smtp(void *state, GPtrArray *deliveries, char **trouble)
{
	struct smtp *smtp = state;
	auth_context_t login = NULL;
	smtp_session_t session = new_session(smtp, &login);
	gboolean any = FALSE;
	gboolean ended = TRUE;

	smtp->thread = pthread_self();
	for (guint i = 0; i < deliveries->len; i++)
		any |= add_message(smtp, session, g_ptr_array_index(deliveries, i));
	if (any) {
		smtp->connecting_since = g_get_monotonic_time();
		g_atomic_int_set(&smtp->connecting, 1);
		ended = smtp_start_session(session) != 0;
		g_atomic_int_set(&smtp->connecting, 0);
		smtp_enumerate_messages(session, judge, NULL);
		*trouble = session_trouble(smtp, ended, all_judged(deliveries));
	}
	smtp_destroy_session(session);
	if (login)
		auth_destroy_context(login);
	return !*trouble;
}

static void
interrupt_smtp(void *state, gint64 now)
{
	struct smtp *smtp = state;

	if (g_atomic_int_get(&smtp->connecting) &&
		now - smtp->connecting_since > (gint64)smtp->timeout_ms * 1000)
		pthread_kill(smtp->thread, SIGUSR1);
}

const struct carrier_type carrier_smtp = {
	.open = open_smtp,
	.send = send_smtp,
	.interrupt = interrupt_smtp,
	.close = close_smtp,
};
