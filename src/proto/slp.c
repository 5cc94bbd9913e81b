/* SLP: who is the service agent here? (RFC 2608 8.1, 8.6) */
#include "proto/binary.h"

enum { REPLY = 2, DIRECTORY_ADVERT = 8, AGENT_ADVERT = 11 };

static void slp_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("\x02\x01\x00\x00\x2f\x00\x00\x00\x00\x00LL\x00\x02"
                       "en\x00\x00\x00\x15service:service-agent"
                       "\x00\x00\x00\x00\x00\x00"));
}

static struct slice text(struct rd *r) {
    size_t n = rd_u16(r);
    return rd_slice(r, n);
}

/* Header (RFC 2608 8) with our XID and language; *body is what follows. */
static bool head(struct slice in, uint8_t *function, struct rd *body) {
    struct rd r = rd_from(in);
    uint8_t version = rd_u8(&r);
    *function = rd_u8(&r);
    uint64_t n = rd_uint(&r, 3);
    rd_skip(&r, 2 + 3);
    uint16_t xid = rd_u16(&r);
    struct slice language = text(&r);
    *body = r;
    return !r.bad && version == 2 && n == in.n && xid == 0x4c4c && language.n >= 2 && language.n <= 8 &&
           (*function == REPLY || *function == DIRECTORY_ADVERT || *function == AGENT_ADVERT);
}

static bool slp_recognise(struct slice in) {
    uint8_t function;
    struct rd body;
    return head(in, &function, &body);
}

static enum parse slp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)end;
    (void)ask;
    uint8_t function;
    struct rd r;
    if (!head(in, &function, &r))
        return PARSE_NOT;
    if (function == DIRECTORY_ADVERT)
        rd_skip(&r, 2 + 4);
    if (function != REPLY) {
        struct slice url = text(&r), scopes = text(&r), attributes = text(&r);
        if (!r.bad) {
            facts_put(out, "slp.url", url);
            facts_put(out, "slp.scopes", scopes);
            facts_put(out, "slp.attributes", attributes);
        }
    } else {
        facts_put_u64(out, "slp.error", rd_u16(&r));
    }
    return PARSE_DONE;
}

static const uint16_t slp_ports[] = {427, 0};

static const struct parser_key slp_keys[] = {{"slp.url", "URL of the agent"},
                                             {"slp.scopes", "its scopes"},
                                             {"slp.attributes", "its attributes"},
                                             {"slp.error", "error code (RFC 2608 7)"},
                                             {NULL, NULL}};

const struct parser parser_slp = {
    .name = "slp",
    .service = "svrloc",
    .source = "RFC 2608 8",
    .transports = PARSER_UDP,
    .rarity = 7,
    .ports = slp_ports,
    .keys = slp_keys,
    .recognise = slp_recognise,
    .hello = slp_hello,
    .read = slp_read,
};
