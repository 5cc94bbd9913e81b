/* Time: seconds since 1900 in four bytes (RFC 868). Only on its own port, and only a time between 2019 and 2036. */
#include "proto/bits.h"
#include "proto/parser.h"

static void time_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\r\n"));
}

#define PORT 37
#define YEAR_2019 UINT32_C(0xe0000000)

static enum parse time_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)ask;
    struct rd r = rd_of(in.p, in.n);
    if (d->peer->port != PORT || in.n > 8)
        return PARSE_NOT;
    uint32_t seconds = rd_u32(&r);
    if (!end && !d->peer->udp)
        return PARSE_MORE; /* it closes behind its answer */
    /* inetutils sends a long of the machine: four zeros more */
    if (r.bad || (in.n != 4 && (in.n != 8 || rd_u32(&r) != 0)) || seconds < YEAR_2019)
        return PARSE_NOT;
    facts_put_u64(out, "time.seconds", seconds);
    return PARSE_DONE;
}

static const uint16_t time_ports[] = {37, 0};

static const struct parser_key time_keys[] = {{"time.seconds", "seconds since 1900"}, {NULL, NULL}};

const struct parser parser_time = {
    .name = "time",
    .service = "time",
    .source = "RFC 868",
    .transports = PARSER_TCP | PARSER_UDP,
    .greets = true,
    .rarity = 9,
    .ports = time_ports,
    .keys = time_keys,
    .hello = time_hello,
    .read = time_read,
};
