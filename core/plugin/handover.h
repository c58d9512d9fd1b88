/* What a plugin hands over, checked and copied. Each gives NULL or FALSE and error when refused. */
#pragma once

#include "plugin/call.h"

gboolean handover_check_request(const struct plugin_request *request, GError **error);
/* plugin: whose secrets the request may name. Free with plugin_request_free(). */
struct plugin_request *
handover_request(const struct abate_http *from, const char *plugin, GError **error);
struct plugin_mail *handover_mail(const struct abate_mail *from, GError **error);
void handover_mail_free(gpointer mail);
struct plugin_packet *handover_packet(const struct abate_packet *from, GError **error);
void handover_packet_free(gpointer packet);
/* Copies the verdict into result. */
gboolean
handover_verdict(const struct abate_verdict *from, struct plugin_result *result, GError **error);
