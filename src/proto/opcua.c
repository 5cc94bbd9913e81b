/* OPC UA over TCP: Hello, answered by Acknowledge or by an error (OPC 10000-6, 7.1.2). No channel is opened. Numbers
 * are little-endian. */
#include "proto/binary.h"
#include "proto/lines.h"

#define HEAD 8
#define ACKNOWLEDGE 28        /* bytes of the whole message */
#define ERROR_MAX (16 + 4096) /* 7.1.2.5: the reason is shorter than 4096 bytes */

static void put_u32(struct buf *ask, size_t v) {
    for (unsigned i = 0; i < 4; i++)
        buf_put_char(ask, (char)(uint8_t)(v >> (8 * i)));
}

static void opcua_hello(struct dialogue *d, struct buf *ask) {
    bool v6 = slice_find(d->peer->host, ':') < d->peer->host.n;
    char port[16];
    int digits = snprintf(port, sizeof port, ":%u", d->peer->port);
    size_t url = SLICE("opc.tcp://").n + d->peer->host.n + (v6 ? 2 : 0) + (size_t)digits;
    buf_put(ask, SLICE("HELF"));
    put_u32(ask, HEAD + 5 * 4 + 4 + url);
    /* version, what is received and sent at a time, longest answer and most chunks: no limit */
    buf_put(ask, SLICE("\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00"));
    put_u32(ask, url);
    buf_printf(ask, "opc.tcp://%s" SLICE_FMT "%s%s", v6 ? "[" : "", SLICE_ARG(d->peer->host), v6 ? "]" : "", port);
}

/* The message's length, once it is known; false: this is none. */
static bool length(struct slice in, bool *error, size_t *n) {
    static const struct slice ack = {"ACKF", 4}, err = {"ERRF", 4};
    struct slice head = slice_sub(in, 0, 4);
    *error = in.n > 0 && in.p[0] == 'E';
    struct rd r = rd_from(slice_skip(in, 4));
    *n = (size_t)rd_little(&r, 4);
    if (!slice_starts(*error ? err : ack, head))
        return false;
    if (r.bad)
        *n = HEAD;
    else if (*error ? *n < 16 || *n > ERROR_MAX : *n != ACKNOWLEDGE)
        return false;
    return true;
}

static bool opcua_recognise(struct slice in) {
    bool error;
    size_t n;
    if (in.n < 16 || !length(in, &error, &n) || in.n != n)
        return false;
    struct rd r = rd_from(slice_skip(in, HEAD));
    uint64_t first = rd_little(&r, 4), second = rd_little(&r, 4);
    if (error) /* a bad StatusCode (OPC 10000-4, 7.39) and the length of the reason, which may be null */
        return first >> 30 == 2 && (second == UINT32_MAX || second == n - 16);
    return first <= 16 && second >= 1024; /* version, buffer (7.1.2.4) */
}

static enum parse opcua_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    bool error;
    size_t n;
    if (!length(in, &error, &n))
        return PARSE_NOT;
    if (in.n < HEAD || in.n < n)
        return end ? PARSE_NOT : PARSE_MORE;
    in = slice_sub(in, 0, n);
    if (!opcua_recognise(in))
        return PARSE_NOT;
    struct rd r = rd_from(slice_skip(in, HEAD));
    if (error) {
        uint64_t code = rd_little(&r, 4);
        char text[4] = {(char)(code >> 24), (char)(code >> 16), (char)(code >> 8), (char)code};
        facts_put_hex(out, "opcua.error", (struct slice){text, 4});
        if (is_text(slice_skip(in, 16)))
            facts_put_some(out, "opcua.reason", slice_skip(in, 16));
        return PARSE_DONE;
    }
    facts_put_u64(out, "opcua.version", rd_little(&r, 4));
    facts_put_u64(out, "opcua.receives", rd_little(&r, 4));
    return PARSE_DONE;
}

static const uint16_t opcua_ports[] = {4840, 0};

static const struct parser_key opcua_keys[] = {{"opcua.version", "version of the connection protocol"},
                                               {"opcua.receives", "longest chunk that it takes, in bytes"},
                                               {"opcua.error", "status code of its refusal, hexadecimal"},
                                               {"opcua.reason", "text of its refusal"},
                                               {NULL, NULL}};

const struct parser parser_opcua = {
    .name = "opcua",
    .service = "opcua-tcp",
    .source = "OPC 10000-6, 7.1.2",
    .transports = PARSER_TCP,
    .rarity = 8,
    .ports = opcua_ports,
    .keys = opcua_keys,
    .recognise = opcua_recognise,
    .hello = opcua_hello,
    .read = opcua_read,
};
