/* Cassandra: OPTIONS, answered with SUPPORTED before any login (CQL binary protocol v4, 4.1.3, 4.2.4). */
#include "proto/bits.h"
#include "proto/parser.h"

static void cassandra_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\4\0\0\0\5\0\0\0\0"));
}

#define HEAD 9
#define BODY_MAX 4096

static struct slice text(struct rd *r) {
    uint16_t n = rd_u16(r);
    const uint8_t *p = rd_bytes(r, n);
    return p ? (struct slice){(const char *)p, n} : (struct slice){0};
}

/* A map of lists of texts. */
static bool supported(struct rd *r, struct facts *out) {
    uint16_t n = rd_u16(r);
    bool cql = false;
    for (unsigned i = 0; i < n && !r->bad; i++) {
        struct slice name = text(r);
        uint16_t values = rd_u16(r);
        bool is_cql = slice_eq(name, SLICE("CQL_VERSION"));
        for (unsigned k = 0; k < values && !r->bad; k++) {
            struct slice value = text(r);
            if (is_cql && !r->bad)
                facts_put(out, "cassandra.cql", value);
            else if (slice_eq(name, SLICE("PROTOCOL_VERSIONS")) && !r->bad)
                facts_put(out, "cassandra.protocol", value);
        }
        cql = cql || is_cql;
    }
    return cql && !r->bad;
}

static bool cassandra_recognise(struct slice in) {
    struct rd r = rd_of(in.p, in.n);
    uint8_t version = rd_u8(&r);
    rd_skip(&r, 3);
    uint8_t opcode = rd_u8(&r);
    uint32_t n = rd_u32(&r);
    return !r.bad && version >= 0x83 && version <= 0x86 && opcode == 6 && n <= BODY_MAX && in.n == HEAD + n &&
           slice_has_exact(in, SLICE("CQL_VERSION"));
}

static enum parse cassandra_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct rd r = rd_of(in.p, in.n);
    uint8_t version = rd_u8(&r), flags = rd_u8(&r);
    uint16_t stream = rd_u16(&r);
    uint8_t opcode = rd_u8(&r);
    uint32_t n = rd_u32(&r);
    if (in.n && (version < 0x83 || version > 0x86))
        return PARSE_NOT;
    if (r.bad)
        return end ? PARSE_NOT : PARSE_MORE;
    if (flags & 0xe0 || stream != 0 || (opcode != 6 && opcode != 0) || n < 6 || n > BODY_MAX)
        return PARSE_NOT;
    if (r.n < n)
        return end ? PARSE_NOT : PARSE_MORE;
    struct rd body = rd_sub(&r, n);
    if (opcode == 6)
        return supported(&body, out) ? PARSE_DONE : PARSE_NOT;
    uint32_t code = rd_u32(&body);
    struct slice message = text(&body);
    if (body.bad || code != 10 || !bits_is_text(message, true))
        return PARSE_NOT; /* only a protocol error can come: too old for version 4 */
    facts_put(out, "cassandra.error", message);
    return PARSE_DONE;
}

static const uint16_t cassandra_ports[] = {9042, 0};
static const uint16_t cassandra_tls_ports[] = {9142, 0};

static const struct parser_key cassandra_keys[] = {{"cassandra.cql", "version of CQL"},
                                                   {"cassandra.protocol", "version of the binary protocol"},
                                                   {"cassandra.error", "why not"},
                                                   {NULL, NULL}};

const struct parser parser_cassandra = {
    .name = "cassandra",
    .service = "cassandra",
    .source = "CQL binary protocol v4",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 7,
    .ports = cassandra_ports,
    .tls_ports = cassandra_tls_ports,
    .keys = cassandra_keys,
    .recognise = cassandra_recognise,
    .hello = cassandra_hello,
    .read = cassandra_read,
};
