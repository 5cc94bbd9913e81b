/* SSH: the identification line (RFC 4253 4.2). */
#include "proto/parser.h"

#define LINE_MAX 255     /* RFC 4253 4.2, CR LF included */
#define PREFACE_MAX 8192 /* lines before it that are put up with */

static bool ssh_recognise(struct slice in) {
    return slice_starts(in, SLICE("SSH-")) && in.n > 7 && in.p[4] >= '1' && in.p[4] <= '2' && in.p[5] == '.';
}

/* "SSH-protoversion-softwareversion SP comments" without its line end. */
static bool ssh_line(struct slice line, struct facts *out) {
    struct slice rest = slice_skip(line, 4), protocol;
    if (line.n > LINE_MAX || !slice_split(&rest, '-', &protocol) || !rest.p)
        return false;
    size_t blank = slice_find(rest, ' ');
    facts_put(out, "ssh.protocol", protocol);
    facts_put(out, "ssh.software", slice_sub(rest, 0, blank));
    if (blank < rest.n)
        facts_put(out, "ssh.comment", slice_skip(rest, blank + 1));
    return true;
}

static enum parse ssh_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct slice rest = slice_sub(in, 0, PREFACE_MAX);
    while (rest.n) {
        size_t n = slice_find(rest, '\n');
        struct slice line = slice_sub(rest, 0, n);
        bool whole = n < rest.n;
        if (slice_starts(line, SLICE("SSH-"))) {
            if (!whole && !end)
                return PARSE_MORE;
            return ssh_recognise(line) && ssh_line(slice_trim(line), out) ? PARSE_DONE : PARSE_NOT;
        }
        if (!whole)
            break;
        rest = slice_skip(rest, n + 1);
    }
    return end || in.n >= PREFACE_MAX ? PARSE_NOT : PARSE_MORE;
}

static const uint16_t ssh_ports[] = {22, 2222, 0};

static const struct parser_key ssh_keys[] = {{"ssh.protocol", "protocol version, 2.0 or 1.99 (RFC 4253 4.2, 5)"},
                                             {"ssh.software", "software version, without blanks"},
                                             {"ssh.comment", "comments behind it"},
                                             {NULL, NULL}};

const struct parser parser_ssh = {
    .name = "ssh",
    .service = "ssh",
    .source = "RFC 4253 4.2",
    .transports = PARSER_TCP,
    .greets = true,
    .rarity = 1,
    .ports = ssh_ports,
    .keys = ssh_keys,
    .recognise = ssh_recognise,
    .read = ssh_read,
};
