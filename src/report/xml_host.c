/* <host> as readers of Nmap's XML expect it: order of elements and attributes, and where the lines end, are part of the
 * contract (docs/formats/xml.md), because many readers are not XML parsers. */
#include "report/xml_host.h"

#include "base/text.h"
#include "report/words.h"

#include <inttypes.h>

void xml_attribute(struct buf *b, const char *name, struct slice value) {
    buf_printf(b, " %s=\"", name);
    text_xml(b, value);
    buf_put_char(b, '"');
}

static void put_status(struct buf *b, const struct host_result *h) {
    buf_printf(b, "<status state=\"%s\" reason=\"%s\" reason_ttl=\"%u\"/>\n", host_state_text(h->state),
               reason_text(h->reason), h->ttl);
}

/* Without the IPv6 zone: readers hand the attribute to address parsers that do not know zones. */
static void put_ip(struct buf *b, const struct addr *a) {
    char ip[ADDR_TEXT_MAX];
    struct addr plain = *a;
    plain.zone = 0;
    buf_put_str(b, addr_format(&plain, ip));
}

static void put_addresses(struct buf *b, const struct host_result *h) {
    char mac[18];
    buf_put_str(b, "<address addr=\"");
    put_ip(b, &h->addr);
    buf_printf(b, "\" addrtype=\"%s\"/>\n", h->addr.family == ADDR_V6 ? "ipv6" : "ipv4");
    if (h->has_mac) {
        buf_printf(b, "<address addr=\"%s\" addrtype=\"mac\"", mac_format(h->mac, mac));
        if (h->vendor.n > 0) {
            xml_attribute(b, "vendor", h->vendor);
        }
        buf_put_str(b, "/>\n");
    }
}

static void put_hostname(struct buf *b, struct slice name, const char *type) {
    if (name.n > 0) {
        buf_put_str(b, "<hostname");
        xml_attribute(b, "name", name);
        buf_printf(b, " type=\"%s\"/>\n", type);
    }
}

/* An empty list keeps its newline: a reader in use fails on <hostnames/>. */
static void put_hostnames(struct buf *b, const struct host_result *h) {
    buf_put_str(b, "<hostnames>\n");
    put_hostname(b, h->given, "user");
    put_hostname(b, h->ptr, "PTR");
    buf_put_str(b, "</hostnames>\n");
}

static void put_extraports(struct buf *b, const struct host_result *h, const struct extra_ports *x) {
    buf_printf(b, "<extraports state=\"%s\" count=\"%" PRIu32 "\">\n", port_state_text(x->state), x->count);
    for (size_t i = 0; i < x->n_reasons; i++) {
        const struct extra_reason *r = &x->reasons[i];
        buf_printf(b, "<extrareasons reason=\"%s\" count=\"%" PRIu32 "\" proto=\"%s\" ports=\"", reason_text(r->reason),
                   r->count, proto_text(r->proto));
        words_ranges(b, h, x->state, r);
        buf_put_str(b, "\"/>\n");
    }
    buf_put_str(b, "</extraports>\n");
}

static void put_given(struct buf *b, const char *name, struct slice value) {
    if (value.n > 0) {
        xml_attribute(b, name, value);
    }
}

/* What the DTD has no place for: why the service is not known, and on what the finding rests. */
static void put_service_facts(struct buf *b, const struct service_result *s) {
    struct buf text;
    buf_init(&text, 1024);
    service_version_text(&text, &(struct service_result){.end = s->end});
    if (text.n > 0) {
        buf_put_str(b, "<script id=\"x-leadline-service\"");
        xml_attribute(b, "output", buf_slice(&text));
        buf_put_str(b, "/>");
    }
    buf_finish(&text);
}

