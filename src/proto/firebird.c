/* Firebird's wire protocol: op_connect, which names no database and no user, offers two versions; then we go away. The
 * answer says which one the server takes ("Firebird wire protocol", Firebird documentation project, 3.1). */
#include "proto/binary.h"

enum { OP_CONNECT = 1, OP_ACCEPT = 3, OP_ATTACH = 19, OP_AUTH = 92, OP_ACCEPT_DATA = 94, OP_COND = 98 };

#define VERSION_NEW 0x8000 /* bit of versions since Firebird 2.1, so that InterBase's are others */
#define PIECE_MAX 4096

/* Version, any architecture, types of packets from 0 to 5, weight */
static void offer(struct buf *ask, uint32_t version, uint32_t weight) {
    const uint32_t words[] = {version, 1, 0, 5, weight};
    for (size_t i = 0; i < LL_COUNT(words); i++)
        ask_uint(ask, words[i], 4);
}

static void firebird_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    /* database, its version of the packet, architecture, an empty path, two offers, an empty user */
    const uint32_t words[] = {OP_CONNECT, OP_ATTACH, 3, 1, 0, 2, 0};
    for (size_t i = 0; i < LL_COUNT(words); i++)
        ask_uint(ask, words[i], 4);
    offer(ask, 10, 2);
    offer(ask, VERSION_NEW | 13, 4);
}

/* `n` counted strings, each padded to four bytes */
static bool skip_strings(struct rd *r, unsigned n) {
    for (unsigned i = 0; i < n && !r->bad; i++) {
        uint32_t size = rd_u32(r);
        if (!r->bad && size > PIECE_MAX)
            return false;
        rd_skip(r, (size + 3) / 4 * 4);
    }
    return true;
}

static enum parse firebird_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct rd r = rd_from(in);
    uint32_t op = rd_u32(&r), version = 0;
    const char *says = "accepted";
    bool fits = true;
    if (r.bad)
        return end ? PARSE_NOT : PARSE_MORE;
    if (op == OP_AUTH) {
        fits = skip_strings(&r, 4); /* data, name of the method, list of methods, keys */
        says = "authentication asked for";
    } else if (op == OP_ACCEPT || op == OP_ACCEPT_DATA || op == OP_COND) {
        version = rd_u32(&r) & 0x7fff;
        uint32_t architecture = rd_u32(&r), type = rd_u32(&r);
        fits = r.bad || ((version == 10 || version == 13) && architecture <= 64 && (type & 0xff) <= 5);
    } else { /* also op_reject: four bytes are too few to know it by */
        return PARSE_NOT;
    }
    if (!fits || (r.bad && end))
        return PARSE_NOT;
    if (r.bad)
        return PARSE_MORE;
    facts_put_str(out, "firebird.answer", says);
    if (version)
        facts_put_u64(out, "firebird.protocol", version);
    return PARSE_DONE;
}

static const uint16_t firebird_ports[] = {3050, 0};

static const struct parser_key firebird_keys[] = {
    {"firebird.answer", "accepted, or authentication asked for"},
    {"firebird.protocol", "version of the protocol that it took: 10 or 13; not with authentication"},
    {NULL, NULL}};

const struct parser parser_firebird = {
    .name = "firebird",
    .service = "firebird",
    .source = "Firebird wire protocol, 3.1",
    .transports = PARSER_TCP,
    .rarity = 8,
    .ports = firebird_ports,
    .keys = firebird_keys,
    .hello = firebird_hello,
    .read = firebird_read,
};
