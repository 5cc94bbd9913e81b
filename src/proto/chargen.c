/* Character generator: lines of 72 printable characters, each shifted by one (RFC 864). */
#include "proto/bits.h"
#include "proto/parser.h"

static void chargen_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\r\n"));
}

#define LINE 74 /* with CR LF */

/* Each character is the one behind that before it, the blank follows the tilde. */
static bool is_line(struct slice line) {
    for (size_t i = 1; i < line.n; i++) {
        char before = line.p[i - 1];
        if (line.p[i] != (before == '~' ? ' ' : before + 1))
            return false;
    }
    return line.n == LINE - 2 && line.p[0] >= ' ' && line.p[0] <= '~';
}

static bool chargen_recognise(struct slice in) {
    return is_line(slice_sub(in, 0, LINE - 2)) && slice_starts(slice_skip(in, LINE - 2), SLICE("\r\n"));
}

static enum parse chargen_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    if (in.n < LINE) {
        bool possible = in.n == 0 || (in.p[0] >= ' ' && in.p[0] <= '~');
        return possible && !end ? PARSE_MORE : PARSE_NOT;
    }
    if (!chargen_recognise(in))
        return PARSE_NOT;
    facts_put(out, "chargen.line", slice_sub(in, 0, 72));
    return PARSE_DONE;
}

static const uint16_t chargen_ports[] = {19, 0};

static const struct parser_key chargen_keys[] = {{"chargen.line", "first line"}, {NULL, NULL}};

const struct parser parser_chargen = {
    .name = "chargen",
    .service = "chargen",
    .source = "RFC 864",
    .transports = PARSER_TCP | PARSER_UDP,
    .greets = true,
    .rarity = 9,
    .ports = chargen_ports,
    .keys = chargen_keys,
    .recognise = chargen_recognise,
    .hello = chargen_hello,
    .read = chargen_read,
};
