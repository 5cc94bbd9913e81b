/* QUIC: a reserved version is answered by a list of those that the server has (RFC 9000 6.1, RFC 8999 6). */
#include "proto/binary.h"

#define VERSIONS_MAX 24

static void quic_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("\xc0\x1a\x2a\x3a\x4a\x08LEADLINE\x08LINELEAD\x00\x44\x96"));
    buf_fill(ask, 0, 1174); /* 1200 bytes are the least (RFC 9000 14.1) */
}

static bool quic_recognise(struct slice in) {
    struct rd r = rd_from(in);
    uint8_t first = rd_u8(&r);
    uint32_t version = rd_u32(&r);
    struct slice ids = rd_slice(&r, 18);
    return !r.bad && (first & 0x80) && version == 0 && r.n >= 4 && r.n % 4 == 0 &&
           slice_eq(ids, SLICE("\x08LINELEAD\x08LEADLINE"));
}

static enum parse quic_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)end;
    (void)ask;
    if (!quic_recognise(in))
        return PARSE_NOT;
    struct rd r = rd_from(slice_skip(in, 23));
    for (unsigned i = 0; i < VERSIONS_MAX && r.n >= 4; i++) {
        char text[24];
        uint32_t v = rd_u32(&r);
        if ((v & 0x0f0f0f0f) == 0x0a0a0a0a)
            continue; /* reserved, to keep us from relying on the list (RFC 9000 15) */
        if (v == 1)
            snprintf(text, sizeof text, "1");
        else if (v == 0x6b3343cf)
            snprintf(text, sizeof text, "2"); /* RFC 9369 3.1 */
        else if (v >> 8 == 0xff0000)
            snprintf(text, sizeof text, "draft-%u", v & 0xff);
        else
            snprintf(text, sizeof text, "%08x", v);
        facts_put_str(out, "quic.version", text);
    }
    return PARSE_DONE;
}

static const uint16_t quic_ports[] = {443, 853, 8443, 0};

static const struct parser_key quic_keys[] = {{"quic.version", "a version that it has: 1, 2, draft-29, or its number"},
                                              {NULL, NULL}};

const struct parser parser_quic = {
    .name = "quic",
    .service = "quic",
    .source = "RFC 9000, RFC 8999",
    .transports = PARSER_UDP,
    .rarity = 5,
    .ports = quic_ports,
    .keys = quic_keys,
    .recognise = quic_recognise,
    .hello = quic_hello,
    .read = quic_read,
};
