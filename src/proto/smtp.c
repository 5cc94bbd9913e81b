/* SMTP (RFC 5321): greeting, EHLO, HELP; and LMTP (RFC 2033), which has LHLO in place of EHLO. */
#include "proto/lines.h"

#define EXTENSIONS_MAX 32
#define HELP_LINES 4

enum step { GREETING, EHLO, LHLO, HELP };
enum { STEP, SURE }; /* memo */

static bool names_smtp(struct slice text) {
    return slice_has_word(text, SLICE("ESMTP")) || slice_has_word(text, SLICE("SMTP")) ||
           slice_has_word(text, SLICE("ESMTPS"));
}

/* LMTP greets like SMTP; Dovecot's names neither protocol. */
static bool names_lmtp(struct slice text) {
    return slice_has_word(text, SLICE("LMTP")) || slice_has_word(text, SLICE("Dovecot"));
}

static bool is_greeting(unsigned code) {
    return code == 220 || code == 421 || code == 521 || code == 554;
}

static bool smtp_recognise(struct slice in) {
    struct reply r;
    return reply_read(in, &r) == REPLY_WHOLE && is_greeting(r.code) && is_text(in) &&
           (names_smtp(r.lines) || names_lmtp(r.lines));
}

static void put_host(struct slice text, struct facts *out) {
    struct slice word;
    if (slice_word(&text, &word) && is_host_name(word) && !facts_have(out, "smtp.host"))
        facts_put(out, "smtp.host", word);
}

static enum parse ask_line(struct dialogue *d, enum step step, const char *line, struct buf *ask) {
    d->memo[STEP] = step;
    buf_put_str(ask, line);
    return PARSE_ASK;
}

static enum parse greeting(struct dialogue *d, const struct reply *r, bool end, struct facts *out, struct buf *ask) {
    d->memo[SURE] = names_smtp(r->lines);
    facts_put(out, "smtp.greeting", r->first);
    facts_put_u64(out, "smtp.code", r->code);
    put_host(r->first, out);
    if (r->code != 220 || end)
        return d->memo[SURE] ? PARSE_DONE : PARSE_NOT;
    d->used = r->n;
    return ask_line(d, EHLO, "EHLO leadline.invalid\r\n", ask);
}

static enum parse ehlo(struct dialogue *d, struct reply *r, struct facts *out, struct buf *ask) {
    struct slice text;
    if (r->code == 500 && d->memo[STEP] == EHLO && !d->memo[SURE]) { /* RFC 2033 4.1: an LMTP server knows no EHLO */
        d->used = r->n;
        return ask_line(d, LHLO, "LHLO leadline.invalid\r\n", ask);
    }
    if (r->code != 250)
        return d->memo[SURE] ? PARSE_DONE : PARSE_NOT;
    (void)reply_text(r, &text);
    facts_put(out, d->memo[STEP] == LHLO ? "smtp.lhlo" : "smtp.ehlo", text);
    put_host(text, out);
    for (unsigned i = 0; i < EXTENSIONS_MAX && reply_text(r, &text); i++)
        facts_put_some(out, "smtp.extension", text);
    return ask_line(d, HELP, "HELP\r\n", ask);
}

static enum parse smtp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct reply r;
    struct slice text;
    enum reply_state state = reply_read(in, &r);
    if (state == REPLY_MORE && !end)
        return PARSE_MORE;
    if (state != REPLY_WHOLE) /* an answer that lacks or is none takes nothing from those before */
        return d->memo[STEP] == HELP || d->memo[SURE] ? PARSE_DONE : PARSE_NOT;
    switch (d->memo[STEP]) {
    case GREETING:
        return is_greeting(r.code) ? greeting(d, &r, end && r.n == in.n, out, ask) : PARSE_NOT;
    case EHLO:
    case LHLO:
        return ehlo(d, &r, out, ask);
    default:
        if (r.code == 214 || r.code == 211)
            for (unsigned i = 0; i < HELP_LINES && reply_text(&r, &text); i++)
                facts_put_some(out, "smtp.help", text);
        return PARSE_DONE;
    }
}

static const uint16_t smtp_ports[] = {25, 24, 587, 2525, 0};
static const uint16_t smtp_tls_ports[] = {465, 0};

static const struct parser_key smtp_keys[] = {{"smtp.code", "code of the greeting"},
                                              {"smtp.greeting", "its first line"},
                                              {"smtp.host", "name that the server gives itself"},
                                              {"smtp.ehlo", "first line of the answer to EHLO"},
                                              {"smtp.lhlo", "the same to LHLO, of a server that refused EHLO"},
                                              {"smtp.extension", "one of its further lines; several"},
                                              {"smtp.help", "one of the first lines of the answer to HELP; several"},
                                              {NULL, NULL}};

const struct parser parser_smtp = {
    .name = "smtp",
    .service = "smtp",
    .source = "RFC 5321",
    .transports = PARSER_TCP | PARSER_TLS,
    .greets = true,
    .rarity = 1,
    .ports = smtp_ports,
    .tls_ports = smtp_tls_ports,
    .keys = smtp_keys,
    .recognise = smtp_recognise,
    .read = smtp_read,
};
