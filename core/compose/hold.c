/* What keeps a composed report from going out. */
#include "compose/composer.h"

#include "base/text.h"

void
hold_because(struct making *making, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_autofree char *safe = text_for_terminal(text);
	g_string_append_printf(making->reason, "%s%s", making->reason->len ? "; " : "", safe);
}

static void
check_case(struct making *making)
{
	const struct abuse_case *abuse_case = making->composer->abuse_case;
	if (abuse_case->sealed)
		hold_because(making, "the case C%" G_GINT64_FORMAT " is sealed", abuse_case->id);
	if (abuse_case->tlp == TLP_RED || abuse_case->tlp == TLP_AMBER_STRICT)
		hold_because(making, "%s may not leave the house; set another TLP to send it",
			tlp_name(abuse_case->tlp));
}

/* With [send] new_contacts = confirm. */
static gboolean
check_new_contact(struct making *making, GError **error)
{
	const struct composer *composer = making->composer;
	const char *policy = config_string(composer->config, "send", "new_contacts");
	gboolean used = FALSE;
	if (g_strcmp0(policy, "confirm") != 0)
		return TRUE;
	if (!store_contact_used(composer->store, making->report->to, &used, error))
		return FALSE;
	if (!used)
		hold_because(making,
			"nothing was ever accepted by %s: `abate confirm %s` if it is right",
			making->report->to, making->report->to);
	return TRUE;
}

/* Marks: kind "contact", key the address, value "confirmed" or "bad". */
static gboolean
read_mark(const struct making *making, char **mark, GError **error)
{
	GError *fault = NULL;
	*mark = store_mark_get(making->composer->store, "contact", making->report->to, &fault);
	if (fault)
		g_propagate_error(error, fault);
	return !fault;
}

static void
hold_as_bad(struct making *making)
{
	hold_because(making, "the contact %s was found to be bad", making->report->to);
}

gboolean
hold_if_bad(struct making *making, GError **error)
{
	g_autofree char *mark = NULL;
	if (!read_mark(making, &mark, error))
		return FALSE;
	if (g_strcmp0(mark, "bad") == 0)
		hold_as_bad(making);
	return TRUE;
}

static gboolean
check_contact(struct making *making, GError **error)
{
	const struct report *report = making->report;
	gboolean unconfirmed = FALSE;
	for (guint i = 0; i < making->rows->len; i++) {
		const struct group_row *row = g_ptr_array_index(making->rows, i);
		unconfirmed = unconfirmed || row->route->unconfirmed;
	}
	if (!report->to || !*report->to) {
		hold_because(making, "there is no usable contact");
		return TRUE;
	}
	g_autofree char *mark = NULL;
	if (!read_mark(making, &mark, error))
		return FALSE;
	if (g_strcmp0(mark, "bad") == 0)
		hold_as_bad(making);
	else if (unconfirmed && g_strcmp0(mark, "confirmed") != 0)
		hold_because(making, "the contact %s is from memory and was never confirmed",
			report->to);
	else if (g_strcmp0(mark, "confirmed") != 0 && !check_new_contact(making, error))
		return FALSE;
	if (report->channel == CHANNEL_MAIL && !text_is_mail_address(report->to))
		hold_because(making, "the contact \"%s\" is no mail address", report->to);
	return TRUE;
}

/* Marks: kind "hold", key the report, value the words; empty when released. */
static gboolean
check_person(struct making *making, GError **error)
{
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, making->report->id);
	GError *fault = NULL;
	g_autofree char *mark =
		making->report->id ? store_mark_get(making->composer->store, "hold", key, &fault)
				   : NULL;
	if (mark && *mark)
		hold_because(making, "%s", mark);
	if (fault)
		g_propagate_error(error, fault);
	return !fault;
}

gboolean
hold_check(struct making *making, GError **error)
{
	check_case(making);
	return circumstances_see(&making->circumstances, making->composer, making->report,
		       making->rows, error) &&
	       check_person(making, error) && check_contact(making, error);
}
