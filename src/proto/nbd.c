/* NBD: the server's opening, old style and new style (NBD project, doc/proto.md, "Handshake"), and the list of exports
 * where a server gives it to everybody (NBD_OPT_LIST). */
#include "proto/bits.h"
#include "proto/parser.h"

#define OLD_STYLE UINT64_C(0x00420281861253)
#define REPLY UINT64_C(0x0003e889045565a9)
#define OPT_LIST 3
#define FIXED_NEW_STYLE 1U
#define LIST_MAX 8192

static bool nbd_recognise(struct slice in) {
    struct rd r = rd_of(in.p, in.n);
    rd_skip(&r, 8);
    uint64_t magic = rd_u64(&r);
    struct slice second = slice_sub(in, 8, 8);
    return !r.bad && slice_starts(in, SLICE("NBDMAGIC")) && (magic == OLD_STYLE || slice_eq(second, SLICE("IHAVEOPT")));
}

static enum parse opening(struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct slice start = SLICE("NBDMAGIC");
    if (!slice_starts(start, slice_sub(in, 0, start.n)))
        return PARSE_NOT;
    if (in.n < 18)
        return end ? PARSE_NOT : PARSE_MORE;
    if (!nbd_recognise(in))
        return PARSE_NOT;
    struct rd r = rd_of(in.p + 8, in.n - 8);
    if (rd_u64(&r) == OLD_STYLE) {
        if (in.n < 28)
            return end ? PARSE_NOT : PARSE_MORE;
        facts_put_str(out, "nbd.style", "old");
        facts_put_u64(out, "nbd.size", rd_u64(&r));
        return PARSE_DONE;
    }
    uint16_t flags = rd_u16(&r);
    if (!(flags & FIXED_NEW_STYLE)) {
        facts_put_str(out, "nbd.style", "new");
        return PARSE_DONE;
    }
    facts_put_str(out, "nbd.style", "fixed new");
    facts_put_u64(out, "nbd.flags", flags);
    (void)buf_put(ask, SLICE("\0\0\0\1IHAVEOPT\0\0\0\3\0\0\0\0")); /* client flags: fixed new style; NBD_OPT_LIST */
    return PARSE_ASK;
}

/* Replies to the list: type 2 names an export, 1 ends it, those with the high bit refuse. */
static enum parse list(struct slice in, bool end, struct facts *out) {
    in = slice_sub(in, 0, LIST_MAX);
    struct rd r = rd_of(in.p, in.n);
    for (;;) {
        uint64_t magic = rd_u64(&r);
        uint32_t option = rd_u32(&r), type = rd_u32(&r), n = rd_u32(&r);
        struct rd body = rd_sub(&r, n);
        if (r.bad)
            return end || in.n == LIST_MAX ? PARSE_DONE : PARSE_MORE;
        if (magic != REPLY || option != OPT_LIST || type != 2) {
            if (type & 0x80000000)
                facts_put_str(out, "nbd.list", "refused");
            return PARSE_DONE;
        }
        uint32_t length = rd_u32(&body);
        const uint8_t *name = rd_bytes(&body, length);
        if (name)
            facts_put(out, "nbd.export", (struct slice){(const char *)name, length});
    }
}

static enum parse nbd_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    /* Greets: the first call may come before anything was asked. */
    if (d->memo[0] == 0) {
        enum parse got = opening(in, end, out, ask);
        d->memo[0] = got == PARSE_ASK;
        return got;
    }
    return list(in, end, out);
}

static const uint16_t nbd_ports[] = {10809, 0};

static const struct parser_key nbd_keys[] = {{"nbd.style", "old, new or fixed new"},
                                             {"nbd.size", "bytes of the only export of an old one"},
                                             {"nbd.flags", "handshake flags"},
                                             {"nbd.export", "name of an export"},
                                             {"nbd.list", "refused"},
                                             {NULL, NULL}};

const struct parser parser_nbd = {
    .name = "nbd",
    .service = "nbd",
    .source = "NBD, doc/proto.md",
    .transports = PARSER_TCP,
    .greets = true,
    .rarity = 2,
    .ports = nbd_ports,
    .keys = nbd_keys,
    .recognise = nbd_recognise,
    .read = nbd_read,
};