/* What was found beside the service's name: as lines for readers that only show `output`, and one by one. */
static void put_found_facts(struct buf *b, const struct service_result *s) {
    struct buf text;
    if (s->n_facts == 0) {
        return;
    }
    buf_init(&text, SERVICE_FACTS_MAX * 2 * SERVICE_TEXT_MAX);
    for (size_t i = 0; i < s->n_facts; i++) {
        buf_put_str(&text, i > 0 ? "\n" : "");
        buf_put(&text, s->facts[i].key);
        buf_put_str(&text, ": ");
        buf_put(&text, s->facts[i].value);
    }
    buf_put_str(b, "<script id=\"x-leadline-facts\"");
    xml_attribute(b, "output", buf_slice(&text));
    buf_put_char(b, '>');
    buf_finish(&text);
    for (size_t i = 0; i < s->n_facts; i++) {
        buf_put_str(b, "<elem");
        xml_attribute(b, "key", s->facts[i].key);
        buf_put_char(b, '>');
        text_xml(b, s->facts[i].value);
        buf_put_str(b, "</elem>");
    }
    buf_put_str(b, "</script>");
}

/* The order of the attributes is part of the contract: a reader in use takes name, product and version by their order.
 */
static void put_service(struct buf *b, const struct writer_options *o, const struct host_result *h,
                        const struct port_result *p) {
    struct words_service_facts f = words_service_of(o, h, p);
    const struct service_result *s = f.found;
    buf_put_str(b, "<service");
    xml_attribute(b, "name", f.name.n > 0 ? f.name : SLICE("unknown"));
    if (s == NULL) {
        buf_put_str(b, " method=\"table\" conf=\"3\"/>");
        return;
    }
    put_given(b, "product", s->product);
    put_given(b, "version", s->version);
    put_given(b, "extrainfo", s->extra);
    put_given(b, "hostname", s->hostname);
    put_given(b, "ostype", s->os);
    put_given(b, "devicetype", s->device);
    put_given(b, "servicefp", s->print);
    buf_printf(b, "%s method=\"%s\" conf=\"%u\"", f.ssl ? " tunnel=\"ssl\"" : "", s->probed ? "probed" : "table",
               s->confidence);
    buf_put_str(b, s->n_cpe > 0 ? ">" : "/>");
    for (size_t i = 0; i < s->n_cpe; i++) {
        buf_put_str(b, "<cpe>");
        text_xml(b, s->cpe[i]);
        buf_put_str(b, "</cpe>");
    }
    buf_put_str(b, s->n_cpe > 0 ? "</service>" : "");
    put_service_facts(b, s);
    put_found_facts(b, s);
}

/* A <service> always: readers in use drop or fail on ports without one. */
static void put_port(struct buf *b, const struct writer_options *o, const struct host_result *h,
                     const struct port_result *p) {
    const struct addr *from = words_from(h, p);
    buf_printf(b, "<port protocol=\"%s\" portid=\"%u\"><state state=\"%s\" reason=\"%s\" reason_ttl=\"%u\"",
               proto_text((enum proto)p->proto), p->port, port_state_text((enum port_state)p->state),
               reason_text((enum reason)p->reason), p->ttl);
    if (from != NULL) {
        buf_put_str(b, " reason_ip=\"");
        put_ip(b, from);
        buf_put_char(b, '"');
    }
    buf_put_str(b, "/>");
    put_service(b, o, h, p);
    buf_put_str(b, "</port>\n");
}

static void put_ports(struct buf *b, const struct writer_options *o, const struct host_result *h) {
    struct ignored hidden;
    struct shown_rules rules = words_rules(o->run);
    result_ignored(h, &rules, &hidden);
    buf_put_str(b, "<ports>");
    for (size_t i = 0; i < hidden.n; i++) {
        put_extraports(b, h, &hidden.v[i]);
    }
    for (size_t i = 0; i < h->n_ports; i++) {
        const struct port_result *p = &h->ports[i];
        if (p->state < PORT_STATE_COUNT && p->proto < PROTO_COUNT && !hidden.hidden[p->state]) {
            put_port(b, o, h, p);
        }
    }
    buf_put_str(b, "</ports>\n");
}

