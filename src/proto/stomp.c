/* STOMP: CONNECT without a login (STOMP 1.2, "Connecting"): CONNECTED or ERROR, each may name the server. */
#include "proto/bits.h"
#include "proto/parser.h"

static void stomp_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("CONNECT\naccept-version:1.0,1.1,1.2\nhost:/\n\n\0"));
}

#define FRAME_MAX 4096

/* A header of the frame's head; p == NULL: none. */
static struct slice header(struct slice head, struct slice name) {
    struct slice line, rest = head;
    while (line_take(&rest, &line) && line.n)
        if (slice_starts(line, name))
            return slice_skip(line, name.n);
    return (struct slice){0};
}

static enum parse stomp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct slice a = SLICE("CONNECTED\n"), b = SLICE("ERROR\n"), found;
    bool connected = slice_starts(a, slice_sub(in, 0, a.n));
    if (!connected && !slice_starts(b, slice_sub(in, 0, b.n)))
        return PARSE_NOT;
    in = slice_sub(in, 0, FRAME_MAX);
    size_t nul = slice_find(in, '\0');
    if (nul == in.n)
        return end || in.n == FRAME_MAX ? PARSE_NOT : PARSE_MORE;
    struct slice frame = slice_sub(in, 0, nul);
    if (!slice_has_exact(frame, SLICE("\n\n")) && !slice_has_exact(frame, SLICE("\n\r\n")))
        return PARSE_NOT;
    facts_put_str(out, "stomp.answer", connected ? "CONNECTED" : "ERROR");
    static const struct wanted {
        const char *header, *key;
    } wanted[] = {{"server:", "stomp.server"}, {"version:", "stomp.version"}, {"message:", "stomp.message"}};
    for (size_t i = 0; i < LL_COUNT(wanted); i++) {
        found = header(frame, slice_of(wanted[i].header));
        if (found.p)
            facts_put(out, wanted[i].key, found);
    }
    return PARSE_DONE;
}

static const uint16_t stomp_ports[] = {61613, 0};
static const uint16_t stomp_tls_ports[] = {61614, 0};

static const struct parser_key stomp_keys[] = {{"stomp.answer", "CONNECTED or ERROR"},
                                               {"stomp.server", "product and version"},
                                               {"stomp.version", "version, or versions, of the protocol"},
                                               {"stomp.message", "why not"},
                                               {NULL, NULL}};

const struct parser parser_stomp = {
    .name = "stomp",
    .service = "stomp",
    .source = "STOMP 1.2",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 7,
    .ports = stomp_ports,
    .tls_ports = stomp_tls_ports,
    .keys = stomp_keys,
    .hello = stomp_hello,
    .read = stomp_read,
};
