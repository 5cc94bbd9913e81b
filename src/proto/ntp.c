/* NTP (RFC 5905): a client's request, then the system variables by a control message (RFC 9327), which servers that
 * answer it put their version into. */
#include "proto/binary.h"
#include "proto/lines.h"

#define VARIABLES_MAX 40

enum { MODE_SERVER = 4, MODE_CONTROL = 6 };

static void ntp_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    /* LI 3, version 4, mode 3; poll 16 s, precision 2^-6; transmit time "LLLLLLLL" (RFC 5905 7.3) */
    buf_put(ask, SLICE("\xe3\x00\x04\xfa\x00\x01\x00\x00\x00\x01\x00\x00"));
    buf_fill(ask, 0, 28);
    buf_put(ask, SLICE("LLLLLLLL"));
}

/* A server's answer to exactly that question: its origin time is our transmit time (RFC 5905 8). */
static bool is_answer(struct slice in) {
    struct rd r = rd_from(in);
    uint8_t head = rd_u8(&r), stratum = rd_u8(&r);
    rd_skip(&r, 2 + 4 + 4 + 4 + 8);
    struct slice origin = rd_slice(&r, 8);
    rd_skip(&r, 16);
    unsigned version = head >> 3 & 7;
    return !r.bad && (head & 7) == MODE_SERVER && version >= 1 && version <= 4 && stratum <= 16 && in.n <= 68 &&
           slice_eq(origin, SLICE("LLLLLLLL"));
}

/* Answer to READVAR of association 0, sequence number "LL" (RFC 9327 2, 3) */
static bool is_control(struct slice in) {
    struct rd r = rd_from(in);
    uint8_t head = rd_u8(&r), operation = rd_u8(&r);
    uint16_t sequence = rd_u16(&r);
    return !r.bad && in.n >= 12 && (head & 0x07) == MODE_CONTROL && (operation & 0x9f) == 0x82 && sequence == 0x4c4c;
}

static bool ntp_recognise(struct slice in) {
    return is_answer(in);
}

static void server_facts(struct slice in, struct facts *out) {
    struct rd r = rd_from(in);
    uint8_t head = rd_u8(&r), stratum = rd_u8(&r);
    rd_skip(&r, 10);
    struct slice reference = rd_slice(&r, 4);
    rd_skip(&r, 8 + 8);
    rd_skip(&r, 8);
    uint32_t seconds = rd_u32(&r);
    facts_put_u64(out, "ntp.version", head >> 3 & 7);
    facts_put_u64(out, "ntp.leap", head >> 6);
    facts_put_u64(out, "ntp.stratum", stratum);
    while (reference.n && reference.p[reference.n - 1] == 0)
        reference.n--;
    if (stratum <= 1 && is_printable(reference))
        facts_put(out, "ntp.reference", reference);
    if (seconds) /* seconds since 1900; before 1970 it is the next era (RFC 5905 6) */
        facts_put_time(out, "ntp.time",
                       (int64_t)seconds - INT64_C(2208988800) + (seconds < 2208988800U ? 1LL << 32 : 0));
}

/* name=value, name="value", ... (RFC 9327 3) */
static void variables(struct slice text, struct facts *out) {
    static const struct {
        const char *name, *key;
    } wanted[] = {{"version", "ntp.software"}, {"processor", "ntp.processor"}, {"system", "ntp.system"}};
    for (unsigned i = 0; i < VARIABLES_MAX && text.n; i++) {
        text = slice_trim(text);
        size_t eq = slice_find(text, '='), comma = slice_find(text, ',');
        struct slice name = slice_trim(slice_sub(text, 0, ll_min_size(eq, comma))), value = {"", 0};
        text = slice_skip(text, ll_min_size(eq, comma));
        if (eq < comma) {
            text = slice_skip(text, 1);
            bool quoted = slice_starts(text, SLICE("\""));
            text = slice_skip(text, quoted);
            size_t n = slice_find(text, quoted ? '"' : ',');
            value = slice_sub(text, 0, n);
            text = slice_skip(text, n + quoted);
        }
        text = slice_skip(text, slice_find(text, ',') + 1);
        for (size_t k = 0; k < LL_COUNT(wanted); k++)
            if (slice_eq(name, slice_of(wanted[k].name)) && !facts_have(out, wanted[k].key))
                facts_put_some(out, wanted[k].key, slice_trim(value));
    }
}

static enum parse ntp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)end;
    if (d->memo[0]) {
        struct rd r = rd_from(slice_skip(in, 10));
        size_t count = rd_u16(&r);
        if (is_control(in))
            variables(slice_sub(slice_skip(in, 12), 0, count), out);
        return PARSE_DONE;
    }
    if (!is_answer(in))
        return PARSE_NOT;
    d->memo[0] = 1;
    server_facts(in, out);
    buf_put(ask, SLICE("\x16\x02LL\x00\x00\x00\x00\x00\x00\x00\x00"));
    return PARSE_ASK;
}

static const uint16_t ntp_ports[] = {123, 0};

static const struct parser_key ntp_keys[] = {
    {"ntp.version", "protocol version of the answer"},
    {"ntp.stratum", "distance from a clock; 16: not synchronised"},
    {"ntp.leap", "leap indicator; 3: not synchronised"},
    {"ntp.reference", "code of the clock, or of a kiss of death (RFC 5905 7.3, 7.4)"},
    {"ntp.time", "the server's clock, UTC"},
    {"ntp.software", "variable \"version\" of the system"},
    {"ntp.processor", "variable \"processor\""},
    {"ntp.system", "variable \"system\""},
    {NULL, NULL}};

const struct parser parser_ntp = {
    .name = "ntp",
    .service = "ntp",
    .source = "RFC 5905, RFC 9327",
    .transports = PARSER_UDP,
    .rarity = 4,
    .ports = ntp_ports,
    .keys = ntp_keys,
    .recognise = ntp_recognise,
    .hello = ntp_hello,
    .read = ntp_read,
};
