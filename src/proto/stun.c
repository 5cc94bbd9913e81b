/* STUN (RFC 8489): a binding request, answered with what the server calls itself. */
#include "proto/binary.h"
#include "proto/lines.h"

#define ID "LEADLINELLLL"
#define ATTRIBUTES_MAX 40

enum { SUCCESS = 0x0101, FAILURE = 0x0111 };
enum { ERROR_CODE = 0x0009, REALM = 0x0014, SOFTWARE = 0x8022, OTHER_ADDRESS = 0x802c };

static void stun_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("\x00\x01\x00\x00\x21\x12\xa4\x42" ID));
}

static bool head(struct slice in, uint16_t *type, size_t *n) {
    struct rd r = rd_from(in);
    *type = rd_u16(&r);
    *n = rd_u16(&r);
    uint32_t cookie = rd_u32(&r);
    struct slice id = rd_slice(&r, 12);
    return !r.bad && (*type == SUCCESS || *type == FAILURE) && cookie == 0x2112a442 && *n % 4 == 0 && *n <= 4096 &&
           slice_eq(id, SLICE(ID));
}

static bool stun_recognise(struct slice in) {
    uint16_t type;
    size_t n;
    return head(in, &type, &n);
}

/* RFC 5780 7.4: another address of the server, as in RFC 8489 14.1 */
static void other_address(struct slice v, struct facts *out) {
    if ((v.n == 8 && v.p[1] == 1) || (v.n == 20 && v.p[1] == 2))
        facts_put_addr(out, "stun.other", slice_skip(v, 4));
}

static enum parse stun_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    uint16_t type;
    size_t n;
    if (in.n < 20 && !end)
        return in.n && in.p[0] != 1 ? PARSE_NOT : PARSE_MORE;
    if (!head(in, &type, &n))
        return PARSE_NOT;
    if (in.n < 20 + n && !end)
        return PARSE_MORE;
    struct slice all = slice_sub(slice_skip(in, 20), 0, n);
    struct rd r = rd_from(all);
    facts_put_str(out, "stun.answer", type == SUCCESS ? "success" : "error");
    for (unsigned i = 0; i < ATTRIBUTES_MAX && r.n >= 4; i++) {
        uint16_t what = rd_u16(&r);
        size_t length = rd_u16(&r);
        struct slice value = rd_slice(&r, length);
        if (r.bad)
            break;
        rd_skip(&r, ll_min_size(r.n, (4 - length % 4) % 4));
        if (what == SOFTWARE)
            facts_put_some(out, "stun.software", slice_trim(value));
        else if (what == REALM)
            facts_put_some(out, "stun.realm", value);
        else if (what == OTHER_ADDRESS)
            other_address(value, out);
        else if (what == ERROR_CODE && value.n >= 4)
            facts_put_u64(out, "stun.error", ((uint8_t)value.p[2] & 7U) * 100U + (uint8_t)value.p[3]);
    }
    return PARSE_DONE;
}

static const uint16_t stun_ports[] = {3478, 3479, 19302, 0};
static const uint16_t stun_tls_ports[] = {5349, 5350, 0};

static const struct parser_key stun_keys[] = {{"stun.answer", "\"success\" or \"error\""},
                                              {"stun.software", "what the server calls itself (RFC 8489 14.14)"},
                                              {"stun.realm", "realm (14.9)"},
                                              {"stun.error", "error code (14.8)"},
                                              {"stun.other", "its other address (RFC 5780 7.4)"},
                                              {NULL, NULL}};

const struct parser parser_stun = {
    .name = "stun",
    .service = "stun",
    .source = "RFC 8489",
    .transports = PARSER_TCP | PARSER_UDP | PARSER_TLS,
    .rarity = 6,
    .ports = stun_ports,
    .tls_ports = stun_tls_ports,
    .keys = stun_keys,
    .recognise = stun_recognise,
    .hello = stun_hello,
    .read = stun_read,
};
