/* SpamAssassin's daemon: PING (SpamAssassin, spamd/PROTOCOL). */
#include "proto/bits.h"
#include "proto/parser.h"

static void spamd_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("PING SPAMC/1.2\r\n\r\n"));
}

/* "SPAMD/1.5 0 PONG" */
static bool is_answer(struct slice line) {
    struct slice rest = slice_skip(line, 6), word;
    return slice_starts(line, SLICE("SPAMD/")) && slice_word(&rest, &word) && word.n <= 4 && word.p[0] == '1' &&
           bits_is_text(line, false);
}

static bool spamd_recognise(struct slice in) {
    struct slice rest = in, line;
    return line_take(&rest, &line) && is_answer(line);
}

static enum parse spamd_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct slice line, rest, word;
    enum parse got = bits_first_line(in, end, SLICE("SPAMD/"), 256, &line);
    if (got != PARSE_DONE)
        return got;
    if (!is_answer(line))
        return PARSE_NOT;
    rest = slice_skip(line, 6);
    if (slice_word(&rest, &word))
        facts_put(out, "spamd.protocol", word);
    facts_put(out, "spamd.answer", slice_trim(rest));
    return PARSE_DONE;
}

static const uint16_t spamd_ports[] = {783, 0};

static const struct parser_key spamd_keys[] = {
    {"spamd.protocol", "version of the protocol"}, {"spamd.answer", "code and text"}, {NULL, NULL}};

const struct parser parser_spamd = {
    .name = "spamd",
    .service = "spamassassin",
    .source = "SpamAssassin, spamd/PROTOCOL",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 7,
    .ports = spamd_ports,
    .keys = spamd_keys,
    .recognise = spamd_recognise,
    .hello = spamd_hello,
    .read = spamd_read,
};
