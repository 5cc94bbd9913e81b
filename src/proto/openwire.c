/* OpenWire: the WIREFORMAT_INFO with which ActiveMQ greets (Apache ActiveMQ, "OpenWire Version 2 Specification"):
 * magic, version, a map of properties. */
#include "proto/bits.h"
#include "proto/parser.h"

#define FRAME_MAX 4096
#define MAGIC_AT 5

static struct slice short_text(struct rd *r) {
    uint16_t n = rd_u16(r);
    const uint8_t *p = rd_bytes(r, n);
    return p ? (struct slice){(const char *)p, n} : (struct slice){0};
}

static const struct property {
    const char *name, *key;
} known[] = {{"ProviderName", "openwire.provider"},
             {"ProviderVersion", "openwire.provider_version"},
             {"PlatformDetails", "openwire.platform"}};

/* Name, kind, value; kinds and sizes of the primitive map. */
static void properties(struct rd r, struct facts *out) {
    static const unsigned char sizes[] = {0, 1, 1, 2, 2, 4, 8, 8, 4};
    uint32_t n = rd_u32(&r);
    for (uint32_t i = 0; i < n && !r.bad; i++) {
        struct slice name = short_text(&r);
        uint8_t kind = rd_u8(&r);
        if (kind < LL_COUNT(sizes)) {
            rd_skip(&r, sizes[kind]);
            continue;
        }
        if (kind != 9)
            return;
        struct slice value = short_text(&r);
        for (size_t k = 0; !r.bad && k < LL_COUNT(known); k++)
            if (slice_eq(name, slice_of(known[k].name)))
                facts_put(out, known[k].key, value);
    }
}

static bool openwire_recognise(struct slice in) {
    struct rd r = rd_of(in.p, in.n);
    uint32_t size = rd_u32(&r);
    uint8_t type = rd_u8(&r);
    return !r.bad && size > 12 && size <= FRAME_MAX && type == 1 &&
           slice_starts(slice_skip(in, MAGIC_AT), SLICE("ActiveMQ"));
}

static enum parse openwire_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct rd r = rd_of(in.p, in.n);
    uint32_t size = rd_u32(&r);
    if (in.n < MAGIC_AT + 8) {
        bool possible = in.n < 5 || in.p[4] == 1;
        return possible && !end && (in.n == 0 || in.p[0] == 0) ? PARSE_MORE : PARSE_NOT;
    }
    if (!openwire_recognise(in))
        return PARSE_NOT;
    if (r.n < size)
        return end ? PARSE_NOT : PARSE_MORE;
    struct rd body = rd_sub(&r, size);
    rd_skip(&body, 1 + 8);
    uint32_t version = rd_u32(&body);
    uint8_t present = rd_u8(&body);
    facts_put_u64(out, "openwire.version", version);
    rd_skip(&body, 4); /* bytes of the map */
    if (!body.bad && present)
        properties(body, out);
    return PARSE_DONE;
}

static const uint16_t openwire_ports[] = {61616, 0};
static const uint16_t openwire_tls_ports[] = {61617, 0};

static const struct parser_key openwire_keys[] = {{"openwire.version", "version of the protocol"},
                                                  {"openwire.provider", "ActiveMQ"},
                                                  {"openwire.provider_version", "its version"},
                                                  {"openwire.platform", "Java and system"},
                                                  {NULL, NULL}};

const struct parser parser_openwire = {
    .name = "openwire",
    .service = "openwire",
    .source = "OpenWire Version 2 Specification",
    .transports = PARSER_TCP | PARSER_TLS,
    .greets = true,
    .rarity = 2,
    .ports = openwire_ports,
    .tls_ports = openwire_tls_ports,
    .keys = openwire_keys,
    .recognise = openwire_recognise,
    .read = openwire_read,
};
