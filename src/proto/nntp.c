/* NNTP (RFC 3977): greeting and CAPABILITIES. */
#include "proto/lines.h"

#define CAPABILITIES_MAX 32
#define ANSWER_MAX 8192

enum { STEP, SURE }; /* memo */

static bool names_news(struct slice text) {
    return slice_has_word(text, SLICE("NNTP")) || slice_has_word(text, SLICE("NNRP")) ||
           slice_has_word(text, SLICE("InterNetNews")) || slice_has(text, SLICE("leafnode"));
}

static bool is_greeting(unsigned code) {
    return code == 200 || code == 201 || code == 400 || code == 502; /* RFC 3977 5.1 */
}

static bool nntp_recognise(struct slice in) {
    struct reply r;
    return reply_read(in, &r) == REPLY_WHOLE && is_greeting(r.code) && names_news(r.first) && is_text(in);
}

static enum parse greeting(struct dialogue *d, const struct reply *r, bool end, struct facts *out, struct buf *ask) {
    struct slice rest = r->first, word;
    d->memo[SURE] = names_news(r->first);
    facts_put_u64(out, "nntp.code", r->code);
    facts_put(out, "nntp.greeting", r->first);
    if (slice_word(&rest, &word) && is_host_name(word))
        facts_put(out, "nntp.host", word);
    if (r->code >= 400 || end)
        return d->memo[SURE] ? PARSE_DONE : PARSE_NOT;
    d->memo[STEP] = 1;
    d->used = r->n;
    buf_put_str(ask, "CAPABILITIES\r\n");
    return PARSE_ASK;
}

/* 101, lines, "." */
static enum parse capabilities(struct slice rest, size_t n, bool end, struct facts *out) {
    struct slice line, word;
    for (unsigned i = 0; i < CAPABILITIES_MAX; i++) {
        if (!line_take(&rest, &line))
            return end || n > ANSWER_MAX ? PARSE_DONE : PARSE_MORE;
        if (slice_eq(line, SLICE(".")))
            return PARSE_DONE;
        struct slice text = line;
        if (slice_word(&text, &word) && slice_eq_nocase(word, SLICE("IMPLEMENTATION")))
            facts_put_some(out, "nntp.implementation", text);
        facts_put_some(out, "nntp.capability", line);
    }
    return PARSE_DONE;
}

static enum parse nntp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct reply r;
    enum reply_state state = reply_read(in, &r);
    if (state == REPLY_MORE && !end)
        return PARSE_MORE;
    if (state != REPLY_WHOLE)
        return d->memo[SURE] ? PARSE_DONE : PARSE_NOT;
    if (d->memo[STEP] == 0)
        return is_greeting(r.code) ? greeting(d, &r, end && r.n == in.n, out, ask) : PARSE_NOT;
    if (r.code == 101)
        return capabilities(slice_skip(in, r.n), in.n, end, out);
    return d->memo[SURE] ? PARSE_DONE : PARSE_NOT;
}

static const uint16_t nntp_ports[] = {119, 433, 0};
static const uint16_t nntp_tls_ports[] = {563, 0};

static const struct parser_key nntp_keys[] = {{"nntp.code", "code of the greeting"},
                                              {"nntp.greeting", "its text"},
                                              {"nntp.host", "host name at its front"},
                                              {"nntp.capability", "one of the capabilities; several"},
                                              {"nntp.implementation", "IMPLEMENTATION among them"},
                                              {NULL, NULL}};

const struct parser parser_nntp = {
    .name = "nntp",
    .service = "nntp",
    .source = "RFC 3977",
    .transports = PARSER_TCP | PARSER_TLS,
    .greets = true,
    .rarity = 2,
    .ports = nntp_ports,
    .tls_ports = nntp_tls_ports,
    .keys = nntp_keys,
    .recognise = nntp_recognise,
    .read = nntp_read,
};
