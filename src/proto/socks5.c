/* SOCKS 5: the negotiation of a method (RFC 1928 3). Nothing is asked for behind it: no login, no connection. */
#include "proto/parser.h"

static void socks5_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\x05\x03\x00\x01\x02")); /* none, GSSAPI, user name and password */
}

static enum parse socks5_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    if (in.n < 2)
        return !end && (in.n == 0 || in.p[0] == 5) ? PARSE_MORE : PARSE_NOT;
    if (in.p[0] != 5)
        return PARSE_NOT;
    uint8_t method = (uint8_t)in.p[1];
    if (method > 2 && method != 0xff)
        return PARSE_NOT; /* 3: our question came back */
    static const char *const says[] = {"none", "gssapi", "password"};
    facts_put_str(out, "socks5.method", method == 0xff ? "refused" : says[method]);
    return PARSE_DONE;
}

/* Not 9050 and 9150, Tor's: there HTTP comes first, as only its answer names Tor. */
static const uint16_t socks5_ports[] = {1080, 0};

static const struct parser_key socks5_keys[] = {
    {"socks5.method", "method that the server chose: none, gssapi, password, refused"}, {NULL, NULL}};

const struct parser parser_socks5 = {
    .name = "socks5",
    .service = "socks5",
    .source = "RFC 1928 3",
    .transports = PARSER_TCP,
    .rarity = 6,
    .ports = socks5_ports,
    .keys = socks5_keys,
    .hello = socks5_hello,
    .read = socks5_read,
};
