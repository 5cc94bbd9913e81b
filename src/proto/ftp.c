/* FTP (RFC 959; FEAT: RFC 2389): greeting, SYST, FEAT. */
#include "proto/lines.h"

#define FEATURES_MAX 40

enum step { GREETING, SYST, FEAT };
enum { STEP, SURE }; /* memo */

static bool names_ftp(struct slice text) {
    return slice_has(text, SLICE("FTP")) && !slice_has_word(text, SLICE("ESMTP")) &&
           !slice_has_word(text, SLICE("SMTP"));
}

static bool is_greeting(unsigned code) {
    return code == 220 || code == 120 || code == 421 || code == 530;
}

static bool ftp_recognise(struct slice in) {
    struct reply r;
    return reply_read(in, &r) == REPLY_WHOLE && is_greeting(r.code) && names_ftp(r.lines) && is_text(in);
}

static enum parse greeting(struct dialogue *d, struct reply r, bool end, struct facts *out, struct buf *ask) {
    struct slice text;
    d->memo[SURE] = names_ftp(r.lines);
    facts_put_u64(out, "ftp.code", r.code);
    size_t n = r.n;
    while (reply_text(&r, &text))
        facts_put_some(out, "ftp.greeting", text);
    struct slice word, rest = r.first;
    if (slice_word(&rest, &word) && is_host_name(word))
        facts_put(out, "ftp.host", word);
    if (r.code != 220 || end)
        return d->memo[SURE] ? PARSE_DONE : PARSE_NOT;
    d->memo[STEP] = SYST;
    d->used = n;
    buf_put_str(ask, "SYST\r\n");
    return PARSE_ASK;
}

/* SYST is answered with 215, or refused before a login (530). A mail server answers 500 or 502. */
static enum parse syst(struct dialogue *d, const struct reply *r, struct facts *out, struct buf *ask) {
    if (r->code == 215)
        facts_put(out, "ftp.syst", r->first);
    d->memo[SURE] |= r->code == 215 || r->code == 530;
    if (r->code == 421)
        return d->memo[SURE] ? PARSE_DONE : PARSE_NOT;
    d->memo[STEP] = FEAT;
    buf_put_str(ask, "FEAT\r\n");
    return PARSE_ASK;
}

static enum parse ftp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct reply r;
    struct slice text;
    enum reply_state state = reply_read(in, &r);
    if (state == REPLY_MORE && !end)
        return PARSE_MORE;
    if (state != REPLY_WHOLE)
        return d->memo[SURE] ? PARSE_DONE : PARSE_NOT;
    if (d->memo[STEP] == GREETING)
        return is_greeting(r.code) ? greeting(d, r, end && r.n == in.n, out, ask) : PARSE_NOT;
    if (d->memo[STEP] == SYST)
        return syst(d, &r, out, ask);
    if (r.code == 211) {
        d->memo[SURE] = true;
        (void)reply_text(&r, &text);
        for (unsigned i = 0; i < FEATURES_MAX && reply_text(&r, &text) && r.lines.n; i++)
            facts_put_some(out, "ftp.feature", text);
    }
    return d->memo[SURE] ? PARSE_DONE : PARSE_NOT;
}

static const uint16_t ftp_ports[] = {21, 2121, 0};
static const uint16_t ftp_tls_ports[] = {990, 0};

static const struct parser_key ftp_keys[] = {{"ftp.code", "code of the greeting"},
                                             {"ftp.greeting", "one of its lines; several"},
                                             {"ftp.host", "host name at its front"},
                                             {"ftp.syst", "answer to SYST"},
                                             {"ftp.feature", "one of the features of FEAT; several"},
                                             {NULL, NULL}};

const struct parser parser_ftp = {
    .name = "ftp",
    .service = "ftp",
    .source = "RFC 959, RFC 2389",
    .transports = PARSER_TCP | PARSER_TLS,
    .greets = true,
    .rarity = 1,
    .ports = ftp_ports,
    .tls_ports = ftp_tls_ports,
    .keys = ftp_keys,
    .recognise = ftp_recognise,
    .read = ftp_read,
};
