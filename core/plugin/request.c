/* Requests as the store keeps them. */
#include "plugin/call.h"

#include <jansson.h>
#include <string.h>

#include "plugin/error.h"
#include "plugin/handover.h"

void
plugin_request_free(struct plugin_request *request)
{
	if (!request)
		return;
	g_free(request->method);
	g_free(request->url);
	g_free(request->body);
	g_free(request->idempotency_key);
	g_free(request->aws_sigv4);
	g_free(request->username);
	g_free(request->password);
	g_ptr_array_unref(request->headers);
	g_free(request);
}

static void
put(json_t *object, const char *name, const char *value)
{
	if (value)
		json_object_set_new(object, name, json_string(value));
}

char *
plugin_request_to_json(const struct plugin_request *request)
{
	json_t *object = json_object();
	json_t *headers = json_array();

	put(object, "method", request->method);
	put(object, "url", request->url);
	for (guint i = 0; i < request->headers->len; i++)
		json_array_append_new(headers, json_string(request->headers->pdata[i]));
	json_object_set_new(object, "headers", headers);
	put(object, "body", request->body);
	put(object, "idempotency_key", request->idempotency_key);
	put(object, "aws_sigv4", request->aws_sigv4);
	put(object, "username", request->username);
	put(object, "password", request->password);
	json_object_set_new(object, "safe_to_repeat", json_boolean(request->safe_to_repeat));
	char *dump = json_dumps(object, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	char *text = g_strdup(dump);

	free(dump);
	json_decref(object);
	return text;
}

static char *
get(const json_t *object, const char *name)
{
	return g_strdup(json_string_value(json_object_get(object, name)));
}

struct plugin_request *
plugin_request_from_json(const char *json, gsize length, GError **error)
{
	json_error_t fault;
	json_t *object = json_loadb(json, length, 0, &fault);

	if (!json_is_object(object)) {
		g_set_error(error, PLUGIN_ERROR, 0, "the stored request is no JSON object: %s",
			object ? "it is something else" : fault.text);
		json_decref(object);
		return NULL;
	}
	struct plugin_request *request = g_new0(struct plugin_request, 1);
	json_t *headers = json_object_get(object, "headers");

	request->headers = g_ptr_array_new_with_free_func(g_free);
	request->method = get(object, "method");
	request->url = get(object, "url");
	request->body = get(object, "body");
	request->idempotency_key = get(object, "idempotency_key");
	request->aws_sigv4 = get(object, "aws_sigv4");
	request->username = get(object, "username");
	request->password = get(object, "password");
	request->safe_to_repeat = json_is_true(json_object_get(object, "safe_to_repeat"));
	for (gsize i = 0; i < json_array_size(headers); i++) {
		const char *line = json_string_value(json_array_get(headers, i));

		if (line)
			g_ptr_array_add(request->headers, g_strdup(line));
	}
	json_decref(object);
	/* What was stored is checked again: a store is a file, too. */
	if (handover_check_request(request, error))
		return request;
	plugin_request_free(request);
	return NULL;
}
