/* Results of service detection: copies, and the text of the VERSION column. */
#include "model/service.h"

#include "base/buf.h"

#include <string.h>

static bool copy_slice(struct arena *a, struct slice *s) {
    if (!s->n) {
        *s = (struct slice){0};
        return true;
    }
    *s = arena_copy(a, *s);
    return s->p != NULL;
}

static bool copy_facts(struct arena *a, struct service_result *s) {
    struct service_fact *copy = s->n_facts ? arena_array(a, s->n_facts, sizeof *copy) : NULL;
    if (s->n_facts && !copy)
        return false;
    for (size_t i = 0; i < s->n_facts; i++) {
        copy[i] = s->facts[i];
        if (!copy_slice(a, &copy[i].key) || !copy_slice(a, &copy[i].value))
            return false;
    }
    s->facts = copy;
    return true;
}

static bool copy_one(struct arena *a, struct service_result *s) {
    struct slice *const texts[] = {
        &s->name,   &s->product, &s->version,        &s->extra,           &s->hostname,          &s->os,
        &s->device, &s->print,   &s->evidence.probe, &s->evidence.parser, &s->evidence.signature};
    for (size_t i = 0; i < LL_COUNT(texts); i++)
        if (!copy_slice(a, texts[i]))
            return false;
    for (size_t i = 0; i < s->n_cpe; i++)
        if (!copy_slice(a, &s->cpe[i]))
            return false;
    return copy_facts(a, s);
}

struct service_result *service_results_copy(struct arena *a, const struct service_result *v, size_t n) {
    struct service_result *copy = arena_array(a, n, sizeof *v);
    if (!copy)
        return NULL;
    memcpy(copy, v, n * sizeof *v);
    for (size_t i = 0; i < n; i++)
        if (!copy_one(a, &copy[i]))
            return NULL;
    return copy;
}

static const char *end_text(const struct service_result *s) {
    switch ((enum service_end)s->end) {
    case SERVICE_END_EXCLUDED:
        return "Excluded from version scan";
    case SERVICE_END_BYTES:
        return "(answer without end: given up)";
    case SERVICE_END_PORT_BYTES:
        return "(too many bytes from this port: given up)";
    case SERVICE_END_HOST_BYTES:
        return "(too many bytes from this host: given up)";
    case SERVICE_END_TIME:
        return "(tarpit? answers too slowly: given up)";
    case SERVICE_END_SILENT:
        return "(silent: no answer to any question)";
    case SERVICE_END_SAMPLED:
        return "(not asked: this host answers alike on every port)";
    case SERVICE_END_CUT:
        return "(not finished)";
    case SERVICE_END_NONE:
    case SERVICE_END_WRAPPED:
        break;
    }
    return "";
}

void service_version_text(struct buf *b, const struct service_result *s) {
    size_t start = b->n;
    buf_put(b, s->product);
    if (s->version.n) {
        buf_put_str(b, b->n > start ? " " : "");
        buf_put(b, s->version);
    }
    if (s->extra.n) {
        buf_put_str(b, b->n > start ? " (" : "(");
        buf_put(b, s->extra);
        buf_put_char(b, ')');
    }
    const char *end = end_text(s);
    if (*end) {
        buf_put_str(b, b->n > start ? " " : "");
        buf_put_str(b, end);
    }
}
