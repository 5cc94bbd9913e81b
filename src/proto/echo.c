/* Echo: what was sent comes back (RFC 862). Asked with words that no other service makes of itself. */
#include "proto/bits.h"
#include "proto/parser.h"

static void echo_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("leadline-echo-7f3a9c51\r\n"));
}

#define WORDS "leadline-echo-7f3a9c51\r\n"

static enum parse echo_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)ask;
    struct slice words = SLICE(WORDS);
    if (!slice_starts(words, in))
        return PARSE_NOT; /* longer, too: a shell or a menu that echoes what is typed */
    if (!end && !d->peer->udp)
        return PARSE_MORE;
    if (in.n < words.n)
        return PARSE_NOT;
    facts_put_str(out, "echo.same", "yes");
    return PARSE_DONE;
}

static const uint16_t echo_ports[] = {7, 0};

static const struct parser_key echo_keys[] = {{"echo.same", "yes: the same bytes came back"}, {NULL, NULL}};

const struct parser parser_echo = {
    .name = "echo",
    .service = "echo",
    .source = "RFC 862",
    .transports = PARSER_TCP | PARSER_UDP,
    .rarity = 8,
    .ports = echo_ports,
    .keys = echo_keys,
    .hello = echo_hello,
    .read = echo_read,
};
