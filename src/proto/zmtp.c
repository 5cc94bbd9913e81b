/* ZeroMQ: signature and greeting of ZMTP 3 (RFC 23/ZMTP, "Version Negotiation"). The server opens with its own; ours
 * names the mechanism NULL. */
#include "proto/bits.h"
#include "proto/parser.h"

#define SIGNATURE 10
#define GREETING 64

static bool zmtp_recognise(struct slice in) {
    struct rd r = rd_of(in.p, in.n);
    uint8_t first = rd_u8(&r);
    uint64_t padding = rd_u64(&r);
    uint8_t last = rd_u8(&r);
    return !r.bad && first == 0xff && padding <= 1 && last == 0x7f;
}

static enum parse zmtp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    if (d->memo[0] == 0) {
        if (in.n < SIGNATURE)
            return !end && (in.n == 0 || (uint8_t)in.p[0] == 0xff) ? PARSE_MORE : PARSE_NOT;
        if (!zmtp_recognise(in))
            return PARSE_NOT;
        d->memo[0] = 1;
        d->used = SIGNATURE;
        (void)buf_put(ask, SLICE("\xff\0\0\0\0\0\0\0\1\x7f\3\0NULL"));
        (void)buf_fill(ask, '\0', GREETING - 16);
        return PARSE_ASK;
    }
    /* the rest of its greeting: version in two bytes, mechanism in twenty */
    if (in.n < 22)
        return end ? PARSE_DONE : PARSE_MORE;
    char version[16];
    snprintf(version, sizeof version, "%u.%u", (unsigned)(uint8_t)in.p[0], (unsigned)(uint8_t)in.p[1]);
    struct slice mechanism = slice_sub(in, 2, 20);
    mechanism = slice_sub(mechanism, 0, slice_find(mechanism, '\0'));
    facts_put_str(out, "zmtp.version", version);
    if (bits_is_text(mechanism, false))
        facts_put(out, "zmtp.mechanism", mechanism);
    return PARSE_DONE;
}

static const uint16_t zmtp_ports[] = {5555, 0};

static const struct parser_key zmtp_keys[] = {
    {"zmtp.version", "version of the protocol"}, {"zmtp.mechanism", "security mechanism"}, {NULL, NULL}};

const struct parser parser_zmtp = {
    .name = "zmtp",
    .service = "zmtp",
    .source = "RFC 23/ZMTP",
    .transports = PARSER_TCP,
    .greets = true,
    .rarity = 2,
    .ports = zmtp_ports,
    .keys = zmtp_keys,
    .recognise = zmtp_recognise,
    .read = zmtp_read,
};
