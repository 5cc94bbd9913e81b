/* AJP 1.3: CPING, answered with CPONG (Apache Tomcat connectors, AJPv13 extensions proposal, 4). */
#include "proto/bits.h"
#include "proto/parser.h"

static void ajp13_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\x12\x34\x00\x01\x0a"));
}

static enum parse ajp13_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct slice answer = SLICE("AB\x00\x01\x09");
    if (!slice_starts(answer, slice_sub(in, 0, answer.n)))
        return PARSE_NOT;
    if (in.n < answer.n)
        return end ? PARSE_NOT : PARSE_MORE;
    facts_put_str(out, "ajp13.answer", "CPONG");
    return PARSE_DONE;
}

static const uint16_t ajp13_ports[] = {8009, 0};

static const struct parser_key ajp13_keys[] = {{"ajp13.answer", "CPONG"}, {NULL, NULL}};

const struct parser parser_ajp13 = {
    .name = "ajp13",
    .service = "ajp13",
    .source = "AJPv13 extensions",
    .transports = PARSER_TCP,
    .rarity = 7,
    .ports = ajp13_ports,
    .keys = ajp13_keys,
    .hello = ajp13_hello,
    .read = ajp13_read,
};
