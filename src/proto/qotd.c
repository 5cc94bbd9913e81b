/* Quote of the day: a short text (RFC 865). Only on its own port. */
#include "proto/bits.h"
#include "proto/parser.h"

static void qotd_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\r\n"));
}

#define PORT 17
#define TEXT_MAX 512

static enum parse qotd_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)ask;
    if (d->peer->port != PORT || in.n > 2 * TEXT_MAX)
        return PARSE_NOT;
    if (!end && !d->peer->udp)
        return PARSE_MORE;
    if (!bits_is_text(in, true) || slice_trim(in).n < 4)
        return PARSE_NOT;
    facts_put(out, "qotd.text", slice_trim(in));
    return PARSE_DONE;
}

static const uint16_t qotd_ports[] = {17, 0};

static const struct parser_key qotd_keys[] = {{"qotd.text", "the quote"}, {NULL, NULL}};

const struct parser parser_qotd = {
    .name = "qotd",
    .service = "qotd",
    .source = "RFC 865",
    .transports = PARSER_TCP | PARSER_UDP,
    .greets = true,
    .rarity = 9,
    .ports = qotd_ports,
    .keys = qotd_keys,
    .hello = qotd_hello,
    .read = qotd_read,
};
