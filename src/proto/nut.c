/* Network UPS Tools: the command VER (Network UPS Tools developer guide, "Network protocol information"). */
#include "proto/bits.h"
#include "proto/parser.h"

static void nut_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("VER\n"));
}

static bool nut_recognise(struct slice in) {
    struct slice rest = in, line;
    return line_take(&rest, &line) && slice_starts(line, SLICE("Network UPS Tools upsd ")) && bits_is_text(line, false);
}

static enum parse nut_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct slice line, rest, version;
    enum parse got = bits_first_line(in, end, SLICE("Network UPS Tools upsd "), 256, &line);
    if (got != PARSE_DONE)
        return got;
    rest = slice_skip(line, 23);
    if (!nut_recognise(in) || !slice_word(&rest, &version))
        return PARSE_NOT;
    facts_put(out, "nut.version", version);
    return PARSE_DONE;
}

static const uint16_t nut_ports[] = {3493, 0};

static const struct parser_key nut_keys[] = {{"nut.version", "version"}, {NULL, NULL}};

const struct parser parser_nut = {
    .name = "nut",
    .service = "nut",
    .source = "Network UPS Tools, network protocol",
    .transports = PARSER_TCP,
    .rarity = 8,
    .ports = nut_ports,
    .keys = nut_keys,
    .recognise = nut_recognise,
    .hello = nut_hello,
    .read = nut_read,
};
