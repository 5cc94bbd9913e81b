/* knxd and eibd: a request that does not exist, answered with EIB_INVALID_REQUEST (knxd, eibtypes.h). Nothing is sent
 * to the bus. */
#include "proto/bits.h"
#include "proto/parser.h"

static void knxd_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\x00\x02\x0f\xff"));
}

static enum parse knxd_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct slice answer = SLICE("\x00\x02\x00\x00");
    if (!slice_starts(answer, slice_sub(in, 0, answer.n)))
        return PARSE_NOT;
    if (in.n < answer.n)
        return end ? PARSE_NOT : PARSE_MORE;
    facts_put_str(out, "knxd.answer", "invalid request");
    return PARSE_DONE;
}

static const uint16_t knxd_ports[] = {6720, 0};

static const struct parser_key knxd_keys[] = {{"knxd.answer", "invalid request"}, {NULL, NULL}};

const struct parser parser_knxd = {
    .name = "knxd",
    .service = "knxd",
    .source = "knxd, eibtypes.h",
    .transports = PARSER_TCP,
    .rarity = 9,
    .ports = knxd_ports,
    .keys = knxd_keys,
    .hello = knxd_hello,
    .read = knxd_read,
};
