/* Gopher: the empty selector gives the menu (RFC 1436 3.4, appendix). */
#include "base/num.h"
#include "proto/bits.h"
#include "proto/lines.h"
#include "proto/parser.h"

static void gopher_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\r\n"));
}

#define MENU_MAX 8192
#define MENU_LOOKED_AT 16 /* lines, before it is recognised */

/* Type and name, selector, host, port, with tabs between. */
static bool item(struct slice line, struct slice *name) {
    struct slice rest = line, part[4];
    uint64_t port;
    for (size_t i = 0; i < LL_COUNT(part); i++)
        if (!slice_split(&rest, '\t', &part[i]))
            return false;
    *name = part[0];
    return part[0].n && num_u64_max(slice_trim(part[3]), 65535, &port);
}

/* A menu comes to other questions, too: GET begins the name of no file. Two items, or one and the end. */
static bool gopher_recognise(struct slice in) {
    struct slice rest = slice_sub(in, 0, MENU_MAX), line, name;
    unsigned items = 0;
    for (unsigned i = 0; i < MENU_LOOKED_AT && line_take(&rest, &line); i++) {
        if (items && slice_eq(line, SLICE(".")))
            return true;
        if (!item(line, &name) || !bits_is_text(line, true))
            return false;
        items++;
    }
    return items > 1;
}

static enum parse gopher_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    in = slice_sub(in, 0, MENU_MAX);
    struct slice rest = in, line, name, last = {0};
    bool any = false;
    while (line_take(&rest, &line)) {
        if (any && slice_eq(line, SLICE("."))) {
            facts_put(out, "gopher.last", slice_trim(last));
            return PARSE_DONE;
        }
        if (!item(line, &name))
            return PARSE_NOT;
        if (!any)
            facts_put(out, "gopher.item", name);
        any = true;
        last = slice_sub(line, 1, slice_find(line, '\t') - 1);
    }
    if (!end && in.n < MENU_MAX)
        return PARSE_MORE;
    if (any)
        facts_put(out, "gopher.last", slice_trim(last));
    return any ? PARSE_DONE : PARSE_NOT;
}

static const uint16_t gopher_ports[] = {70, 0};

static const struct parser_key gopher_keys[] = {{"gopher.item", "first line of the menu"},
                                                {"gopher.last", "last line, where servers name themselves"},
                                                {NULL, NULL}};

const struct parser parser_gopher = {
    .name = "gopher",
    .service = "gopher",
    .source = "RFC 1436",
    .transports = PARSER_TCP,
    .rarity = 6,
    .ports = gopher_ports,
    .keys = gopher_keys,
    .recognise = gopher_recognise,
    .hello = gopher_hello,
    .read = gopher_read,
};
