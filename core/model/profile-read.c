#include "model/profile-read.h"

#include <string.h>

#include "model/profile-fields.h"

#define LARGEST_PROFILE (1024 * 1024)
#define LONGEST_PATTERN 200

/* Where a fact comes from: every group of facts says it. */
struct provenance {
	char *evidence, *source, *as_of;
};

static struct provenance
read_provenance(struct fields *fields, const char *where, json_t *object)
{
	return (struct provenance){
		fields_string(
			fields, where, object, "evidence", FIELD_REQUIRED, field_check_evidence),
		fields_string(fields, where, object, "source", FIELD_REQUIRED, field_check_line),
		fields_string(fields, where, object, "as_of", FIELD_REQUIRED, field_check_date),
	};
}

/* What is from memory is shown to people and used by nothing: no match, no pattern, no limit. */
static gboolean
read_is_memory(struct fields *fields, const char *where, json_t *object)
{
	struct provenance provenance = read_provenance(fields, where, object);
	gboolean is_memory = g_strcmp0(provenance.evidence, "memory") == 0;

	g_free(provenance.evidence);
	g_free(provenance.source);
	g_free(provenance.as_of);
	return is_memory;
}

static void
read_match_group(struct fields *fields, const char *where, json_t *group, struct profile *profile)
{
	static const char *const known[] = { "iana_ids", "tlds", "suffixes", "networks", "asns",
		"name_servers", "rdap_hosts", "mail_domains", "evidence", "source", "as_of", NULL };
	g_autoptr(Profile) scratch = profile_new();

	if (!fields_object(fields, where, group, known))
		return;
	/* Facts from memory are still checked, into a profile that is thrown away. */
	if (read_is_memory(fields, where, group))
		profile = scratch;
	fields_numbers(fields, where, group, "iana_ids", profile->iana_ids);
	fields_numbers(fields, where, group, "asns", profile->asns);
	fields_strings(fields, where, group, "tlds", field_check_domain, profile->tlds);
	fields_strings(fields, where, group, "suffixes", field_check_domain, profile->suffixes);
	fields_strings(fields, where, group, "networks", field_check_network, profile->networks);
	fields_strings(
		fields, where, group, "name_servers", field_check_domain, profile->name_servers);
	fields_strings(fields, where, group, "rdap_hosts", field_check_domain, profile->rdap_hosts);
	fields_strings(
		fields, where, group, "mail_domains", field_check_domain, profile->mail_domains);
}

typedef void (*read_entry)(
	struct fields *fields, const char *where, json_t *entry, struct profile *profile);

/* Each entry of a list field; absent is fine. */
static void
read_list(struct fields *fields, json_t *root, const char *field, read_entry read,
	struct profile *profile)
{
	json_t *list = json_object_get(root, field), *entry;
	size_t i;

	if (list && !json_is_array(list))
		fields_fault(fields, "", field, "must be a list of objects");
	json_array_foreach(list, i, entry)
	{
		g_autofree char *where = g_strdup_printf("%s[%zu]", field, i);

		read(fields, where, entry, profile);
	}
}

static field_check
address_check(enum channel type)
{
	static const field_check checks[] = {
		[CHANNEL_MAIL] = field_check_mail,
		[CHANNEL_HTTP] = field_check_id,
		[CHANNEL_PACKET] = field_check_url,
	};

	return checks[type];
}

static void
read_channel(struct fields *fields, const char *where, json_t *entry, struct profile *profile)
{
	static const char *const known[] = { "type", "to", "language", "types", "evidence",
		"source", "as_of", NULL };
	struct profile_channel *channel;
	struct provenance provenance;
	g_autofree char *name = NULL;
	enum channel type = CHANNEL_MAIL;

	if (!fields_object(fields, where, entry, known))
		return;
	name = fields_string(fields, where, entry, "type", FIELD_REQUIRED, field_check_line);
	if (name && !channel_parse(name, &type)) {
		fields_fault(fields, where, "type", "must be mail, http or packet");
		return;
	}
	channel = profile_add_channel(profile, type);
	if (name)
		channel->address = fields_string(
			fields, where, entry, "to", FIELD_REQUIRED, address_check(type));
	channel->language = fields_string(
		fields, where, entry, "language", FIELD_OPTIONAL, field_check_language);
	fields_strings(fields, where, entry, "types", field_check_line, channel->types);
	provenance = read_provenance(fields, where, entry);
	channel->evidence = provenance.evidence;
	channel->source = provenance.source;
	channel->as_of = provenance.as_of;
}

static void
read_ticket(struct fields *fields, const char *where, json_t *entry, struct profile *profile)
{
	static const char *const known[] = { "pattern", "evidence", "source", "as_of", NULL };
	g_autofree char *pattern = NULL;
	g_autoptr(GRegex) regex = NULL;
	g_autoptr(GError) error = NULL;

	if (!fields_object(fields, where, entry, known))
		return;
	pattern = fields_string(fields, where, entry, "pattern", FIELD_REQUIRED, field_check_line);
	if (!pattern)
		return;
	if (strlen(pattern) > LONGEST_PATTERN) {
		fields_fault(fields, where, "pattern", "is longer than %d bytes", LONGEST_PATTERN);
		return;
	}
	regex = g_regex_new(pattern, 0, 0, &error);
	if (!regex)
		fields_fault(fields, where, "pattern", "%s", error->message);
	else if (g_regex_get_capture_count(regex) != 1)
		fields_fault(fields, where, "pattern",
			"must have one group ( ) around the ticket number; (?: ) for others");
	if (!read_is_memory(fields, where, entry))
		g_ptr_array_add(profile->ticket_patterns, g_steal_pointer(&pattern));
}

