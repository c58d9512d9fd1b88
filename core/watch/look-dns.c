#include "watch/look-dns.h"

#include <string.h>

#include "base/log.h"
#include "base/reference.h"
#include "watch/judge.h"

/* Questions on the way at once; c-ares holds more, resolvers like it less. */
#define NAMES_AT_ONCE 200

struct lane {
	const struct look_round *round;
	struct net *net;
	const char *vantage, *control;
	guint next;
	GHashTable *running; /* of struct question * */
	gboolean has_control, has_upstream;
	GPtrArray *lies; /* of char *: addresses that it gives for a name that does not exist */
};

struct question {
	struct lane *lane;
	struct look *look;
	struct dns_answer *a, *aaaa, *ns; /* NULL: not asked or not answered yet */
	guint waiting;
};

static void *
copy_text(const void *text, void *unused G_GNUC_UNUSED)
{
	return g_strdup(text);
}

static GPtrArray *
copy_texts(GPtrArray *texts)
{
	GPtrArray *copy = g_ptr_array_copy(texts, (GCopyFunc)copy_text, NULL);

	g_ptr_array_set_free_func(copy, g_free);
	return copy;
}

/* An answer lives only as long as its callback, and the verdict needs several. */
static struct dns_answer *
copy_answer(const struct dns_answer *answer)
{
	struct dns_answer *copy = g_new0(struct dns_answer, 1);

	copy->status = answer->status;
	copy->error = g_strdup(answer->error);
	copy->addresses = copy_texts(answer->addresses);
	copy->name_servers = copy_texts(answer->name_servers);
	copy->cname = copy_texts(answer->cname);
	return copy;
}

static void
free_answer(struct dns_answer *answer)
{
	if (!answer)
		return;
	g_ptr_array_unref(answer->addresses);
	g_ptr_array_unref(answer->name_servers);
	g_ptr_array_unref(answer->cname);
	g_free(answer->error);
	g_free(answer);
}

static void
question_free(void *data)
{
	struct question *question = data;

	free_answer(question->a);
	free_answer(question->aaaa);
	free_answer(question->ns);
	g_free(question);
}

static void ask_next(struct lane *lane);

static gboolean
is_lie(const struct lane *lane, const struct dns_answer *answer)
{
	if (!answer || answer->status != DNS_OK || lane->lies->len == 0)
		return FALSE;
	for (guint i = 0; i < answer->addresses->len; i++)
		if (!g_ptr_array_find_with_equal_func(
			    lane->lies, answer->addresses->pdata[i], g_str_equal, NULL))
			return FALSE;
	return TRUE;
}

/* Some resolvers lead who asks for what is not there to a page of their own. */
static void
doubt(const struct lane *lane, struct watch_view *view)
{
	if (view->verdict != WATCH_UP)
		return;
	view->verdict = WATCH_UNKNOWN;
	g_free(view->detail);
	view->detail = g_strdup_printf("%s: so this resolver answers for names that do not exist",
		(char *)lane->lies->pdata[0]);
}

static void
add_addresses(GString *text, const struct dns_answer *answer)
{
	for (guint i = 0; answer && answer->status == DNS_OK && i < answer->addresses->len; i++) {
		const char *address = answer->addresses->pdata[i];

		g_string_append_printf(text, strchr(address, ':') ? "%s[%s]" : "%s%s",
			text->len ? "," : "", address);
	}
}

/* Whether it leads to a host; whose name servers say so is another matter. */
static gboolean
leads_somewhere(const struct question *question)
{
	struct watch_view view =
		watch_judge_dns(question->lane->round->signals, question->a, question->aaaa, NULL);
	const gboolean is_up = view.verdict == WATCH_UP;

	watch_view_clear(&view);
	return is_up;
}

/* Where a page is fetched from. */
static void
keep_addresses(const struct question *question)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct look *look = question->look;

	if (!leads_somewhere(question))
		return;
	add_addresses(text, question->a);
	add_addresses(text, question->aaaa);
	g_free(look->addresses);
	g_free(look->resolver);
	look->addresses = g_strdup(text->str);
	look->resolver = g_strdup(question->lane->vantage);
}

static void
finish(struct question *question)
{
	struct lane *lane = question->lane;
	struct watch_view view =
		watch_judge_dns(lane->round->signals, question->a, question->aaaa, question->ns);

	if (is_lie(lane, question->a))
		doubt(lane, &view);
	else if (view.verdict != WATCH_DOWN)
		keep_addresses(question);
	look_add(question->look, lane->round->at, "dns", watch_state_name(view.verdict),
		g_steal_pointer(&view.detail), lane->vantage);
	g_hash_table_remove(lane->running, question);
	ask_next(lane);
}

static void
answered(struct question *question)
{
	if (--question->waiting == 0)
		finish(question);
}

static void
on_aaaa(const struct dns_answer *answer, void *user)
{
	struct question *question = user;

	question->aaaa = copy_answer(answer);
	answered(question);
}

static void
on_a(const struct dns_answer *answer, void *user)
{
	struct question *question = user;

	question->a = copy_answer(answer);
	/* Only where the name is there without an IPv4 address can IPv6 change the verdict. */
	if (answer->status == DNS_NODATA) {
		question->waiting++;
		dns_start(question->lane->net, question->look->indicator->host, DNS_AAAA, on_aaaa,
			question);
	}
	answered(question);
}

