/* Subversion's svnserve: the greeting with the versions of the protocol and the capabilities (Subversion's
 * libsvn_ra_svn/protocol, 2.1). */
#include "base/num.h"
#include "proto/bits.h"
#include "proto/parser.h"

#define GREETING_MAX 2048

/* "( success ( MIN MAX ( ) ( CAPABILITIES ) ) ) " */
static bool greeting(struct slice in, struct facts *out) {
    size_t whole = slice_find_part(slice_sub(in, 0, GREETING_MAX), SLICE(" ) ) )"));
    if (whole == ll_min_size(in.n, GREETING_MAX))
        return false;
    in = slice_sub(in, 0, whole + 6);
    struct slice rest = in, word, least, most;
    static const char *const head[] = {"(", "success", "("};
    for (size_t i = 0; i < LL_COUNT(head); i++)
        if (!slice_word(&rest, &word) || !slice_eq(word, slice_of(head[i])))
            return false;
    uint64_t n;
    if (!slice_word(&rest, &least) || !num_u64_max(least, 99, &n) || !slice_word(&rest, &most) ||
        !num_u64_max(most, 99, &n) || !bits_is_text(rest, true))
        return false;
    struct slice capabilities = bits_between(rest, SLICE(") ( "), SLICE(" ) ) )"));
    if (!capabilities.p)
        return false;
    if (out) {
        facts_put(out, "svn.least", least);
        facts_put(out, "svn.most", most);
        facts_put(out, "svn.capabilities", capabilities);
    }
    return true;
}

static bool svn_recognise(struct slice in) {
    return slice_starts(in, SLICE("( success ( ")) && greeting(in, NULL);
}

static enum parse svn_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct slice start = SLICE("( success ( ");
    if (!slice_starts(start, slice_sub(in, 0, start.n)))
        return PARSE_NOT;
    if (greeting(in, out))
        return PARSE_DONE;
    return end || in.n >= GREETING_MAX ? PARSE_NOT : PARSE_MORE;
}

static const uint16_t svn_ports[] = {3690, 0};

static const struct parser_key svn_keys[] = {{"svn.least", "oldest version of the protocol"},
                                             {"svn.most", "newest version of it"},
                                             {"svn.capabilities", "capabilities"},
                                             {NULL, NULL}};

const struct parser parser_svn = {
    .name = "svn",
    .service = "svnserve",
    .source = "Subversion, libsvn_ra_svn/protocol",
    .transports = PARSER_TCP,
    .greets = true,
    .rarity = 1,
    .ports = svn_ports,
    .keys = svn_keys,
    .recognise = svn_recognise,
    .read = svn_read,
};
