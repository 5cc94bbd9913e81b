/* Git's own protocol: asks for a repository that nobody has (gitprotocol-pack(5), "Git Transport"). The refusal shows
 * that it is git; one that answers all the same lists its references and its version as "agent". */
#include "proto/bits.h"
#include "proto/parser.h"

#define LINE_MAX 65520 /* gitprotocol-common(5), pkt-line */

static void git_hello(struct dialogue *d, struct buf *ask) {
    static const char path[] = "git-upload-pack /no-such-repository";
    char port[8];
    int digits = snprintf(port, sizeof port, "%u", (unsigned)d->peer->port);
    struct slice host = slice_sub(d->peer->host, 0, 255);
    /* four hex digits, path NUL, "host=" name ":" port NUL */
    size_t n = 4 + sizeof path + 5 + host.n + 1 + (size_t)digits + 1;
    (void)buf_printf(ask, "%04zx%s", n, path);
    (void)buf_put(ask, SLICE("\0host="));
    (void)buf_put(ask, host);
    (void)buf_printf(ask, ":%s", port);
    (void)buf_put_char(ask, '\0');
}

static bool hex_length(struct slice in, size_t *n) {
    *n = 0;
    for (size_t i = 0; i < 4; i++) {
        char c = in.p[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        *n = *n * 16 + (size_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return *n > 4 && *n <= LINE_MAX;
}

static bool git_recognise(struct slice in) {
    size_t n;
    return in.n > 8 && hex_length(in, &n) && n == in.n && slice_starts(slice_skip(in, 4), SLICE("ERR "));
}

/* "OBJECT REF NUL capabilities" */
static bool references(struct slice line, struct facts *out) {
    size_t nul = slice_find(line, '\0');
    struct slice rest = slice_skip(line, nul + 1), word;
    if (nul < 42 || nul == line.n || line.p[40] != ' ' || !bits_is_text(rest, true))
        return false;
    facts_put(out, "git.capabilities", slice_trim(rest));
    while (slice_word(&rest, &word))
        if (slice_starts(word, SLICE("agent=")))
            facts_put(out, "git.agent", slice_skip(word, 6));
    return true;
}

static enum parse git_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    size_t n;
    if (in.n < 4)
        return end ? PARSE_NOT : PARSE_MORE;
    if (!hex_length(in, &n))
        return PARSE_NOT;
    if (in.n < n)
        return end ? PARSE_NOT : PARSE_MORE;
    struct slice line = slice_sub(in, 4, n - 4);
    if (!slice_starts(line, SLICE("ERR ")))
        return references(line, out) ? PARSE_DONE : PARSE_NOT;
    facts_put(out, "git.error", slice_trim(slice_skip(line, 4)));
    return PARSE_DONE;
}

static const uint16_t git_ports[] = {9418, 0};

static const struct parser_key git_keys[] = {{"git.error", "why the repository is not given"},
                                             {"git.agent", "git/VERSION"},
                                             {"git.capabilities", "capabilities of upload-pack"},
                                             {NULL, NULL}};

const struct parser parser_git = {
    .name = "git",
    .service = "git",
    .source = "gitprotocol-pack(5)",
    .transports = PARSER_TCP,
    .rarity = 7,
    .ports = git_ports,
    .keys = git_keys,
    .recognise = git_recognise,
    .hello = git_hello,
    .read = git_read,
};
