/* The host object of the JSON report: the whole result, every key always there (null = not known). */
#include "report/json_host.h"

#include "report/json_put.h"
#include "report/words.h"

#include <inttypes.h>
#include <stdio.h>

void json_host_name(struct buf *b, const struct host_result *h) {
    json_addr(b, "address", &h->addr);
    json_text(b, "given", h->given);
    json_text(b, "ptr", h->ptr);
}

static void put_evidence(struct buf *b, const struct service_result *s) {
    const struct service_evidence *e = &s->evidence;
    char hash[20];
    if (e->probe.n == 0) {
        json_null(b, "evidence");
        return;
    }
    snprintf(hash, sizeof hash, "%016" PRIx64, e->hash);
    json_open(b, "evidence", '{');
    json_text(b, "probe", e->probe);
    json_text(b, "parser", e->parser);
    json_text(b, "signature", e->signature);
    json_bool(b, "documented", e->documented);
    json_uint(b, "rtt_us", e->rtt_us);
    json_uint(b, "bytes", e->bytes);
    json_word(b, "fnv1a64", hash);
    json_close(b, '}');
}

/* What -sV found; null when the service was not asked. */
static void put_found(struct buf *b, const struct service_result *s) {
    static const char *const ends[] = {
        [SERVICE_END_NONE] = "",       [SERVICE_END_EXCLUDED] = "excluded",     [SERVICE_END_WRAPPED] = "wrapped",
        [SERVICE_END_BYTES] = "bytes", [SERVICE_END_PORT_BYTES] = "port-bytes", [SERVICE_END_HOST_BYTES] = "host-bytes",
        [SERVICE_END_TIME] = "time",   [SERVICE_END_SILENT] = "silent",         [SERVICE_END_SAMPLED] = "sampled",
        [SERVICE_END_CUT] = "cut",
    };
    if (s == NULL) {
        json_null(b, "found");
        return;
    }
    json_open(b, "found", '{');
    json_text(b, "product", s->product);
    json_text(b, "version", s->version);
    json_text(b, "extra", s->extra);
    json_text(b, "hostname", s->hostname);
    json_text(b, "os", s->os);
    json_text(b, "device", s->device);
    json_text(b, "tunnel", s->tunnel != TUNNEL_NONE ? SLICE("ssl") : (struct slice){NULL, 0});
    json_bool(b, "probed", s->probed);
    json_uint(b, "confidence", s->confidence);
    json_text(b, "ended_by", slice_of(s->end < LL_COUNT(ends) ? ends[s->end] : ""));
    json_open(b, "cpe", '[');
    for (size_t i = 0; i < s->n_cpe; i++) {
        json_text(b, NULL, s->cpe[i]);
    }
    json_close(b, ']');
    json_text(b, "fingerprint", s->print);
    put_evidence(b, s);
    json_open(b, "facts", '[');
    for (size_t i = 0; i < s->n_facts; i++) {
        json_open(b, NULL, '{');
        json_text(b, "key", s->facts[i].key);
        json_text(b, "value", s->facts[i].value);
        json_close(b, '}');
    }
    json_close(b, ']');
    json_close(b, '}');
}

static void put_ttl(struct buf *b, uint8_t ttl) {
    if (ttl > 0) {
        json_uint(b, "ttl", ttl);
    } else {
        json_null(b, "ttl");
    }
}

void json_port(struct buf *b, const struct writer_options *o, const struct host_result *h,
               const struct port_result *p) {
    json_uint(b, "port", p->port);
    json_word(b, "protocol", proto_text((enum proto)p->proto));
    json_word(b, "state", port_state_text((enum port_state)p->state));
    json_word(b, "reason", reason_text((enum reason)p->reason));
    put_ttl(b, p->ttl);
    json_addr(b, "from", words_from(h, p));
    json_text(b, "service", words_service_of(o, h, p).name);
    json_uint(b, "tries", p->tries);
}

