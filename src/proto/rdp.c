/* RDP: the connection request of X.224 with a negotiation of security (MS-RDPBCGR 2.2.1.1, 2.2.1.2). Nothing follows
 * it: no session is begun. */
#include "proto/binary.h"

enum { NEGOTIATION_RESPONSE = 2, NEGOTIATION_FAILURE = 3 };

static void rdp_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    /* TPKT, CR TPDU, request for TLS, CredSSP and its early user authorisation (2.2.1.1.1) */
    buf_put(ask, SLICE("\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x0b\x00\x00\x00"));
}

/* Servers hang up on what is no connection request with a disconnect of MCS (T.125 7, DisconnectProviderUltimatum) in
 * a data TPDU. It says that RDP is worth asking for, no more. */
static bool rdp_hangs_up(struct slice in) {
    return in.n == 9 && slice_starts(in, SLICE("\x03\x00\x00\x09\x02\xf0\x80")) && (in.p[7] & ~3) == 0x20 &&
           (in.p[8] & 0x7f) == 0;
}

/* TPKT (RFC 1006 6) with a connection confirm of class 0 (X.224 13.4): alone, or with the negotiation behind it. */
static bool rdp_confirms(struct slice in) {
    struct rd r = rd_from(in);
    uint16_t version = rd_u16(&r), n = rd_u16(&r);
    uint8_t length = rd_u8(&r), code = rd_u8(&r);
    uint16_t destination = rd_u16(&r);
    rd_skip(&r, 2);
    uint8_t class = rd_u8(&r);
    if (r.bad || version != 0x0300 || (n != 11 && n != 19) || in.n < n || length != n - 5 || code != 0xd0 ||
        destination != 0 || class != 0)
        return false;
    if (n == 11)
        return true;
    uint8_t type = rd_u8(&r);
    rd_skip(&r, 1);
    uint64_t size = rd_little(&r, 2), value = rd_little(&r, 4);
    return !r.bad && (type == NEGOTIATION_RESPONSE || type == NEGOTIATION_FAILURE) && size == 8 && value <= 32;
}

static bool rdp_recognise(struct slice in) {
    return rdp_confirms(in) || rdp_hangs_up(in);
}

static void negotiated(struct slice in, struct facts *out) {
    static const struct {
        uint64_t value;
        const char *name;
    } protocols[] = {{0, "rdp"}, {1, "tls"}, {2, "credssp"}, {4, "rdstls"}, {8, "credssp-ex"}, {16, "aad"}};
    struct rd r = rd_from(slice_skip(in, 11));
    uint8_t type = rd_u8(&r), flags = rd_u8(&r);
    rd_skip(&r, 2);
    uint64_t value = rd_little(&r, 4);
    if (type == NEGOTIATION_FAILURE) {
        facts_put_u64(out, "rdp.failure", value);
        return;
    }
    facts_put_hex(out, "rdp.flags", (struct slice){(const char *)&flags, 1});
    if (value != 0) /* all others stand on TLS (5.4.5), whose handshake the server now waits for */
        facts_put_str(out, "rdp.tls", "yes");
    for (size_t i = 0; i < LL_COUNT(protocols); i++)
        if (protocols[i].value == value)
            facts_put_str(out, "rdp.security", protocols[i].name);
}

static enum parse rdp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    if (in.n < 4)
        return end || (in.n && in.p[0] != 3) ? PARSE_NOT : PARSE_MORE;
    size_t n = (uint8_t)in.p[3];
    if (in.p[0] != 3 || in.p[1] != 0 || in.p[2] != 0 || (n != 11 && n != 19))
        return PARSE_NOT;
    if (in.n < n && !end)
        return PARSE_MORE;
    if (!rdp_confirms(in))
        return PARSE_NOT;
    if (n == 11)
        facts_put_str(out, "rdp.security", "rdp");
    else
        negotiated(in, out);
    facts_put_hex(out, "rdp.reference", slice_sub(in, 8, 2));
    return PARSE_DONE;
}

static const uint16_t rdp_ports[] = {3389, 0};

static const struct parser_key rdp_keys[] = {
    {"rdp.security", "what the server chose: rdp (its own encryption), tls, credssp, credssp-ex, rdstls, aad"},
    {"rdp.tls", "yes: what it chose goes on in TLS on this connection"},
    {"rdp.flags", "flags of the negotiation response, hexadecimal (MS-RDPBCGR 2.2.1.2.1)"},
    {"rdp.failure", "why it refuses (2.2.1.2.2)"},
    {"rdp.reference", "source reference of the connection confirm"},
    {NULL, NULL}};

const struct parser parser_rdp = {
    .name = "rdp",
    .service = "ms-wbt-server",
    .source = "MS-RDPBCGR 2.2.1, RFC 1006, X.224",
    .transports = PARSER_TCP,
    .rarity = 5,
    .ports = rdp_ports,
    .keys = rdp_keys,
    .recognise = rdp_recognise,
    .hello = rdp_hello,
    .read = rdp_read,
};
