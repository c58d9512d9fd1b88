/* abate provider list|show|check */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/table.h"
#include "model/profile-read.h"
#include "model/profile.h"

/* faults NULL: each is warned about. */
static struct profiles *
load(const struct global *global, GPtrArray *faults, int *status)
{
	g_autoptr(Config) config = command_config(global);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func(g_free);
	struct profiles *profiles;

	*status = EXIT_USAGE;
	if (!config)
		return NULL;
	profiles = profiles_load_configured(config, faults ? faults : told, &error);
	for (guint i = 0; i < told->len; i++)
		log_warning("%s", (char *)told->pdata[i]);
	if (profiles)
		*status = EXIT_DONE;
	else
		log_error("%s", error->message);
	return profiles;
}

/* --- as JSON --- */

static json_t *
json_texts(const GPtrArray *texts)
{
	json_t *list = json_array();

	for (guint i = 0; i < texts->len; i++)
		json_array_append_new(list, json_string(texts->pdata[i]));
	return list;
}

static void
set_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, json_text(text));
}

static json_t *
json_channel(const struct profile_channel *channel)
{
	json_t *object = json_object();

	set_text(object, "type", channel_name(channel->type));
	set_text(object, "to", channel->address);
	json_object_set_new(object, "types", json_texts(channel->types));
	set_text(object, "language", channel->language);
	set_text(object, "evidence", channel->evidence);
	json_object_set_new(
		object, "unconfirmed", json_boolean(profile_channel_unconfirmed(channel)));
	set_text(object, "source", channel->source);
	set_text(object, "as_of", channel->as_of);
	return object;
}

static json_t *
json_match(const struct profile *profile)
{
	json_t *object = json_object();

	json_object_set_new(object, "iana_ids", json_texts(profile->iana_ids));
	json_object_set_new(object, "tlds", json_texts(profile->tlds));
	json_object_set_new(object, "suffixes", json_texts(profile->suffixes));
	json_object_set_new(object, "networks", json_texts(profile->networks));
	json_object_set_new(object, "asns", json_texts(profile->asns));
	json_object_set_new(object, "name_servers", json_texts(profile->name_servers));
	json_object_set_new(object, "rdap_hosts", json_texts(profile->rdap_hosts));
	json_object_set_new(object, "mail_domains", json_texts(profile->mail_domains));
	return object;
}

