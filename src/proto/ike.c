/* IKE: the first message of version 2, or its refusal (RFC 7296). What it begins is forgotten when nobody goes on
 * (2.1). */
#include "proto/binary.h"

#define PAYLOADS_MAX 20

enum { PAYLOAD_NOTIFY = 41, PAYLOAD_VENDOR = 43 };

static void ike_hello(struct dialogue *d, struct buf *ask) {
    if (d->peer->port == 4500)
        ask_uint(ask, 0, 4); /* no ESP (RFC 3948 2.2) */
    buf_put(ask, SLICE("LEADLINE\x00\x00\x00\x00\x00\x00\x00\x00\x21\x20\x22\x08\x00\x00\x00\x00\x00\x00\x01\x78"
                       "\x22\x00\x00\x30\x00\x00\x00\x2c\x01\x01\x00\x04" /* SA: IKE, four transforms */
                       "\x03\x00\x00\x0c\x01\x00\x00\x0c\x80\x0e\x00\x80" /* AES-CBC with 128 bits */
                       "\x03\x00\x00\x08\x02\x00\x00\x05\x03\x00\x00\x08\x03\x00\x00\x0c"
                       "\x00\x00\x00\x08\x04\x00\x00\x0e" /* HMAC-SHA2-256 twice, group 14 */
                       "\x28\x00\x01\x08\x00\x0e\x00\x00"));
    buf_fill(ask, 0, 255); /* KE: the generator itself */
    buf_put(ask, SLICE("\x02\x00\x00\x00\x24"));
    buf_fill(ask, 'L', 32);
}

struct head {
    uint8_t next, version, exchange;
    struct rd payloads;
};

static bool head(struct slice in, struct head *h) {
    if (slice_starts(in, SLICE("\x00\x00\x00\x00")))
        in = slice_skip(in, 4);
    struct rd r = rd_from(in);
    struct slice initiator = rd_slice(&r, 8);
    rd_skip(&r, 8);
    h->next = rd_u8(&r);
    h->version = rd_u8(&r);
    h->exchange = rd_u8(&r);
    uint8_t flags = rd_u8(&r);
    uint32_t id = rd_u32(&r), n = rd_u32(&r);
    h->payloads = r;
    if (r.bad || !slice_eq(initiator, SLICE("LEADLINE")) || n != in.n)
        return false;
    if (h->version >> 4 == 2)
        return h->exchange == 34 && (flags & 0x20) && id == 0;
    return h->version >> 4 == 1 && h->exchange >= 2 && h->exchange <= 5; /* informational (RFC 2408 3.1) */
}

static bool ike_recognise(struct slice in) {
    struct head h;
    return head(in, &h);
}

static enum parse ike_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)end;
    (void)ask;
    struct head h;
    if (!head(in, &h))
        return PARSE_NOT;
    char text[16];
    snprintf(text, sizeof text, "%u.%u", h.version >> 4, h.version & 15);
    facts_put_str(out, "ike.version", text);
    uint8_t type = h.version >> 4 == 2 ? h.next : 0;
    for (unsigned i = 0; i < PAYLOADS_MAX && type != 0; i++) {
        uint8_t next = rd_u8(&h.payloads);
        rd_skip(&h.payloads, 1);
        size_t n = rd_u16(&h.payloads);
        struct rd body = rd_sub(&h.payloads, n >= 4 ? n - 4 : SIZE_MAX);
        if (h.payloads.bad)
            return PARSE_DONE;
        if (type == PAYLOAD_VENDOR) {
            facts_put_hex(out, "ike.vendor", rd_rest(&body));
        } else if (type == PAYLOAD_NOTIFY) {
            rd_skip(&body, 2);
            uint16_t what = rd_u16(&body);
            if (!body.bad)
                facts_put_u64(out, "ike.notify", what);
        }
        type = next;
    }
    return PARSE_DONE;
}

static const uint16_t ike_ports[] = {500, 4500, 0};

static const struct parser_key ike_keys[] = {{"ike.version", "version: 2.0"},
                                             {"ike.vendor", "vendor id, hexadecimal (RFC 7296 3.12)"},
                                             {"ike.notify", "kind of a notification: 14 no proposal chosen (3.10.1)"},
                                             {NULL, NULL}};

const struct parser parser_ike = {
    .name = "ike",
    .service = "isakmp",
    .source = "RFC 7296, RFC 3948",
    .transports = PARSER_UDP,
    .rarity = 5,
    .ports = ike_ports,
    .keys = ike_keys,
    .recognise = ike_recognise,
    .hello = ike_hello,
    .read = ike_read,
};
