/* Tor's control port: PROTOCOLINFO, which may be asked before any authentication (Tor control protocol, 3.21). */
#include "proto/bits.h"
#include "proto/parser.h"

static void tor_control_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("PROTOCOLINFO 1\r\n"));
}

#define ANSWER_MAX 4096

static enum parse tor_control_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    in = slice_sub(in, 0, ANSWER_MAX);
    struct slice line, rest = in;
    enum parse got = bits_first_line(in, end, SLICE("250-PROTOCOLINFO "), 64, &line);
    if (got != PARSE_DONE)
        return got;
    while (line_take(&rest, &line)) {
        if (slice_starts(line, SLICE("250-AUTH METHODS=")))
            facts_put(out, "tor_control.methods",
                      slice_sub(slice_skip(line, 17), 0, slice_find(slice_skip(line, 17), ' ')));
        else if (slice_starts(line, SLICE("250-VERSION Tor=\"")))
            facts_put(out, "tor_control.version", bits_between(line, SLICE("\""), SLICE("\"")));
        else if (slice_starts(line, SLICE("250 ")))
            return PARSE_DONE;
    }
    return end || in.n == ANSWER_MAX ? PARSE_DONE : PARSE_MORE;
}

static const uint16_t tor_control_ports[] = {9051, 9151, 0};

static const struct parser_key tor_control_keys[] = {
    {"tor_control.version", "version of Tor"}, {"tor_control.methods", "ways of authentication"}, {NULL, NULL}};

const struct parser parser_tor_control = {
    .name = "tor_control",
    .service = "tor-control",
    .source = "Tor control protocol 3.21",
    .transports = PARSER_TCP,
    .rarity = 7,
    .ports = tor_control_ports,
    .keys = tor_control_keys,
    .hello = tor_control_hello,
    .read = tor_control_read,
};
