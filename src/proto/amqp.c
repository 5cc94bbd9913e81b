/* AMQP 0-9-1: the protocol header, answered by Connection.Start with the server's properties (AMQP 0-9-1 specification,
 * 2.3.5, 4.2, 1.4.2.1). A server of another version answers with a header of its own and closes. */
#include "proto/bits.h"
#include "proto/parser.h"

#define FRAME_MAX 16384
#define FRAME_HEAD 7
#define FRAME_END 0xce

static void amqp_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("AMQP\x00\x00\x09\x01"));
}

static const struct property {
    const char *name, *key;
} properties[] = {{"product", "amqp.product"},
                  {"version", "amqp.version"},
                  {"platform", "amqp.platform"},
                  {"cluster_name", "amqp.cluster_name"},
                  {"information", "amqp.information"},
                  {"copyright", "amqp.copyright"},
                  {"instance", "amqp.instance"},
                  {"qpid.build", "amqp.build"},
                  {"qpid.instance_name", "amqp.instance"}};

static struct slice long_string(struct rd *r) {
    uint32_t n = rd_u32(r);
    const uint8_t *p = rd_bytes(r, n);
    return p ? (struct slice){(const char *)p, n} : (struct slice){0};
}

/* Bytes of a field's value by its type (4.2.5.5 and the errata as brokers speak them); 255: its length stands first. */
static unsigned value_size(uint8_t type) {
    switch (type) {
    case 't':
    case 'b':
    case 'B':
        return 1;
    case 's':
    case 'U':
    case 'u':
        return 2;
    case 'I':
    case 'i':
    case 'f':
        return 4;
    case 'D':
        return 5;
    case 'L':
    case 'l':
    case 'd':
    case 'T':
        return 8;
    case 'V':
        return 0;
    default:
        return 255;
    }
}

static bool table(struct rd r, struct facts *out) {
    while (r.n && !r.bad) {
        uint8_t n = rd_u8(&r);
        const uint8_t *name = rd_bytes(&r, n);
        uint8_t type = rd_u8(&r);
        if (r.bad)
            break;
        unsigned size = value_size(type);
        if (size != 255) {
            rd_skip(&r, size);
            continue;
        }
        if (type != 'S' && type != 'F' && type != 'A' && type != 'x')
            return false;
        struct slice value = long_string(&r), key = {(const char *)name, n};
        for (size_t i = 0; type == 'S' && !r.bad && out && i < LL_COUNT(properties); i++)
            if (slice_eq(key, slice_of(properties[i].name)))
                facts_put(out, properties[i].key, value);
    }
    return !r.bad;
}

/* Method 10.10 on channel 0. `whole` false: fits so far. */
static bool start(struct slice in, bool *whole, struct facts *out) {
    struct rd r = rd_of(in.p, in.n);
    uint8_t type = rd_u8(&r);
    uint16_t channel = rd_u16(&r);
    uint32_t size = rd_u32(&r);
    *whole = false;
    if (r.bad)
        return in.n == 0 || in.p[0] == 1;
    if (type != 1 || channel != 0 || size < 12 || size > FRAME_MAX)
        return false;
    if (r.n < size + 1U)
        return true;
    *whole = true;
    if ((uint8_t)in.p[FRAME_HEAD + size] != FRAME_END)
        return false;
    struct rd body = rd_sub(&r, size);
    uint16_t class_id = rd_u16(&body), method = rd_u16(&body);
    uint8_t major = rd_u8(&body), minor = rd_u8(&body);
    uint32_t n = rd_u32(&body);
    struct rd props = rd_sub(&body, n);
    struct slice mechanisms = long_string(&body);
    (void)long_string(&body); /* locales */
    if (body.bad || class_id != 10 || method != 10 || !table(props, out))
        return false;
    if (out) {
        char version[16];
        snprintf(version, sizeof version, "%u.%u", major, minor);
        facts_put_str(out, "amqp.protocol", version);
        facts_put(out, "amqp.mechanisms", mechanisms);
    }
    return true;
}

/* "AMQP", protocol id (0, 1; 2 = TLS, 3 = SASL before it), version in three bytes. */
static bool header(struct slice in, struct facts *out) {
    if (in.n < 8 || !slice_starts(in, SLICE("AMQP")) || (uint8_t)in.p[4] > 3 || (uint8_t)in.p[5] > 1 ||
        (uint8_t)in.p[6] > 10 || (uint8_t)in.p[7] > 10)
        return false;
    if (slice_eq(slice_sub(in, 0, 8), SLICE("AMQP\x00\x00\x09\x01")))
        return false; /* our own, sent back */
    if (out) {
        char version[24];
        snprintf(version, sizeof version, "%u.%u.%u", (unsigned)in.p[5], (unsigned)in.p[6], (unsigned)in.p[7]);
        facts_put_str(out, "amqp.header", version);
        facts_put_u64(out, "amqp.header_id", (uint8_t)in.p[4]);
    }
    return true;
}

static bool amqp_recognise(struct slice in) {
    bool whole;
    return (in.n == 8 && header(in, NULL)) || (start(in, &whole, NULL) && whole);
}

static enum parse amqp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    bool whole;
    if (in.n && in.p[0] == 'A') {
        if (in.n < 8)
            return end ? PARSE_NOT : PARSE_MORE;
        return header(in, out) ? PARSE_DONE : PARSE_NOT;
    }
    if (!start(in, &whole, out))
        return PARSE_NOT;
    if (!whole)
        return end ? PARSE_NOT : PARSE_MORE;
    return PARSE_DONE;
}

static const uint16_t amqp_ports[] = {5672, 0};
static const uint16_t amqp_tls_ports[] = {5671, 0};

static const struct parser_key amqp_keys[] = {{"amqp.protocol", "version of Connection.Start: 0.9"},
                                              {"amqp.product", "product"},
                                              {"amqp.version", "its version"},
                                              {"amqp.platform", "what it runs on: Erlang/OTP 25 ..."},
                                              {"amqp.cluster_name", "name of the cluster"},
                                              {"amqp.information", "where to read of it"},
                                              {"amqp.copyright", "copyright"},
                                              {"amqp.instance", "name of the instance"},
                                              {"amqp.build", "build"},
                                              {"amqp.mechanisms", "SASL mechanisms"},
                                              {"amqp.header", "version that the server wants instead"},
                                              {"amqp.header_id", "protocol id of that header"},
                                              {NULL, NULL}};

const struct parser parser_amqp = {
    .name = "amqp",
    .service = "amqp",
    .source = "AMQP 0-9-1 specification",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 4,
    .ports = amqp_ports,
    .tls_ports = amqp_tls_ports,
    .keys = amqp_keys,
    .recognise = amqp_recognise,
    .hello = amqp_hello,
    .read = amqp_read,
};
