#include "base/command-output.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

#define TELL_S 3
#define STEP_MS 50

struct running {
	const char *name;
	GPid pid;
	int output;
	GString *text;
	gint64 since, limit_s;
	gboolean told;
};

/* Says once that it takes long. */
static gboolean
is_over(struct running *running)
{
	const gint64 waited = (g_get_monotonic_time() - running->since) / G_USEC_PER_SEC;

	if (waited >= TELL_S && !running->told && isatty(STDERR_FILENO)) {
		log_warning("waiting for %s, at most %d s", running->name, (int)running->limit_s);
		running->told = TRUE;
	}
	return waited >= running->limit_s;
}

/* Up to the end of its output. FALSE: the time is over. */
static gboolean
read_output(struct running *running, gsize most)
{
	struct pollfd watched = { .fd = running->output, .events = POLLIN };
	char buffer[4096];

	while (!is_over(running)) {
		if (poll(&watched, 1, STEP_MS) <= 0)
			continue;
		const ssize_t got = read(running->output, buffer, sizeof buffer);

		if (got == 0 || (got < 0 && errno != EINTR))
			return TRUE;
		if (got > 0)
			g_string_append_len(running->text, buffer,
				(gssize)MIN((gsize)got, most - running->text->len));
	}
	return FALSE;
}

/* Its status; -1: the time was over, and it is ended. */
static int
wait_for_end(struct running *running, gboolean in_time)
{
	int status = 0;

	while (in_time && waitpid(running->pid, &status, WNOHANG) == 0) {
		in_time = !is_over(running);
		g_usleep(1000);
	}
	if (in_time)
		return status;
	kill(running->pid, SIGKILL);
	while (waitpid(running->pid, &status, 0) < 0 && errno == EINTR)
		;
	return -1;
}

char *
command_output(const char *name, const char *line, gsize most, gint64 limit_s, GError **error)
{
	struct running running = { .name = name, .limit_s = limit_s };
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GString) text = g_string_new(NULL);
	int status;

	running.since = g_get_monotonic_time();
	running.text = text;
	if (!g_shell_parse_argv(line, NULL, &arguments, error) ||
		!g_spawn_async_with_pipes(NULL, arguments, NULL,
			G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN |
				G_SPAWN_DO_NOT_REAP_CHILD,
			NULL, NULL, &running.pid, NULL, &running.output, NULL, error))
		return NULL;
	status = wait_for_end(&running, read_output(&running, most));
	close(running.output);
	if (status == -1) {
		g_set_error(error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED,
			"it has not ended within %d s: run it by hand to see what it waits for",
			(int)limit_s);
		return NULL;
	}
	if (!g_spawn_check_wait_status(status, error))
		return NULL;
	return g_strdup(text->str);
}