static void
on_ns(const struct dns_answer *answer, void *user)
{
	struct question *question = user;

	question->ns = copy_answer(answer);
	answered(question);
}

static void
ask(struct lane *lane, struct look *look)
{
	struct question *question = g_new0(struct question, 1);
	const struct indicator *indicator = look->indicator;

	question->lane = lane;
	question->look = look;
	question->waiting = indicator->domain ? 2 : 1;
	g_hash_table_add(lane->running, question);
	dns_start(lane->net, indicator->host, DNS_A, on_a, question);
	if (indicator->domain)
		dns_start(lane->net, indicator->domain, DNS_NS, on_ns, question);
}

static void
ask_next(struct lane *lane)
{
	while (lane->next < lane->round->looks->len &&
		g_hash_table_size(lane->running) < NAMES_AT_ONCE) {
		struct look *look = lane->round->looks->pdata[lane->next++];

		if (!look->indicator->host_is_address)
			ask(lane, look);
	}
}

static void
on_control(const struct dns_answer *answer, void *user)
{
	struct lane *lane = user;

	lane->has_control &= answer->status == DNS_OK;
}

static void
on_nonsense(const struct dns_answer *answer, void *user)
{
	struct lane *lane = user;

	lane->has_upstream &= answer->status == DNS_OK || answer->status == DNS_NODATA ||
			      answer->status == DNS_NXDOMAIN;
	for (guint i = 0; i < answer->addresses->len; i++)
		g_ptr_array_add(lane->lies, g_strdup(answer->addresses->pdata[i]));
}

/* Whether this resolver works at all now. The control name may be in its cache; one that nobody
 * ever asked for is not. */
static gboolean
is_sound(struct lane *lane)
{
	g_autofree char *token = reference_new();
	g_autofree char *nonsense = g_strdup_printf("%s.%s", token, lane->control);

	dns_start(lane->net, lane->control, DNS_A, on_control, lane);
	dns_start(lane->net, nonsense, DNS_A, on_nonsense, lane);
	look_run(lane->round, lane->net);
	return lane->has_control && lane->has_upstream;
}

static char *
fault_of(const struct lane *lane)
{
	return g_strdup_printf("%s %s has no answer: the fault may be ours",
		lane->has_control ? "a new name below the control name" : "the control name",
		lane->control);
}

/* Everything that this resolver said now is worth nothing. */
static void
discount(struct lane *lane)
{
	for (guint i = 0; i < lane->round->looks->len; i++) {
		struct look *look = lane->round->looks->pdata[i];

		if (g_strcmp0(look->resolver, lane->vantage) == 0)
			g_clear_pointer(&look->addresses, g_free);
		for (guint k = 0; k < look->sightings->len; k++) {
			struct sighting *sighting = look->sightings->pdata[k];

			if (strcmp(sighting->vantage, lane->vantage) != 0)
				continue;
			g_free(sighting->verdict);
			g_free(sighting->detail);
			sighting->verdict = g_strdup("unknown");
			sighting->detail = fault_of(lane);
		}
	}
}

/* It was not asked, as it did not work to begin with. */
static void
tell_nothing(struct lane *lane)
{
	for (guint i = 0; i < lane->round->looks->len; i++) {
		struct look *look = lane->round->looks->pdata[i];

		if (!look->indicator->host_is_address)
			look_add(look, lane->round->at, "dns", watch_state_name(WATCH_UNKNOWN),
				fault_of(lane), lane->vantage);
	}
}

/* Who waits for two resolvers to agree must know that one of them never will. */
static void
warn(const struct lane *lane)
{
	g_autofree char *fault = fault_of(lane);

	if (!lane->has_control || !lane->has_upstream)
		log_warning("watch: resolver %s: %s; its looks tell nothing", lane->vantage, fault);
	else if (lane->lies->len)
		log_warning("watch: resolver %s answers %s for names that do not exist",
			lane->vantage, (char *)lane->lies->pdata[0]);
}

static void
ask_all(struct lane *lane)
{
	if (!is_sound(lane)) {
		tell_nothing(lane);
	} else {
		ask_next(lane);
		look_run(lane->round, lane->net);
		/* Asked last, too, so that a network lost on the way is noticed. */
		if (!is_sound(lane))
			discount(lane);
	}
	if (!look_is_stopped(lane->round))
		warn(lane);
}

gboolean
look_dns(const struct look_round *round, const char *resolver, gboolean *works, GError **error)
{
	struct net_options options;
	g_autoptr(Net) net = NULL;
	g_autoptr(GPtrArray) lies = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) running = g_hash_table_new_full(NULL, NULL, question_free, NULL);
	struct lane lane = { .round = round,
		.running = running,
		.has_control = TRUE,
		.has_upstream = TRUE,
		.lies = lies };

	look_net_options(round->config, &options);
	if (*resolver)
		options.dns_servers = resolver;
	net = net_new(&options, error);
	if (!net)
		return FALSE;
	lane.net = net;
	lane.vantage = options.dns_servers ? options.dns_servers : "system";
	lane.control = config_string(round->config, "watch", "control");
	ask_all(&lane);
	*works = lane.has_control && lane.has_upstream;
	return TRUE;
}
