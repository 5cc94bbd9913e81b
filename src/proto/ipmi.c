/* IPMI over LAN: which kinds of authentication? (IPMI 2.0 13.6, 22.13). Nobody logs in. */
#include "proto/binary.h"

#define HEAD "\x06\x00\xff\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00"

static void ipmi_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    /* session wrapper without session; Get Channel Authentication Capabilities, this channel, administrator */
    buf_put(ask, SLICE(HEAD "\x09\x20\x18\xc8\x81\x00\x38\x8e\x04\xb5"));
}

static uint8_t sum(struct slice s) {
    uint8_t v = 0;
    for (size_t i = 0; i < s.n; i++)
        v = (uint8_t)(v + (uint8_t)s.p[i]);
    return v;
}

/* The answer's data behind the completion code; both checksums are right (IPMI 2.0 13.8). */
static bool capabilities(struct slice in, struct rd *data) {
    if (!slice_starts(in, SLICE(HEAD)) || in.n < 14)
        return false;
    size_t n = (uint8_t)in.p[13];
    struct slice m = slice_sub(slice_skip(in, 14), 0, n);
    if (m.n != n || n < 8 + 8 || sum(slice_sub(m, 0, 3)) != 0 || sum(slice_skip(m, 3)) != 0)
        return false;
    *data = rd_from(slice_sub(slice_skip(m, 7), 0, 8));
    return m.p[0] == (char)0x81 && m.p[1] == 0x1c && m.p[5] == 0x38 && m.p[6] == 0;
}

/* Presence pong (ASF 2.0 3.2.4.3), the answer to our UDP scan's ping */
static bool pong(struct slice in) {
    return in.n == 28 && slice_starts(in, SLICE("\x06\x00\xff\x06\x00\x00\x11\xbe\x40\x4c\x00\x10"));
}

static bool ipmi_recognise(struct slice in) {
    struct rd data;
    return capabilities(in, &data) || pong(in);
}

static enum parse ipmi_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)end;
    static const char *const kinds[] = {"none", "md2", "md5", NULL, "password", "oem"};
    struct rd data;
    if (pong(in) && !d->memo[0]) {
        d->memo[0] = 1;
        ipmi_hello(d, ask);
        return PARSE_ASK;
    }
    if (!capabilities(in, &data))
        return d->memo[0] ? PARSE_DONE : PARSE_NOT;
    rd_skip(&data, 1);
    uint8_t supported = rd_u8(&data), status = rd_u8(&data), extended = rd_u8(&data);
    uint64_t oem = rd_little(&data, 3);
    facts_put_str(out, "ipmi.version", (supported & 0x80) && (extended & 2) ? "2.0" : "1.5");
    for (size_t i = 0; i < LL_COUNT(kinds); i++)
        if (kinds[i] && (supported & 1U << i))
            facts_put_str(out, "ipmi.auth", kinds[i]);
    if (status & 1)
        facts_put_str(out, "ipmi.weak", "anonymous login");
    if (status & 2)
        facts_put_str(out, "ipmi.weak", "null user names");
    if (oem)
        facts_put_u64(out, "ipmi.oem", oem);
    return PARSE_DONE;
}

static const uint16_t ipmi_ports[] = {623, 0};

static const struct parser_key ipmi_keys[] = {{"ipmi.version", "2.0 or 1.5"},
                                              {"ipmi.auth", "a kind of authentication of 1.5"},
                                              {"ipmi.weak", "what it lets in without a name"},
                                              {"ipmi.oem", "private enterprise number of its maker"},
                                              {NULL, NULL}};

const struct parser parser_ipmi = {
    .name = "ipmi",
    .service = "asf-rmcp",
    .source = "IPMI 2.0 13.6, 13.8, 22.13; ASF 2.0 3.2.4",
    .transports = PARSER_UDP,
    .rarity = 6,
    .ports = ipmi_ports,
    .keys = ipmi_keys,
    .recognise = ipmi_recognise,
    .hello = ipmi_hello,
    .read = ipmi_read,
};
