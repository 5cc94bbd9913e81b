/* DTLS: a ClientHello without cookie, answered by HelloVerifyRequest, ServerHello or alert (RFC 6347 4.2.1). */
#include "proto/binary.h"

static void dtls_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("\x16\xfe\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x66"
                       "\x01\x00\x00\x5a\x00\x00\x00\x00\x00\x00\x00\x5a\xfe\xfd"));
    buf_fill(ask, 'L', 32);
    buf_put(ask, SLICE("\x00\x00\x00\x10\xc0\x2b\xc0\x2f\xc0\x0a\xc0\x14\x00\x35\x00\x2f\xc0\xae\xc0\xa8\x01\x00"
                       "\x00\x20\x00\x0a\x00\x08\x00\x06\x00\x1d\x00\x17\x00\x18\x00\x0b\x00\x02\x01\x00"
                       "\x00\x0d\x00\x0a\x00\x08\x04\x03\x05\x03\x04\x01\x05\x01"));
}

enum { CONTENT_ALERT = 21, CONTENT_HANDSHAKE = 22, SERVER_HELLO = 2, HELLO_VERIFY = 3 };

/* A first record: epoch 0, a small sequence number */
static bool record(struct slice in, uint8_t *type, struct rd *body) {
    struct rd r = rd_from(in);
    *type = rd_u8(&r);
    uint16_t version = rd_u16(&r), epoch = rd_u16(&r);
    uint64_t sequence = rd_uint(&r, 6);
    *body = rd_sub(&r, rd_u16(&r));
    if (r.bad || (version != 0xfeff && version != 0xfefd) || epoch != 0 || sequence > 16)
        return false;
    struct rd b = *body;
    if (*type == CONTENT_ALERT) {
        uint8_t level = rd_u8(&b), what = rd_u8(&b);
        return b.n == 0 && !b.bad && (level == 1 || level == 2) && what <= 120;
    }
    uint8_t message = rd_u8(&b);
    uint64_t n = rd_uint(&b, 3);
    rd_skip(&b, 2);
    uint64_t from = rd_uint(&b, 3), part = rd_uint(&b, 3);
    uint16_t chosen = rd_u16(&b);
    return *type == CONTENT_HANDSHAKE && !b.bad && (message == SERVER_HELLO || message == HELLO_VERIFY) && from == 0 &&
           part <= n && n <= 4096 && (chosen == 0xfeff || chosen == 0xfefd);
}

static bool dtls_recognise(struct slice in) {
    uint8_t type;
    struct rd body;
    return record(in, &type, &body);
}

static enum parse dtls_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)end;
    (void)ask;
    uint8_t type;
    struct rd body;
    if (!record(in, &type, &body))
        return PARSE_NOT;
    if (type == CONTENT_ALERT) {
        rd_skip(&body, 1);
        facts_put_u64(out, "dtls.alert", rd_u8(&body));
        return PARSE_DONE;
    }
    uint8_t message = rd_u8(&body);
    rd_skip(&body, 11);
    uint16_t version = rd_u16(&body);
    facts_put_str(out, "dtls.answer", message == SERVER_HELLO ? "ServerHello" : "HelloVerifyRequest");
    if (message == SERVER_HELLO) /* the other one says 1.0 whatever follows (RFC 6347 4.2.1) */
        facts_put_str(out, "dtls.version", version == 0xfefd ? "DTLSv1.2" : "DTLSv1.0");
    return PARSE_DONE;
}

static const uint16_t dtls_ports[] = {4433, 5684, 5349, 443, 0};

static const struct parser_key dtls_keys[] = {{"dtls.answer", "HelloVerifyRequest or ServerHello"},
                                              {"dtls.version", "version that the server chose"},
                                              {"dtls.alert", "number of an alert"},
                                              {NULL, NULL}};

const struct parser parser_dtls = {
    .name = "dtls",
    .service = "dtls",
    .source = "RFC 6347 4.2",
    .transports = PARSER_UDP,
    .rarity = 5,
    .ports = dtls_ports,
    .keys = dtls_keys,
    .recognise = dtls_recognise,
    .hello = dtls_hello,
    .read = dtls_read,
};
