/* Identification protocol: asks for a pair of ports that is in use by nobody (RFC 1413 4, 5). */
#include "proto/bits.h"
#include "proto/parser.h"

static void ident_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("1, 1\r\n"));
}

/* "1, 1 : ERROR : NO-USER", with blanks as the server likes them */
static bool answer(struct slice line, struct slice *kind, struct slice *text) {
    struct slice rest = line, pair, first;
    if (!slice_split(&rest, ':', &pair) || !rest.p || !slice_split(&rest, ':', kind) || !rest.p)
        return false;
    *kind = slice_trim(*kind);
    *text = slice_trim(rest);
    return slice_split(&pair, ',', &first) && pair.p && slice_eq(slice_trim(first), SLICE("1")) &&
           slice_eq(slice_trim(pair), SLICE("1")) &&
           (slice_eq(*kind, SLICE("ERROR")) || slice_eq(*kind, SLICE("USERID"))) && bits_is_text(*text, false);
}

static enum parse ident_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct slice line, kind, text;
    enum parse got = bits_first_line(in, end, SLICE("1"), 512, &line);
    if (got != PARSE_DONE)
        return got;
    if (!answer(line, &kind, &text))
        return PARSE_NOT;
    facts_put(out, slice_eq(kind, SLICE("ERROR")) ? "ident.error" : "ident.user", text);
    return PARSE_DONE;
}

static const uint16_t ident_ports[] = {113, 0};

static const struct parser_key ident_keys[] = {
    {"ident.error", "NO-USER, HIDDEN-USER ..."}, {"ident.user", "system and user: it answers anything"}, {NULL, NULL}};

const struct parser parser_ident = {
    .name = "ident",
    .service = "ident",
    .source = "RFC 1413",
    .transports = PARSER_TCP,
    .rarity = 8,
    .ports = ident_ports,
    .keys = ident_keys,
    .hello = ident_hello,
    .read = ident_read,
};
