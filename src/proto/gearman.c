/* Gearman's job server: the administrative command "version" (Gearman protocol, "Administrative Protocol"). */
#include "proto/bits.h"
#include "proto/parser.h"

static void gearman_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put_str(ask, "version\n");
}

/* "1.1.20+ds" behind "OK " (the C server), or alone (the Perl server). */
static bool version_of(struct slice line, struct slice *version) {
    *version = slice_starts(line, SLICE("OK ")) ? slice_skip(line, 3) : line;
    size_t points = 0, i = 0;
    for (; i < version->n && (version->p[i] == '.' || (version->p[i] >= '0' && version->p[i] <= '9')); i++)
        points += version->p[i] == '.';
    if (points < 1 || points > 3 || i < 3 || version->n > 32 || version->p[0] == '.')
        return false;
    struct slice suffix = slice_skip(*version, i);
    return suffix.n == 0 ||
           (memchr("+~-", suffix.p[0], 3) && slice_find(suffix, ' ') == suffix.n && bits_is_text(suffix, false));
}

static enum parse gearman_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct slice line, version;
    enum parse got = bits_first_line(in, end, SLICE(""), 40, &line);
    if (got != PARSE_DONE)
        return got;
    if (!version_of(line, &version))
        return PARSE_NOT;
    facts_put(out, "gearman.version", version);
    return PARSE_DONE;
}

static const uint16_t gearman_ports[] = {4730, 0};

static const struct parser_key gearman_keys[] = {{"gearman.version", "version"}, {NULL, NULL}};

const struct parser parser_gearman = {
    .name = "gearman",
    .service = "gearman",
    .source = "Gearman protocol",
    .transports = PARSER_TCP,
    .rarity = 7,
    .ports = gearman_ports,
    .keys = gearman_keys,
    .hello = gearman_hello,
    .read = gearman_read,
};
