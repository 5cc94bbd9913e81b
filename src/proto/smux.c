/* SMUX (RFC 1227): says that it is going (ClosePDU, 3.1), which opens nothing; the agent, to which nobody was
 * connected, closes in turn and gives its reason. An OpenPDU would be a login (3.1.1) and is never sent. */
#include "proto/lines.h"

#define CLOSE 'A' /* [APPLICATION 1], IMPLICIT INTEGER, one byte of it */

static const char *const reasons[] = {"going down",     "unsupported version", "packet format",
                                      "protocol error", "internal error",      "authentication failure"};

static void smux_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("A\x01\x00"));
}

static bool smux_recognise(struct slice in) {
    return in.n == 3 && in.p[0] == CLOSE && in.p[1] == 1 && (uint8_t)in.p[2] < LL_COUNT(reasons);
}

/* Nothing follows the agent's last word but the end. An echo of the question tells nothing. */
static enum parse smux_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    if (!end && (slice_starts(SLICE("A\x01"), in) || smux_recognise(in)))
        return PARSE_MORE;
    if (!smux_recognise(in) || in.p[2] == 0)
        return PARSE_NOT;
    facts_put_str(out, "smux.reason", reasons[(uint8_t)in.p[2]]);
    return PARSE_DONE;
}

static const uint16_t smux_ports[] = {199, 0};

static const struct parser_key smux_keys[] = {{"smux.reason", "why it closes"}, {NULL, NULL}};

const struct parser parser_smux = {
    .name = "smux",
    .service = "smux",
    .source = "RFC 1227 3.1",
    .transports = PARSER_TCP,
    .rarity = 9,
    .ports = smux_ports,
    .keys = smux_keys,
    .recognise = smux_recognise,
    .hello = smux_hello,
    .read = smux_read,
};
