/* LIRC: the command VERSION (lircd(8), "Socket Protocol"). */
#include "proto/bits.h"
#include "proto/parser.h"

static void lirc_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("VERSION\n"));
}

static enum parse lirc_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    in = slice_sub(in, 0, 512);
    struct slice line, rest = in, start = SLICE("BEGIN\n"), last = {0};
    if (!slice_starts(start, slice_sub(in, 0, start.n)))
        return PARSE_NOT;
    for (bool ok = false; line_take(&rest, &line); last = line) {
        ok = ok || slice_eq(line, SLICE("SUCCESS"));
        if (ok && slice_eq(line, SLICE("END"))) {
            facts_put(out, "lirc.version", last);
            return PARSE_DONE;
        }
    }
    return end || in.n == 512 ? PARSE_NOT : PARSE_MORE;
}

static const uint16_t lirc_ports[] = {8765, 0};

static const struct parser_key lirc_keys[] = {{"lirc.version", "version"}, {NULL, NULL}};

const struct parser parser_lirc = {
    .name = "lirc",
    .service = "lirc",
    .source = "lircd(8)",
    .transports = PARSER_TCP,
    .rarity = 9,
    .ports = lirc_ports,
    .keys = lirc_keys,
    .hello = lirc_hello,
    .read = lirc_read,
};
