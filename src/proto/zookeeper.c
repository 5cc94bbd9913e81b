/* ZooKeeper: the four-letter word "srvr", the only one that is allowed from 3.5 on unless the administrator says more
 * (ZooKeeper Administrator's Guide, "The Four Letter Words"). */
#include "proto/bits.h"
#include "proto/parser.h"

#define ANSWER_MAX 8192

static void zookeeper_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put_str(ask, "srvr");
}

static bool is_refusal(struct slice line) {
    return slice_starts(line, SLICE("srvr is not executed because it is not in the whitelist"));
}

static bool zookeeper_recognise(struct slice in) {
    struct slice rest = in, line;
    return line_take(&rest, &line) && (slice_starts(line, SLICE("Zookeeper version: ")) || is_refusal(line));
}

static enum parse zookeeper_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct slice a = SLICE("Zookeeper version: "), b = SLICE("srvr is not executed"), rest = in, line;
    if (!slice_starts(a, slice_sub(in, 0, a.n)) && !slice_starts(b, slice_sub(in, 0, b.n)))
        return PARSE_NOT;
    in = slice_sub(in, 0, ANSWER_MAX);
    rest = in;
    if (!end && in.n < ANSWER_MAX)
        return PARSE_MORE; /* it closes behind its answer */
    if (!zookeeper_recognise(in))
        return PARSE_NOT;
    while (line_take(&rest, &line)) {
        struct slice value = line, name;
        if (is_refusal(line))
            facts_put(out, "zookeeper.refused", line);
        if (!slice_split(&value, ':', &name) || !value.p)
            continue;
        if (slice_eq(name, SLICE("Zookeeper version")))
            facts_put(out, "zookeeper.version", slice_trim(value));
        else if (slice_eq(name, SLICE("Mode")))
            facts_put(out, "zookeeper.mode", slice_trim(value));
    }
    return PARSE_DONE;
}

static const uint16_t zookeeper_ports[] = {2181, 0};

static const struct parser_key zookeeper_keys[] = {{"zookeeper.version", "version, revision and when it was built"},
                                                   {"zookeeper.mode", "standalone, leader or follower"},
                                                   {"zookeeper.refused", "the word is not allowed"},
                                                   {NULL, NULL}};

const struct parser parser_zookeeper = {
    .name = "zookeeper",
    .service = "zookeeper",
    .source = "ZooKeeper Administrator's Guide",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 6,
    .ports = zookeeper_ports,
    .keys = zookeeper_keys,
    .recognise = zookeeper_recognise,
    .hello = zookeeper_hello,
    .read = zookeeper_read,
};
