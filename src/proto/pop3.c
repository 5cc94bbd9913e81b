/* POP3 (RFC 1939; CAPA: RFC 2449): greeting and capabilities. */
#include "proto/lines.h"

#define CAPABILITIES_MAX 32
#define ANSWER_MAX 8192

static bool pop3_recognise(struct slice in) {
    struct slice line;
    return slice_starts(in, SLICE("+OK ")) && line_take(&in, &line) && line.n > 4 && line.n <= 512 && is_text(line);
}

/* A time stamp for APOP, "<1896.697170952@dbc.mtview.ca.us>" (RFC 1939 7), names the host. */
static void put_host(struct slice line, struct facts *out) {
    struct slice stamp = slice_skip(line, slice_find(line, '<'));
    stamp = slice_sub(stamp, 0, slice_find(stamp, '>'));
    size_t at = slice_find(stamp, '@');
    struct slice host = slice_skip(stamp, at + 1);
    if (at < stamp.n)
        facts_put(out, "pop3.apop", SLICE("yes"));
    if (at < stamp.n && is_host_name(host))
        facts_put(out, "pop3.host", host);
}

static enum parse greeting(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct slice rest = in, line;
    if (!slice_starts(in, slice_sub(SLICE("+OK"), 0, ll_min_size(in.n, 3))))
        return PARSE_NOT;
    if (!line_take(&rest, &line))
        return end || in.n > 512 ? PARSE_NOT : PARSE_MORE;
    if (line.n > 512 || (line.n > 3 && line.p[3] != ' ') || !is_text(line))
        return PARSE_NOT;
    facts_put(out, "pop3.greeting", slice_trim(slice_skip(line, 3)));
    put_host(line, out);
    if (end && rest.n == 0)
        return PARSE_NOT;
    d->memo[0] = 1;
    d->used = in.n - rest.n;
    buf_put_str(ask, "CAPA\r\n");
    return PARSE_ASK;
}

static void put_capability(struct slice line, struct facts *out) {
    struct slice rest = line, word;
    if (slice_word(&rest, &word) && slice_eq_nocase(word, SLICE("IMPLEMENTATION")))
        facts_put_some(out, "pop3.implementation", rest);
    facts_put_some(out, "pop3.capability", line);
}

static enum parse pop3_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct slice rest = in, line;
    if (d->memo[0] == 0)
        return greeting(d, in, end, out, ask);
    /* Only "+OK" and "-ERR" are answers (RFC 1939 3): the greeting alone proves nothing. */
    if (!slice_starts(in, slice_sub(SLICE("+OK"), 0, ll_min_size(in.n, 3))) &&
        !slice_starts(in, slice_sub(SLICE("-ERR"), 0, ll_min_size(in.n, 4))))
        return PARSE_NOT;
    if (!line_take(&rest, &line))
        return end || in.n > ANSWER_MAX ? PARSE_NOT : PARSE_MORE;
    if (line.p[0] == '-')
        return PARSE_DONE;
    for (unsigned i = 0; i < CAPABILITIES_MAX && line_take(&rest, &line); i++) {
        if (slice_eq(line, SLICE(".")))
            return PARSE_DONE;
        put_capability(line, out);
        if (i + 1 == CAPABILITIES_MAX)
            return PARSE_DONE;
    }
    return end || in.n > ANSWER_MAX ? PARSE_DONE : PARSE_MORE;
}

static const uint16_t pop3_ports[] = {110, 0};
static const uint16_t pop3_tls_ports[] = {995, 0};

static const struct parser_key pop3_keys[] = {
    {"pop3.greeting", "text behind +OK"},          {"pop3.apop", "\"yes\": the greeting holds a time stamp for APOP"},
    {"pop3.host", "host name in that time stamp"}, {"pop3.capability", "one line of the answer to CAPA; several"},
    {"pop3.implementation", "its IMPLEMENTATION"}, {NULL, NULL}};

const struct parser parser_pop3 = {
    .name = "pop3",
    .service = "pop3",
    .source = "RFC 1939, RFC 2449",
    .transports = PARSER_TCP | PARSER_TLS,
    .greets = true,
    .rarity = 1,
    .ports = pop3_ports,
    .tls_ports = pop3_tls_ports,
    .keys = pop3_keys,
    .recognise = pop3_recognise,
    .read = pop3_read,
};
