/* MongoDB: isMaster, which every driver asks first, and buildInfo, both allowed to everybody (MongoDB manual, "Wire
 * Protocol", hello, buildInfo; BSON specification 1.1). */
#include "proto/bits.h"
#include "proto/parser.h"

static void mongodb_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    /* OP_QUERY admin.$cmd {isMaster: 1}, one document */
    (void)buf_put(ask, SLICE("\x3a\0\0\0\x65\x6c\0\0\0\0\0\0\xd4\x07\0\0\0\0\0\0"
                             "admin.$cmd\0"
                             "\0\0\0\0\xff\xff\xff\xff\x13\0\0\0\x10"
                             "isMaster\0\1\0\0\0\0"));
}

#define MESSAGE_MAX 16384
#define OP_REPLY 1
#define OP_MSG 2013
#define REQUEST 0x6c65

/* The value of a member of the outer document: *type and its bytes. */
static bool member(struct slice document, struct slice name, uint8_t *type, struct slice *value) {
    struct rd r = rd_of(document.p, document.n);
    rd_skip(&r, 4);
    while (!r.bad && r.n > 1) {
        *type = rd_u8(&r);
        struct slice rest = {(const char *)r.p, r.n};
        struct slice key = slice_sub(rest, 0, slice_find(rest, '\0'));
        rd_skip(&r, key.n + 1);
        struct rd look = r;
        uint64_t n;
        switch (*type) {
        case 0x01: /* double */
        case 0x09: /* day and time */
        case 0x11: /* timestamp */
        case 0x12: /* 64 bits */
            n = 8;
            break;
        case 0x02: /* text: length, bytes */
            n = rd_little(&look, 4) + 4;
            break;
        case 0x03: /* documents and arrays: length with itself */
        case 0x04:
            n = rd_little(&look, 4);
            break;
        case 0x05: /* binary: length, kind, bytes */
            n = rd_little(&look, 4) + 5;
            break;
        case 0x07: /* object id */
            n = 12;
            break;
        case 0x08: /* yes or no */
            n = 1;
            break;
        case 0x0a: /* null */
            n = 0;
            break;
        case 0x10: /* 32 bits */
            n = 4;
            break;
        default:
            return false;
        }
        const uint8_t *p = n <= MESSAGE_MAX ? rd_bytes(&r, (size_t)n) : NULL;
        if (!p)
            return false;
        *value = (struct slice){(const char *)p, (size_t)n};
        if (slice_eq(key, name))
            return true;
    }
    return false;
}

static struct slice text_member(struct slice document, struct slice name) {
    uint8_t type;
    struct slice value;
    if (!member(document, name, &type, &value) || type != 2 || value.n < 5)
        return (struct slice){0};
    return slice_sub(value, 4, value.n - 5);
}

/* The document of an answer to our request. False: not whole; `possible` says whether it can become one. */
static bool answer(struct slice in, uint32_t opcode, struct slice *document, bool *possible) {
    struct rd r = rd_of(in.p, in.n);
    uint64_t length = rd_little(&r, 4);
    rd_skip(&r, 4);
    uint64_t to = rd_little(&r, 4), op = rd_little(&r, 4);
    *possible = r.bad || (length >= 26 && length <= MESSAGE_MAX && to == REQUEST && op == opcode);
    if (in.n >= 4 && (length < 26 || length > MESSAGE_MAX))
        *possible = false;
    if (r.bad || !*possible || in.n < length)
        return false;
    size_t at = opcode == OP_REPLY ? 36 : 21; /* flags, cursor, first, count; or flags, kind of section */
    if (length < at + 5) {
        *possible = false;
        return false;
    }
    *document = slice_sub(in, at, (size_t)length - at);
    return true;
}

static enum parse first(struct slice in, bool end, struct facts *out, struct buf *ask) {
    bool possible;
    struct slice document, value;
    uint8_t type;
    if (!answer(in, OP_REPLY, &document, &possible))
        return possible && !end ? PARSE_MORE : PARSE_NOT;
    if (!member(document, SLICE("ismaster"), &type, &value) && !member(document, SLICE("ok"), &type, &value))
        return PARSE_NOT;
    uint64_t wire = 0;
    if (member(document, SLICE("maxWireVersion"), &type, &value) && type == 0x10) {
        struct rd r = rd_of(value.p, value.n);
        wire = rd_little(&r, 4);
        facts_put_u64(out, "mongodb.wire", wire);
    }
    struct slice set = text_member(document, SLICE("setName"));
    if (set.p)
        facts_put(out, "mongodb.set", set);
    if (wire < 6)
        return PARSE_DONE; /* OP_MSG came with 3.6 */
    /* OP_MSG {buildInfo: 1, $db: "admin"} */
    (void)buf_put(ask, SLICE("\x38\0\0\0\x65\x6c\0\0\0\0\0\0\xdd\x07\0\0\0\0\0\0\0"
                             "\x23\0\0\0\x10"
                             "buildInfo\0\1\0\0\0\2$db\0\6\0\0\0admin\0\0"));
    return PARSE_ASK;
}

static enum parse mongodb_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    bool possible;
    struct slice document;
    if (d->asked <= 1)
        return first(in, end, out, ask);
    if (!answer(in, OP_MSG, &document, &possible))
        return possible && !end ? PARSE_MORE : PARSE_DONE;
    struct slice version = text_member(document, SLICE("version"));
    if (version.p)
        facts_put(out, "mongodb.version", version);
    struct slice git = text_member(document, SLICE("gitVersion"));
    if (git.p)
        facts_put(out, "mongodb.git", git);
    return PARSE_DONE;
}

static const uint16_t mongodb_ports[] = {27017, 27018, 27019, 0};
static const uint16_t mongodb_tls_ports[] = {27017, 0};

static const struct parser_key mongodb_keys[] = {{"mongodb.wire", "newest version of the wire protocol"},
                                                 {"mongodb.set", "replica set"},
                                                 {"mongodb.version", "version"},
                                                 {"mongodb.git", "commit"},
                                                 {NULL, NULL}};

const struct parser parser_mongodb = {
    .name = "mongodb",
    .service = "mongodb",
    .source = "MongoDB manual, wire protocol",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 5,
    .ports = mongodb_ports,
    .tls_ports = mongodb_tls_ports,
    .keys = mongodb_keys,
    .hello = mongodb_hello,
    .read = mongodb_read,
};