static json_t *
json_limits(const struct profile_limits *limits)
{
	json_t *object = json_object();
	const struct {
		const char *key;
		gint64 value;
	} numbers[] = {
		{ "per_hour", limits->per_hour },
		{ "per_day", limits->per_day },
		{ "minimum_gap_s", limits->minimum_gap_s },
		{ "indicators_per_report", limits->indicators_per_report },
		{ "urls_per_domain", limits->urls_per_domain },
		{ "repeat_days", limits->repeat_days },
		{ "domain_days", limits->domain_days },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
		json_object_set_new(object, numbers[i].key, json_integer(numbers[i].value));
	json_object_set_new(
		object, "one_indicator_per_report", json_boolean(limits->one_indicator_per_report));
	json_object_set_new(object, "api_excludes_mail", json_boolean(limits->api_excludes_mail));
	set_text(object, "time_zone", limits->time_zone);
	set_text(object, "hours", limits->hours);
	set_text(object, "days", limits->days);
	return object;
}

static json_t *
json_profile(const struct profile *profile, gboolean whole)
{
	json_t *object = json_object(), *channels = json_array();

	set_text(object, "id", profile->id);
	set_text(object, "kind", profile->kind);
	set_text(object, "name", profile->name);
	set_text(object, "language", profile->language ? profile->language : "en");
	for (guint i = 0; i < profile->channels->len; i++)
		json_array_append_new(channels, json_channel(profile->channels->pdata[i]));
	json_object_set_new(object, "channels", channels);
	set_text(object, "notes", profile->notes);
	set_text(object, "file", profile->file);
	if (!whole)
		return object;
	set_text(object, "plugin", profile->plugin);
	set_text(object, "template", profile->template_name);
	set_text(object, "subject", profile->subject);
	json_object_set_new(object, "match", json_match(profile));
	json_object_set_new(object, "tickets", json_texts(profile->ticket_patterns));
	json_object_set_new(object, "limits", json_limits(&profile->limits));
	json_object_set_new(
		object, "expected_acknowledgement_s", json_integer(profile->expected_ack_s));
	json_object_set_new(object, "expected_action_s", json_integer(profile->expected_action_s));
	return object;
}

/* --- list --- */

static char *
channel_words(const struct profile *profile)
{
	GString *words = g_string_new(NULL);

	for (guint i = 0; i < profile->channels->len; i++) {
		const struct profile_channel *channel = profile->channels->pdata[i];

		if (strstr(words->str, channel_name(channel->type)))
			continue;
		if (words->len)
			g_string_append(words, ", ");
		g_string_append(words, channel_name(channel->type));
	}
	return g_string_free(words, FALSE);
}

static void
add_row(struct table *table, const struct profile *profile)
{
	const struct profile_channel *first =
		profile->channels->len ? profile->channels->pdata[0] : NULL;
	g_autofree char *channels = channel_words(profile);
	const char *cells[] = { profile->id, profile->kind, channels, first ? first->address : NULL,
		first ? first->as_of : NULL, profile->name };

	table_row(table, cells);
}

static void
print_table(const GPtrArray *shown)
{
	static const char *const columns[] = { "ID", "KIND", "CHANNELS", "~FIRST", "AS OF", "~NAME",
		NULL };
	g_autoptr(Table) table = table_new(columns);

	for (guint i = 0; i < shown->len; i++)
		add_row(table, shown->pdata[i]);
	table_print(table);
}

static int
run_list(const struct global *global, const char *kind, gboolean tables)
{
	g_autoptr(GPtrArray) all = NULL;
	g_autoptr(GPtrArray) shown = g_ptr_array_new();
	g_autoptr(Profiles) profiles = NULL;
	int status;

	if (kind && !g_strv_contains(profile_kinds, kind)) {
		log_error("provider: there is no kind \"%s\"; there are registrar, registry, "
			  "hosting, ddns, jprs, neutral",
			kind);
		return EXIT_USAGE;
	}
	profiles = load(global, NULL, &status);
	if (!profiles)
		return status;
	all = profiles_all(profiles);
	for (guint i = 0; i < all->len; i++) {
		const struct profile *profile = all->pdata[i];

		if ((tables || !profile->from_table) && (!kind || !strcmp(kind, profile->kind)))
			g_ptr_array_add(shown, all->pdata[i]);
	}
	if (global->json)
		for (guint i = 0; i < shown->len; i++)
			json_line(json_profile(shown->pdata[i], FALSE));
	else
		print_table(shown);
	return EXIT_DONE;
}

/* --- show --- */

static void
print_fact(const char *label, const char *text)
{
	g_autofree char *safe = text ? text_for_terminal(text) : NULL;

	if (safe && *safe)
		printf("%-14s %s\n", label, safe);
}

static void
print_facts(const char *label, const GPtrArray *texts)
{
	g_autoptr(GString) line = g_string_new(NULL);

	for (guint i = 0; i < texts->len && i < 20; i++)
		g_string_append_printf(line, "%s%s", i ? " " : "", (char *)texts->pdata[i]);
	if (texts->len > 20)
		g_string_append_printf(line, " … (%u)", texts->len);
	print_fact(label, line->str);
}

static void
print_channel(const struct profile_channel *channel)
{
	g_autoptr(GString) types = g_string_new(NULL);
	g_autofree char *line = NULL;

	for (guint i = 0; i < channel->types->len; i++)
		g_string_append_printf(
			types, "%s%s", i ? ", " : " for ", (char *)channel->types->pdata[i]);
	line = g_strdup_printf("%s%s", channel->address, types->str);
	print_fact(channel_name(channel->type), line);
	g_free(line);
	line = g_strdup_printf("%s, %s (%s)%s", channel->evidence, channel->as_of, channel->source,
		profile_channel_unconfirmed(channel) ? "; not used before you confirm it" : "");
	print_fact("", line);
}

static void
print_number(const char *label, gint64 value)
{
	if (value)
		printf("%-14s %" G_GINT64_FORMAT "\n", label, value);
}

static void
print_limits(const struct profile *profile)
{
	const struct profile_limits *limits = &profile->limits;

	print_number("per hour", limits->per_hour);
	print_number("per day", limits->per_day);
	print_number("gap, s", limits->minimum_gap_s);
	print_number("per report", limits->indicators_per_report);
	print_number("per domain", limits->urls_per_domain);
	print_number("repeat, days", limits->repeat_days);
	print_number("domain, days", limits->domain_days);
	print_fact("hours", limits->hours);
	print_fact("days", limits->days);
	print_fact("time zone", limits->time_zone);
	if (limits->one_indicator_per_report)
		print_fact("limit", "one indicator a report");
	if (limits->api_excludes_mail)
		print_fact("limit", "what goes by API must not go by mail too");
	print_number("answers in, s", profile->expected_ack_s);
	print_number("acts in, s", profile->expected_action_s);
}

static void
print_profile(const struct profile *profile)
{
	print_fact("id", profile->id);
	print_fact("name", profile->name);
	print_fact("kind", profile->kind);
	print_fact("language", profile->language ? profile->language : "en");
	print_fact("plugin", profile->plugin);
	print_fact("template", profile->template_name);
	print_fact("subject", profile->subject);
	for (guint i = 0; i < profile->channels->len; i++)
		print_channel(profile->channels->pdata[i]);
	print_facts("IANA ids", profile->iana_ids);
	print_facts("TLDs", profile->tlds);
	print_facts("suffixes", profile->suffixes);
	print_facts("networks", profile->networks);
	print_facts("AS numbers", profile->asns);
	print_facts("name servers", profile->name_servers);
	print_facts("RDAP hosts", profile->rdap_hosts);
	print_facts("mail domains", profile->mail_domains);
	print_facts("tickets", profile->ticket_patterns);
	print_limits(profile);
	print_fact("notes", profile->notes);
	print_fact("file", profile->file);
}

static int
run_show(const struct global *global, const char *id)
{
	g_autoptr(Profiles) profiles = NULL;
	const struct profile *profile;
	int status;

	profiles = load(global, NULL, &status);
	if (!profiles)
		return status;
	profile = profiles_by_id(profiles, id);
	if (!profile) {
		log_error("there is no provider \"%s\"; `abate provider list` shows them", id);
		return EXIT_USAGE;
	}
	if (global->json)
		json_line(json_profile(profile, TRUE));
	else
		print_profile(profile);
	return EXIT_DONE;
}

/* --- check --- */

static void
check_file(const char *file, GPtrArray *faults)
{
	g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func((GDestroyNotify)profile_free);

	if (profile_is_table(file))
		profile_read_table(file, entries, faults);
	else
		profile_free(profile_read_file(file, faults));
}

static int
run_check(const struct global *global, char **files)
{
	g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
	int status = EXIT_DONE;

	for (int i = 0; files[i]; i++)
		check_file(files[i], faults);
	if (!files[0])
		profiles_free(load(global, faults, &status));
	for (guint i = 0; i < faults->len; i++)
		printf("%s\n", (char *)faults->pdata[i]);
	if (status == EXIT_DONE && faults->len == 0)
		log_info("no fault found");
	return faults->len ? EXIT_USAGE : status;
}

static int
run(struct global *global, int argc, char **argv)
{
	g_autofree char *kind = NULL;
	gboolean tables = FALSE;
	const GOptionEntry entries[] = {
		{ "kind", 'k', 0, G_OPTION_ARG_STRING, &kind,
			"list: only registrar, registry, hosting, ddns, jprs or neutral", "KIND" },
		{ "all", 'a', 0, G_OPTION_ARG_NONE, &tables,
			"list: those of the tables of registrars and registries too", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	const char *verb;
	int status;

	if (!command_options(&command_provider, global, entries, &argc, &argv, &status))
		return status;
	verb = argc > 1 ? argv[1] : "";
	if (strcmp(verb, "list") == 0 && argc == 2)
		return run_list(global, kind, tables);
	if (strcmp(verb, "show") == 0 && argc == 3)
		return run_show(global, argv[2]);
	if (strcmp(verb, "check") == 0)
		return run_check(global, argv + 2);
	log_error("provider wants list, show ID or check [FILE…]; see `abate provider --help`");
	return EXIT_USAGE;
}

const struct command command_provider = {
	"provider",
	"list|show ID|check [FILE…]",
	"List and check what is known of those who can act",
	run,
};
