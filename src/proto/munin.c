/* Munin's node: the greeting names the host, the command "version" the version (Munin guide, "Data exchange between
 * master and node"). */
#include "proto/bits.h"
#include "proto/parser.h"

static bool munin_recognise(struct slice in) {
    struct slice rest = in, line;
    return line_take(&rest, &line) && slice_starts(line, SLICE("# munin node at ")) && bits_is_text(line, false);
}

static enum parse munin_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct slice line, rest;
    if (d->memo[0] == 0) {
        enum parse got = bits_first_line(in, end, SLICE("# munin node at "), 512, &line);
        if (got != PARSE_DONE)
            return got;
        if (!munin_recognise(in))
            return PARSE_NOT;
        facts_put(out, "munin.host", slice_skip(line, 16));
        (void)buf_put_str(ask, "version\n");
        d->memo[0] = 1;
        return PARSE_ASK;
    }
    in = slice_sub(in, 0, 512);
    rest = in;
    if (!line_take(&rest, &line))
        return end || in.n == 512 ? PARSE_DONE : PARSE_MORE;
    size_t at = slice_find_part(line, SLICE(" version: "));
    if (at < line.n)
        facts_put(out, "munin.version", slice_skip(line, at + 10));
    return PARSE_DONE;
}

static const uint16_t munin_ports[] = {4949, 0};

static const struct parser_key munin_keys[] = {
    {"munin.host", "name of the node"}, {"munin.version", "version"}, {NULL, NULL}};

const struct parser parser_munin = {
    .name = "munin",
    .service = "munin",
    .source = "Munin guide",
    .transports = PARSER_TCP,
    .greets = true,
    .rarity = 2,
    .ports = munin_ports,
    .keys = munin_keys,
    .recognise = munin_recognise,
    .read = munin_read,
};
