/* iperf3: the client's cookie of 37 bytes, answered with one byte: PARAM_EXCHANGE (iperf3, iperf_api.h). The server
 * waits for parameters that never come; no test begins. */
#include "proto/bits.h"
#include "proto/parser.h"

static void iperf3_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("abcdefghijklmnopqrstuvwxyz2345672345\0"));
}

static enum parse iperf3_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    if (in.n <= 1 && !end)
        return PARSE_MORE; /* one byte and no more */
    if (in.n != 1 || (in.p[0] != 9 && (uint8_t)in.p[0] != 0xff))
        return PARSE_NOT;
    facts_put_str(out, "iperf3.state", in.p[0] == 9 ? "ready" : "busy");
    return PARSE_DONE;
}

static const uint16_t iperf3_ports[] = {5201, 0};

static const struct parser_key iperf3_keys[] = {{"iperf3.state", "ready, or busy with somebody else"}, {NULL, NULL}};

const struct parser parser_iperf3 = {
    .name = "iperf3",
    .service = "iperf3",
    .source = "iperf3",
    .transports = PARSER_TCP,
    .rarity = 9,
    .ports = iperf3_ports,
    .keys = iperf3_keys,
    .hello = iperf3_hello,
    .read = iperf3_read,
};