static void
read_limits(struct fields *fields, json_t *root, struct profile *profile)
{
	static const char *const known[] = { "per_hour", "per_day", "minimum_gap_s",
		"indicators_per_report", "urls_per_domain", "repeat_days", "domain_days",
		"time_zone", "hours", "days", "one_indicator_per_report", "api_excludes_mail",
		"evidence", "source", "as_of", NULL };
	json_t *object = json_object_get(root, "limits");
	const char *at = "limits";
	g_autoptr(Profile) scratch = profile_new();
	struct profile_limits *limits = &profile->limits;

	if (!object || !fields_object(fields, at, object, known))
		return;
	if (read_is_memory(fields, at, object))
		limits = &scratch->limits;
	limits->per_hour = fields_integer(fields, at, object, "per_hour", 1000000);
	limits->per_day = fields_integer(fields, at, object, "per_day", 1000000);
	limits->minimum_gap_s = fields_integer(fields, at, object, "minimum_gap_s", 86400);
	limits->indicators_per_report =
		fields_integer(fields, at, object, "indicators_per_report", 100000);
	limits->urls_per_domain = fields_integer(fields, at, object, "urls_per_domain", 100000);
	limits->repeat_days = fields_integer(fields, at, object, "repeat_days", 3650);
	limits->domain_days = fields_integer(fields, at, object, "domain_days", 3650);
	limits->one_indicator_per_report =
		fields_boolean(fields, at, object, "one_indicator_per_report");
	limits->api_excludes_mail = fields_boolean(fields, at, object, "api_excludes_mail");
	limits->time_zone = fields_string(
		fields, at, object, "time_zone", FIELD_OPTIONAL, field_check_time_zone);
	limits->hours =
		fields_string(fields, at, object, "hours", FIELD_OPTIONAL, field_check_hours);
	limits->days = fields_string(fields, at, object, "days", FIELD_OPTIONAL, field_check_days);
}

static void
read_expected(struct fields *fields, json_t *root, struct profile *profile)
{
	static const char *const known[] = { "acknowledgement_s", "action_s", "evidence", "source",
		"as_of", NULL };
	json_t *object = json_object_get(root, "expected");
	const char *at = "expected";

	if (!object || !fields_object(fields, at, object, known))
		return;
	if (read_is_memory(fields, at, object))
		return;
	profile->expected_ack_s =
		fields_integer(fields, at, object, "acknowledgement_s", 365 * 86400);
	profile->expected_action_s = fields_integer(fields, at, object, "action_s", 365 * 86400);
}

static void
read_words(struct fields *fields, json_t *root, struct profile *profile)
{
	profile->id = fields_string(fields, "", root, "id", FIELD_REQUIRED, field_check_id);
	profile->name = fields_string(fields, "", root, "name", FIELD_REQUIRED, field_check_line);
	profile->kind = fields_string(fields, "", root, "kind", FIELD_REQUIRED, field_check_kind);
	profile->language =
		fields_string(fields, "", root, "language", FIELD_OPTIONAL, field_check_language);
	profile->plugin = fields_string(fields, "", root, "plugin", FIELD_OPTIONAL, field_check_id);
	profile->template_name =
		fields_string(fields, "", root, "template", FIELD_OPTIONAL, field_check_id);
	profile->subject =
		fields_string(fields, "", root, "subject", FIELD_OPTIONAL, field_check_line);
	profile->notes = fields_string(fields, "", root, "notes", FIELD_OPTIONAL, field_check_text);
}

static void
check_whole(struct fields *fields, const struct profile *profile)
{
	g_autofree char *base = g_path_get_basename(fields->file);
	g_autofree char *expected = NULL;

	if (!profile->id)
		return;
	expected = g_strdup_printf("%s.json", profile->id);
	if (strcmp(base, expected) != 0)
		fields_fault(fields, "", "id", "is \"%s\", so the file must be called %s",
			profile->id, expected);
	if (fields->count == 0 && profile->channels->len == 0 && !profile->notes)
		fields_fault(fields, "", "channels",
			"is missing; a profile without channels must say in \"notes\" why");
}

struct profile *
profile_read_file(const char *file, GPtrArray *faults)
{
	static const char *const known[] = { "id", "name", "kind", "language", "plugin", "template",
		"subject", "match", "channels", "tickets", "limits", "expected", "notes", NULL };
	struct fields fields = { file, faults, 0 };
	g_autoptr(Profile) profile = profile_new();
	json_t *root = fields_load(&fields, LARGEST_PROFILE);

	profile->file = g_strdup(file);
	if (root && fields_object(&fields, "", root, known)) {
		read_words(&fields, root, profile);
		read_list(&fields, root, "match", read_match_group, profile);
		read_list(&fields, root, "channels", read_channel, profile);
		read_list(&fields, root, "tickets", read_ticket, profile);
		read_limits(&fields, root, profile);
		read_expected(&fields, root, profile);
		check_whole(&fields, profile);
	}
	json_decref(root);
	return fields.count ? NULL : g_steal_pointer(&profile);
}
