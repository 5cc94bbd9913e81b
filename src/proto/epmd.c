/* Erlang's port mapper: NAMES_REQ, answered with its own port and the registered nodes (Erlang/OTP documentation,
 * "Distribution Protocol", EPMD). */
#include "base/num.h"
#include "proto/bits.h"
#include "proto/parser.h"

#define ANSWER_MAX 16384
#define USUAL_PORT 4369

static void epmd_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\x00\x01n"));
}

/* "name NODE at port NUMBER" */
static bool node(struct slice line, struct facts *out) {
    struct slice rest = line, word[5];
    uint64_t port;
    for (size_t i = 0; i < LL_COUNT(word); i++)
        if (!slice_word(&rest, &word[i]))
            return false;
    if (!slice_eq(word[0], SLICE("name")) || !slice_eq(word[2], SLICE("at")) || !slice_eq(word[3], SLICE("port")) ||
        !num_u64_max(word[4], 65535, &port))
        return false;
    facts_put(out, "epmd.node", word[1]);
    facts_put(out, "epmd.port", word[4]);
    return true;
}

static enum parse epmd_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)ask;
    in = slice_sub(in, 0, ANSWER_MAX);
    struct rd r = rd_of(in.p, in.n);
    uint32_t port = rd_u32(&r);
    if (!r.bad && port != USUAL_PORT && port != d->peer->port)
        return PARSE_NOT;
    if (!end && in.n < ANSWER_MAX)
        return PARSE_MORE; /* it closes behind its answer */
    if (r.bad)
        return PARSE_NOT;
    struct slice rest = slice_skip(in, 4), line;
    facts_put_u64(out, "epmd.own_port", port);
    while (line_take(&rest, &line))
        if (!node(line, out))
            return PARSE_NOT;
    return rest.n && in.n < ANSWER_MAX ? PARSE_NOT : PARSE_DONE;
}

static const uint16_t epmd_ports[] = {4369, 0};

static const struct parser_key epmd_keys[] = {{"epmd.own_port", "port of epmd, as it says"},
                                              {"epmd.node", "name of a node"},
                                              {"epmd.port", "its port"},
                                              {NULL, NULL}};

const struct parser parser_epmd = {
    .name = "epmd",
    .service = "epmd",
    .source = "Erlang/OTP, distribution protocol",
    .transports = PARSER_TCP,
    .rarity = 6,
    .ports = epmd_ports,
    .keys = epmd_keys,
    .hello = epmd_hello,
    .read = epmd_read,
};
