/* Music Player Daemon: the greeting names the version of the protocol, not of the program (MPD, "The Music Player
 * Daemon protocol"). */
#include "proto/bits.h"
#include "proto/parser.h"

static bool is_greeting(struct slice line) {
    struct slice rest = slice_skip(line, 7);
    size_t i = 0;
    while (i < rest.n && ((rest.p[i] >= '0' && rest.p[i] <= '9') || rest.p[i] == '.'))
        i++;
    return slice_starts(line, SLICE("OK MPD ")) && i == rest.n && i >= 3 && i < 16;
}

static bool mpd_recognise(struct slice in) {
    struct slice rest = in, line;
    return line_take(&rest, &line) && is_greeting(line);
}

static enum parse mpd_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct slice line;
    enum parse got = bits_first_line(in, end, SLICE("OK MPD "), 64, &line);
    if (got != PARSE_DONE)
        return got;
    if (!is_greeting(line))
        return PARSE_NOT;
    facts_put(out, "mpd.protocol", slice_skip(line, 7));
    return PARSE_DONE;
}

static const uint16_t mpd_ports[] = {6600, 0};

static const struct parser_key mpd_keys[] = {{"mpd.protocol", "version of the protocol"}, {NULL, NULL}};

const struct parser parser_mpd = {
    .name = "mpd",
    .service = "mpd",
    .source = "MPD protocol",
    .transports = PARSER_TCP,
    .greets = true,
    .rarity = 1,
    .ports = mpd_ports,
    .keys = mpd_keys,
    .recognise = mpd_recognise,
    .read = mpd_read,
};
