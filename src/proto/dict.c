/* DICT: the banner "220 text <capabilities> <id>" (RFC 2229 3.1). */
#include "proto/bits.h"
#include "proto/parser.h"

/* The last word is an identifier, the one before it the capabilities: no FTP or mail server ends its line so. */
static bool banner(struct slice line, struct facts *out) {
    struct slice text = slice_trim(slice_skip(line, 4)), id = {0}, capabilities = {0};
    if (!slice_starts(line, SLICE("220 ")) || !bits_is_text(line, false))
        return false;
    for (unsigned i = 0; i < 2; i++) {
        size_t at = text.n;
        while (at > 0 && text.p[at - 1] != ' ')
            at--;
        struct slice word = slice_skip(text, at);
        if (word.n < 2 || word.p[0] != '<' || word.p[word.n - 1] != '>')
            return false;
        *(i == 0 ? &id : &capabilities) = slice_sub(word, 1, word.n - 2);
        text = slice_trim(slice_sub(text, 0, at));
    }
    if (slice_find(id, '@') == id.n || slice_find(capabilities, '@') < capabilities.n)
        return false;
    if (out) {
        facts_put(out, "dict.text", text);
        facts_put(out, "dict.capabilities", capabilities);
    }
    return true;
}

static bool dict_recognise(struct slice in) {
    struct slice rest = in, line;
    return line_take(&rest, &line) && banner(line, NULL);
}

static enum parse dict_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct slice line;
    enum parse got = bits_first_line(in, end, SLICE("220 "), 1024, &line);
    if (got == PARSE_DONE && !banner(line, out))
        return PARSE_NOT;
    return got;
}

static const uint16_t dict_ports[] = {2628, 0};

static const struct parser_key dict_keys[] = {
    {"dict.text", "host name and software"}, {"dict.capabilities", "capabilities"}, {NULL, NULL}};

const struct parser parser_dict = {
    .name = "dict",
    .service = "dict",
    .source = "RFC 2229 3.1",
    .transports = PARSER_TCP,
    .greets = true,
    .rarity = 2,
    .ports = dict_ports,
    .keys = dict_keys,
    .recognise = dict_recognise,
    .read = dict_read,
};
