/* Erlang's distribution between nodes: send_name in its form since OTP 23, answered with a status and the challenge,
 * which names the node; then we go away, before anything that shows knowledge of the cookie (Erlang/OTP documentation,
 * distribution protocol, 13.2). */
#include "proto/binary.h"

#define OUR_NAME "leadline@leadline.invalid"
#define OUR_FLAGS UINT64_C(0x407df7fbd) /* all that OTP 25 demands, and the handshake of OTP 23 (bit 24) */
#define STATUS_MAX 64

static void erlang_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    ask_uint(ask, 15 + strlen(OUR_NAME), 2);
    ask_uint(ask, 'N', 1);
    ask_uint(ask, OUR_FLAGS, 8);
    ask_uint(ask, 1, 4); /* our creation */
    ask_uint(ask, strlen(OUR_NAME), 2);
    (void)buf_put(ask, slice_of(OUR_NAME));
}

/* The statuses of send_status; "named:" is not for us, who have a name. */
static bool is_status(struct slice s) {
    static const char *const known[] = {"ok", "ok_simultaneous", "nok", "not_allowed", "alive"};
    for (size_t i = 0; i < LL_COUNT(known); i++)
        if (slice_eq(s, slice_of(known[i])))
            return true;
    return false;
}

/* Flags, challenge, creation, name; the older form, 'n', has no creation. */
static bool challenge(struct slice in, struct facts *out) {
    struct rd r = rd_from(in);
    uint8_t tag = rd_u8(&r);
    if (tag != 'N')
        return false;
    rd_skip(&r, 16);
    size_t n = rd_u16(&r);
    struct slice name = rd_slice(&r, n);
    if (r.bad || rd_rest(&r).n || !is_printable(name) || slice_find(name, '@') >= name.n)
        return false;
    facts_put(out, "erlang.node", name);
    return true;
}

static enum parse erlang_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct rd r = rd_from(in);
    size_t n = rd_u16(&r);
    uint8_t tag = rd_u8(&r);
    if (r.bad)
        return end ? PARSE_NOT : PARSE_MORE;
    if (tag != 's' || n < 3 || n > STATUS_MAX)
        return PARSE_NOT;
    struct slice status = rd_slice(&r, n - 1);
    if (r.bad)
        return end ? PARSE_NOT : PARSE_MORE;
    if (!is_status(status))
        return PARSE_NOT;
    facts_put(out, "erlang.status", status);
    if (!slice_starts(status, SLICE("ok")))
        return PARSE_DONE;
    n = rd_u16(&r);
    struct slice second = rd_slice(&r, n);
    if (r.bad)
        return end ? PARSE_DONE : PARSE_MORE;
    return challenge(second, out) ? PARSE_DONE : PARSE_NOT;
}

static const uint16_t erlang_ports[] = {25672, 0};

static const struct parser_key erlang_keys[] = {
    {"erlang.status", "what it says to a node that nobody knows: ok, not_allowed ..."},
    {"erlang.node", "its name: rabbit@host"},
    {NULL, NULL}};

const struct parser parser_erlang = {
    .name = "erlang",
    .service = "erlang-distribution",
    .source = "Erlang/OTP, distribution protocol",
    .transports = PARSER_TCP,
    .rarity = 9,
    .ports = erlang_ports,
    .keys = erlang_keys,
    .hello = erlang_hello,
    .read = erlang_read,
};
