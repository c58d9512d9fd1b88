/* What is stored, as JSON objects: the keys are a contract. */
#pragma once

#include <jansson.h>

#include "model/profile.h"
#include "plugin/host.h"
#include "store/store.h"

json_t *case_json(const struct abuse_case *abuse_case);
json_t *indicator_json(const struct indicator *indicator);
json_t *route_json(const struct route *route, const struct indicator *indicator);
json_t *report_json(const struct report *report);
json_t *reply_json(const struct reply *reply);
json_t *sighting_json(const struct sighting *sighting);
json_t *event_json(const struct event *event);
json_t *profile_json(const struct profile *profile);
json_t *plugin_json(const struct plugin *plugin);
