/* ClamAV's daemon: the command VERSION (clamd(8)). */
#include "proto/bits.h"
#include "proto/parser.h"

static void clamd_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("VERSION\n"));
}

static bool clamd_recognise(struct slice in) {
    struct slice rest = in, line;
    return line_take(&rest, &line) && slice_starts(line, SLICE("ClamAV ")) && line.n > 8 && line.p[7] >= '0' &&
           line.p[7] <= '9' && bits_is_text(line, false);
}

static enum parse clamd_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct slice line, rest, version;
    enum parse got = bits_first_line(in, end, SLICE("ClamAV "), 256, &line);
    if (got != PARSE_DONE)
        return got;
    if (!clamd_recognise(in))
        return PARSE_NOT;
    rest = slice_skip(line, 7);
    if (slice_split(&rest, '/', &version))
        facts_put(out, "clamd.version", version);
    if (rest.p)
        facts_put(out, "clamd.database", rest);
    return PARSE_DONE;
}

static const uint16_t clamd_ports[] = {3310, 0};

static const struct parser_key clamd_keys[] = {
    {"clamd.version", "version"}, {"clamd.database", "number and day of the signatures"}, {NULL, NULL}};

const struct parser parser_clamd = {
    .name = "clamd",
    .service = "clamav",
    .source = "clamd(8)",
    .transports = PARSER_TCP,
    .rarity = 7,
    .ports = clamd_ports,
    .keys = clamd_keys,
    .recognise = clamd_recognise,
    .hello = clamd_hello,
    .read = clamd_read,
};
