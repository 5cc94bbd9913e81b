/* OpenVPN: the hard reset that begins a session, and its answer (draft openvpn-wire-protocol, 2). Nothing is agreed on.
 */
#include "proto/binary.h"

static void openvpn_hello(struct dialogue *d, struct buf *ask) {
    if (!d->peer->udp)
        ask_uint(ask, 14, 2);
    buf_put(ask, SLICE("\x38LEADLINE\x00\x00\x00\x00\x00")); /* client, key method 2: session, no acks, packet 0 */
}

/* Hard reset of the server, which acknowledges packet 0 of our session */
static bool answer(struct slice in) {
    struct rd r = rd_from(in);
    uint8_t operation = rd_u8(&r);
    rd_skip(&r, 8);
    uint8_t acks = rd_u8(&r);
    uint32_t ack = rd_u32(&r);
    struct slice session = rd_slice(&r, 8);
    uint32_t packet = rd_u32(&r);
    return !r.bad && operation == 0x40 && acks == 1 && ack == 0 && packet == 0 && slice_eq(session, SLICE("LEADLINE"));
}

static bool openvpn_recognise(struct slice in) {
    struct rd r = rd_from(in);
    return answer(in) || (rd_u16(&r) == in.n - 2 && answer(slice_skip(in, 2)));
}

static enum parse openvpn_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)ask;
    if (!d->peer->udp) {
        struct rd r = rd_from(in);
        size_t n = rd_u16(&r);
        if (!r.bad && (n < 26 || n > 512))
            return PARSE_NOT;
        if (r.bad || r.n < n)
            return end ? PARSE_NOT : PARSE_MORE;
        in = slice_sub(rd_rest(&r), 0, n);
    }
    if (!answer(in))
        return PARSE_NOT;
    facts_put_str(out, "openvpn.answer", "hard reset");
    return PARSE_DONE;
}

static const uint16_t openvpn_ports[] = {1194, 1195, 0};

static const struct parser_key openvpn_keys[] = {{"openvpn.answer", "what it answered"}, {NULL, NULL}};

const struct parser parser_openvpn = {
    .name = "openvpn",
    .service = "openvpn",
    .source = "OpenVPN wire protocol (openvpn-rfc)",
    .transports = PARSER_TCP | PARSER_UDP,
    .rarity = 6,
    .ports = openvpn_ports,
    .keys = openvpn_keys,
    .recognise = openvpn_recognise,
    .hello = openvpn_hello,
    .read = openvpn_read,
};
