/* Varnish's command line: status and length in 13 bytes, then text (varnish-cli(7), "Wire protocol"). It greets with
 * a challenge for a secret that nobody answers here, or, without one, with its version. */
#include "base/num.h"
#include "proto/bits.h"
#include "proto/parser.h"

#define HEAD 13 /* "107 59      LF" */

/* False: not whole or not it; `possible` says which. */
static bool message(struct slice in, unsigned *status, struct slice *text, bool *possible) {
    uint64_t code, n;
    struct slice first = slice_sub(in, 0, HEAD), rest = first, word;
    *possible = in.n < HEAD && (in.n == 0 || in.p[0] == '1' || in.p[0] == '2');
    if (in.n < HEAD || in.p[HEAD - 1] != '\n' || in.p[3] != ' ')
        return false;
    if (!slice_word(&rest, &word) || !num_u64_max(word, 999, &code) || !slice_word(&rest, &word) ||
        !num_u64_max(word, 4096, &n) || slice_word(&rest, &word))
        return false;
    *possible = code == 107 || code == 200;
    *status = (unsigned)code;
    *text = slice_sub(in, HEAD, (size_t)n);
    return *possible && in.n > HEAD + n; /* a line end follows */
}

static bool is_it(unsigned status, struct slice text) {
    if (status == 107)
        return text.n > 33 && text.p[32] == '\n' && slice_has_exact(text, SLICE("Authentication required."));
    return slice_has_exact(text, SLICE("Varnish Cache CLI"));
}

static bool varnish_recognise(struct slice in) {
    unsigned status;
    struct slice text;
    bool possible;
    return message(in, &status, &text, &possible) && is_it(status, text);
}

static enum parse varnish_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    unsigned status;
    struct slice text, line;
    bool possible;
    if (!message(in, &status, &text, &possible))
        return possible && !end ? PARSE_MORE : PARSE_NOT;
    if (!is_it(status, text))
        return PARSE_NOT;
    facts_put_u64(out, "varnish.status", status);
    while (line_take(&text, &line))
        if (slice_starts(line, SLICE("varnish-")))
            facts_put(out, "varnish.version", slice_skip(line, 8));
    return PARSE_DONE;
}

static const uint16_t varnish_ports[] = {6082, 0};

static const struct parser_key varnish_keys[] = {{"varnish.status", "107: a secret is wanted; 200: open"},
                                                 {"varnish.version", "version and revision"},
                                                 {NULL, NULL}};

const struct parser parser_varnish = {
    .name = "varnish",
    .service = "varnish-cli",
    .source = "varnish-cli(7)",
    .transports = PARSER_TCP,
    .greets = true,
    .rarity = 2,
    .ports = varnish_ports,
    .keys = varnish_keys,
    .recognise = varnish_recognise,
    .read = varnish_read,
};
