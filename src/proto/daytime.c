/* Daytime: a line with day and time in any form (RFC 867), so only what stands on its own port counts. */
#include "proto/bits.h"
#include "proto/parser.h"

static void daytime_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\r\n"));
}

#define PORT 13

/* Two digits, a colon, two digits. */
static bool has_clock(struct slice s) {
    for (size_t i = 2; i + 2 < s.n; i++) {
        const char *c = s.p + i;
        if (c[0] == ':' && c[-1] >= '0' && c[-1] <= '9' && c[-2] >= '0' && c[-2] <= '9' && c[1] >= '0' && c[1] <= '9' &&
            c[2] >= '0' && c[2] <= '9')
            return true;
    }
    return false;
}

static enum parse daytime_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)ask;
    if (d->peer->port != PORT || in.n > 256)
        return PARSE_NOT;
    if (!end && !d->peer->udp)
        return PARSE_MORE; /* it closes behind its line */
    struct slice line = slice_trim(in);
    if (!bits_is_text(line, false) || !has_clock(line))
        return PARSE_NOT;
    facts_put(out, "daytime.text", line);
    return PARSE_DONE;
}

static const uint16_t daytime_ports[] = {13, 0};

static const struct parser_key daytime_keys[] = {{"daytime.text", "day and time"}, {NULL, NULL}};

const struct parser parser_daytime = {
    .name = "daytime",
    .service = "daytime",
    .source = "RFC 867",
    .transports = PARSER_TCP | PARSER_UDP,
    .greets = true,
    .rarity = 9,
    .ports = daytime_ports,
    .keys = daytime_keys,
    .hello = daytime_hello,
    .read = daytime_read,
};
