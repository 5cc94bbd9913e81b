/* CoAP over UDP (RFC 7252) and TCP (RFC 8323): which resources are there? (RFC 6690 4) */
#include "proto/binary.h"

#define GET "\x01LL" /* code, message id or token */
#define OPTIONS                                                                                                        \
    "\xbb.well-known\x04"                                                                                              \
    "core"

static void coap_hello(struct dialogue *d, struct buf *ask) {
    if (d->peer->udp)
        buf_put(ask, SLICE("\x42\x01LLLE" OPTIONS)); /* confirmable GET, message id LL, token LE */
    else
        buf_put(ask, SLICE("\x00\xe1\xd2\x04\x01LE" OPTIONS)); /* the settings first (RFC 8323 5.3) */
}

/* Behind token: options up to the payload marker (RFC 7252 3.1) */
static bool payload(struct rd r, struct slice *out) {
    *out = (struct slice){"", 0};
    for (unsigned i = 0; i < 32 && r.n; i++) {
        uint8_t head = rd_u8(&r);
        if (head == 0xff) {
            *out = rd_rest(&r);
            return out->n > 0;
        }
        size_t delta = head >> 4, n = head & 15;
        if (delta == 15 || n == 15)
            return false;
        rd_skip(&r, delta == 13 ? 1 : delta == 14 ? 2 : 0);
        if (n == 13)
            n = 13U + rd_u8(&r);
        else if (n == 14)
            n = 269U + rd_u16(&r);
        rd_skip(&r, n);
        if (r.bad)
            return false;
    }
    return r.n == 0;
}

static bool code_known(uint8_t code) {
    return (code >= 0x41 && code <= 0x45) || (code >= 0x80 && code <= 0x8f) || (code >= 0xa0 && code <= 0xa5);
}

/* An answer to our request: piggybacked, or a reset of it or of our ping (RFC 7252 5.2.1, 4.3) */
static bool datagram(struct slice in, uint8_t *code, struct slice *body) {
    struct rd r = rd_from(in);
    uint8_t head = rd_u8(&r);
    *code = rd_u8(&r);
    uint16_t id = rd_u16(&r);
    if (!r.bad && head == 0x70 && *code == 0 && id == 0x4c4c && r.n == 0)
        return true;
    uint16_t token = rd_u16(&r);
    return !r.bad && head == 0x62 && id == 0x4c4c && token == 0x4c45 && code_known(*code) && payload(r, body);
}

/* The message at the front of a stream: its code, the token's place and what follows (RFC 8323 3.2). */
static bool framed(struct rd *r, uint8_t *code, struct slice *token, struct rd *body) {
    uint8_t head = rd_u8(r);
    size_t n = head >> 4;
    if (n == 13)
        n = 13U + rd_u8(r);
    else if (n == 14)
        n = 269U + rd_u16(r);
    else if (n == 15)
        n = 65805U + rd_u32(r);
    *code = rd_u8(r);
    *token = rd_slice(r, head & 15);
    *body = rd_sub(r, n);
    return !r->bad;
}

static bool coap_recognise(struct slice in) {
    uint8_t code;
    struct slice body;
    return datagram(in, &code, &body);
}

static void put(struct facts *out, uint8_t code, struct slice body) {
    char text[16];
    snprintf(text, sizeof text, "%u.%02u", code >> 5, code & 31);
    facts_put_str(out, "coap.code", text);
    if (body.n)
        facts_put(out, "coap.resources", body);
}

static enum parse read_stream(struct slice in, bool end, struct facts *out) {
    struct rd r = rd_from(in);
    bool settings = false;
    while (r.n) {
        uint8_t code;
        struct slice token, resources;
        struct rd body;
        if (!framed(&r, &code, &token, &body))
            break;
        if (code == 0xe1 && token.n == 0) { /* capabilities and settings */
            settings = true;
        } else if (settings && slice_eq(token, SLICE("LE")) && code_known(code) && payload(body, &resources)) {
            put(out, code, resources);
            return PARSE_DONE;
        } else {
            return PARSE_NOT;
        }
    }
    return end || in.n > 16384 ? PARSE_NOT : PARSE_MORE;
}

static enum parse coap_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    if (!d->peer->udp)
        return read_stream(in, end, out);
    uint8_t code;
    struct slice body = {"", 0};
    if (!datagram(in, &code, &body))
        return d->memo[0] ? PARSE_DONE : PARSE_NOT;
    if (code == 0 && !d->memo[0]) {
        d->memo[0] = 1;
        coap_hello(d, ask);
        return PARSE_ASK;
    }
    put(out, code, body);
    return PARSE_DONE;
}

static const uint16_t coap_ports[] = {5683, 0};

static const struct parser_key coap_keys[] = {{"coap.code", "code of the answer: 2.05"},
                                              {"coap.resources", "its resources in the link format of RFC 6690"},
                                              {NULL, NULL}};

const struct parser parser_coap = {
    .name = "coap",
    .service = "coap",
    .source = "RFC 7252, RFC 8323, RFC 6690",
    .transports = PARSER_TCP | PARSER_UDP,
    .rarity = 7,
    .ports = coap_ports,
    .keys = coap_keys,
    .recognise = coap_recognise,
    .hello = coap_hello,
    .read = coap_read,
};