static void put_hardware(struct buf *b, const struct host_result *h) {
    char mac[18];
    if (h->has_mac) {
        json_word(b, "mac", mac_format(h->mac, mac));
    } else {
        json_null(b, "mac");
    }
    json_text(b, "vendor", h->vendor);
}

static void put_status(struct buf *b, const struct host_result *h) {
    json_word(b, "state", host_state_text(h->state));
    json_word(b, "reason", reason_text(h->reason));
    put_ttl(b, h->ttl);
    json_addr(b, "from", &h->from);
}

static void put_rtt(struct buf *b, const struct host_result *h) {
    if (!h->timed) {
        json_null(b, "rtt");
        return;
    }
    json_open(b, "rtt", '{');
    json_uint(b, "srtt_us", h->srtt_us);
    json_uint(b, "rttvar_us", h->rttvar_us);
    json_uint(b, "timeout_us", h->timeout_us);
    json_close(b, '}');
}

static void put_hidden(struct buf *b, const struct host_result *h, const struct ignored *hidden) {
    json_open(b, "hidden", '[');
    for (size_t i = 0; i < hidden->n; i++) {
        const struct extra_ports *x = &hidden->v[i];
        json_open(b, NULL, '{');
        json_word(b, "state", port_state_text(x->state));
        json_uint(b, "count", x->count);
        json_open(b, "reasons", '[');
        for (size_t k = 0; k < x->n_reasons; k++) {
            json_open(b, NULL, '{');
            json_word(b, "reason", reason_text(x->reasons[k].reason));
            json_word(b, "protocol", proto_text(x->reasons[k].proto));
            json_uint(b, "count", x->reasons[k].count);
            buf_put_str(b, ",\"ports\":\"");
            words_ranges(b, h, x->state, &x->reasons[k]);
            buf_put_str(b, "\"");
            json_close(b, '}');
        }
        json_close(b, ']');
        json_close(b, '}');
    }
    json_close(b, ']');
}

static void put_ports(struct buf *b, const struct writer_options *o, const struct host_result *h) {
    struct ignored hidden;
    struct shown_rules rules = words_rules(o->run);
    result_ignored(h, &rules, &hidden);
    json_open(b, "ports", '[');
    for (size_t i = 0; i < h->n_ports; i++) {
        const struct port_result *p = &h->ports[i];
        if (p->state < PORT_STATE_COUNT && p->proto < PROTO_COUNT && !hidden.hidden[p->state]) {
            json_open(b, NULL, '{');
            json_port(b, o, h, p);
            put_found(b, result_service(h, p));
            json_close(b, '}');
        }
    }
    json_close(b, ']');
    put_hidden(b, h, &hidden);
}

static void put_completeness(struct buf *b, const struct host_result *h) {
    const struct completeness *c = &h->complete;
    if (!h->scanned) {
        json_null(b, "completeness");
        return;
    }
    json_open(b, "completeness", '{');
    json_bool(b, "measured", c->measured);
    if (c->measured) {
        json_float(b, "loss", c->loss);
        json_float(b, "miss_limit", c->miss_limit);
    } else {
        json_null(b, "loss");
        json_null(b, "miss_limit");
    }
    json_uint(b, "silent", c->silent);
    json_uint(b, "capped", c->capped);
    json_close(b, '}');
}

void json_host(struct buf *b, const struct writer_options *o, const struct host_result *h) {
    json_uint(b, "index", h->index);
    json_host_name(b, h);
    json_open(b, "others", '[');
    for (size_t i = 0; i < h->n_others; i++) {
        json_addr(b, NULL, &h->others[i]);
    }
    json_close(b, ']');
    put_hardware(b, h);
    put_status(b, h);
    put_rtt(b, h);
    json_time(b, "start", h->wall_start);
    json_time(b, "end", h->wall_end);
    json_bool(b, "timed_out", h->timed_out);
    json_bool(b, "scanned", h->scanned);
    json_uint(b, "not_asked", h->not_asked);
    json_uint(b, "alike", h->alike);
    put_ports(b, o, h);
    put_completeness(b, h);
}
