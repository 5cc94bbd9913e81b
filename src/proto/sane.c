/* SANE: SANE_NET_INIT with an empty user (SANE standard 1.06, 5.2.1), which opens no scanner and tells the version of
 * the protocol. */
#include "proto/bits.h"
#include "proto/parser.h"

static void sane_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\0\0\0\0\1\0\0\3\0\0\0\1\0"));
}

#define ANSWER 8

static enum parse sane_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct rd r = rd_of(in.p, in.n);
    uint32_t status = rd_u32(&r), version = rd_u32(&r);
    if (in.n && in.p[0] != 0)
        return PARSE_NOT;
    if (in.n <= ANSWER && !end)
        return PARSE_MORE; /* two words and no more */
    /* success or access denied; major 1, minor 0 or 1, the build is the version of the network protocol */
    if (r.bad || in.n != ANSWER || (status != 0 && status != 11) ||
        (version >> 8 != 0x010000 && version >> 8 != 0x010100) || (version & 255) == 0 || (version & 255) > 9)
        return PARSE_NOT;
    facts_put_u64(out, "sane.protocol", version & 255);
    facts_put_str(out, "sane.status", status == 0 ? "open" : "access denied");
    return PARSE_DONE;
}

static const uint16_t sane_ports[] = {6566, 0};

static const struct parser_key sane_keys[] = {
    {"sane.protocol", "version of the network protocol"}, {"sane.status", "open, or access denied"}, {NULL, NULL}};

const struct parser parser_sane = {
    .name = "sane",
    .service = "sane-port",
    .source = "SANE standard 1.06",
    .transports = PARSER_TCP,
    .rarity = 9,
    .ports = sane_ports,
    .keys = sane_keys,
    .hello = sane_hello,
    .read = sane_read,
};