/* Facts that the DTD has no place for stand in script elements: the one extension that no reader stumbles over. */
static void put_completeness(struct buf *b, const struct completeness *c) {
    buf_put_str(b, "<script id=\"x-leadline-completeness\" output=\"");
    struct buf sentence;
    buf_init(&sentence, 1024);
    words_completeness(&sentence, c);
    text_xml(b, buf_slice(&sentence));
    buf_finish(&sentence);
    buf_printf(b, "\"><elem key=\"measured\">%s</elem>\n", c->measured ? "true" : "false");
    if (c->measured) {
        buf_printf(b, "<elem key=\"loss\">%.6g</elem>\n<elem key=\"miss_limit\">%.3g</elem>\n", c->loss, c->miss_limit);
    }
    buf_printf(b, "<elem key=\"silent\">%" PRIu32 "</elem>\n<elem key=\"capped\">%" PRIu32 "</elem>\n", c->silent,
               c->capped);
    buf_put_str(b, "</script>");
}

static void put_sampled(struct buf *b, const struct host_result *h) {
    buf_put_str(b, "<script id=\"x-leadline-sampled\" output=\"");
    struct buf sentence;
    buf_init(&sentence, 1024);
    words_sampled(&sentence, h);
    text_xml(b, buf_slice(&sentence));
    buf_finish(&sentence);
    buf_printf(b, "\"><elem key=\"not_asked\">%" PRIu32 "</elem>\n</script>", h->not_asked);
}

static void put_alike(struct buf *b, const struct host_result *h) {
    struct buf sentence;
    buf_init(&sentence, 1024);
    words_alike(&sentence, h);
    buf_put_str(b, "<script id=\"x-leadline-alike\"");
    xml_attribute(b, "output", buf_slice(&sentence));
    buf_finish(&sentence);
    buf_printf(b, "><elem key=\"not_listed\">%" PRIu32 "</elem>\n</script>", h->alike);
}

static void put_facts(struct buf *b, const struct writer_options *o, const struct host_result *h) {
    bool completeness = o->run->debug > 0 || h->complete.capped > 0;
    if (!completeness && h->not_asked == 0 && h->alike == 0) {
        return;
    }
    buf_put_str(b, "<hostscript>");
    if (completeness) {
        put_completeness(b, &h->complete);
    }
    if (h->not_asked > 0) {
        put_sampled(b, h);
    }
    if (h->alike > 0) {
        put_alike(b, h);
    }
    buf_put_str(b, "</hostscript>\n");
}

static void put_host_open(struct buf *b, const struct host_result *h) {
    buf_put_str(b, "<host");
    if (h->scanned && h->wall_start != 0) {
        buf_printf(b, " starttime=\"%" PRId64 "\" endtime=\"%" PRId64 "\"", h->wall_start, h->wall_end);
    }
    buf_put_str(b, h->timed_out ? " timedout=\"true\">" : ">");
}

void xml_host(struct buf *b, const struct writer_options *o, const struct host_result *h) {
    put_host_open(b, h);
    put_status(b, h);
    put_addresses(b, h);
    if (h->state == HOST_UP || h->given.n > 0 || h->ptr.n > 0) {
        put_hostnames(b, h);
    }
    if (h->scanned && h->n_ports > 0) {
        put_ports(b, o, h);
        put_facts(b, o, h);
    }
    if (h->timed) {
        buf_printf(b, "<times srtt=\"%" PRIu32 "\" rttvar=\"%" PRIu32 "\" to=\"%" PRIu32 "\"/>\n", h->srtt_us,
                   h->rttvar_us, h->timeout_us);
    }
    buf_put_str(b, "</host>\n");
}

void xml_hosthint(struct buf *b, const struct host_result *h) {
    buf_put_str(b, "<hosthint>");
    put_status(b, h);
    put_addresses(b, h);
    put_hostnames(b, h);
    buf_put_str(b, "</hosthint>\n");
}
