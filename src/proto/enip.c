/* EtherNet/IP: ListIdentity, which every device answers to everybody without a session (CIP volume 2, 2-4.2; IEC
 * 61158-6-2). Numbers are little-endian, the socket address is not. */
#include "proto/binary.h"

#define HEAD 24
#define LIST_IDENTITY 0x63
#define IDENTITY_ITEM 0x0c
#define BODY_MAX 512
/* The first two bytes say how long a device may wait before it answers a datagram, in milliseconds: the least is 500.
 */
#define CONTEXT "\xf4\x01LEADLI"

static void enip_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    /* command, length, session, status, context, options */
    buf_put(ask, SLICE("\x63\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" CONTEXT "\x00\x00\x00\x00"));
}

/* The header, as far as it is there: false when it is not an answer to our question. */
static bool header(struct slice in, size_t *n) {
    struct rd r = rd_from(in);
    uint64_t command = rd_little(&r, 2), length = rd_little(&r, 2);
    bool fits = r.bad || (command == LIST_IDENTITY && length <= BODY_MAX);
    *n = r.bad ? HEAD : HEAD + (size_t)length;
    rd_skip(&r, 4);
    uint64_t status = rd_little(&r, 4);
    struct slice context = rd_slice(&r, 8);
    uint64_t options = rd_little(&r, 4);
    return fits && (r.bad || (status == 0 && slice_eq(context, SLICE(CONTEXT)) && options == 0));
}

/* The list of items (2-6.3) with the identity in it (2-4.2.3): false when there is none. */
static bool identity(struct slice body, struct rd *item) {
    struct rd r = rd_from(body);
    uint64_t count = rd_little(&r, 2);
    for (uint64_t i = 0; i < count && !r.bad; i++) {
        uint64_t type = rd_little(&r, 2), n = rd_little(&r, 2);
        *item = rd_sub(&r, (size_t)n);
        if (!r.bad && type == IDENTITY_ITEM && n >= 34)
            return true;
    }
    return false;
}

static bool enip_recognise(struct slice in) {
    size_t n;
    struct rd item;
    return in.n > HEAD && header(in, &n) && in.n == n && identity(slice_skip(in, HEAD), &item);
}

static void put_identity(struct rd r, struct facts *out) {
    char revision[16];
    rd_skip(&r, 2 + 2 + 2); /* version of the encapsulation, family, port */
    struct slice address = rd_slice(&r, 4);
    rd_skip(&r, 8);
    unsigned vendor = (unsigned)rd_little(&r, 2), type = (unsigned)rd_little(&r, 2);
    unsigned code = (unsigned)rd_little(&r, 2), major = rd_u8(&r), minor = rd_u8(&r);
    rd_skip(&r, 2); /* status */
    uint64_t serial = rd_little(&r, 4);
    struct slice name = rd_slice(&r, rd_u8(&r));
    if (r.bad)
        return;
    char text[8] = {(char)(serial >> 24), (char)(serial >> 16), (char)(serial >> 8), (char)serial};
    snprintf(revision, sizeof revision, "%u.%u", major, minor);
    facts_put(out, "enip.name", name);
    facts_put_u64(out, "enip.vendor", vendor);
    facts_put_u64(out, "enip.type", type);
    facts_put_u64(out, "enip.code", code);
    facts_put_str(out, "enip.revision", revision);
    facts_put_hex(out, "enip.serial", (struct slice){text, 4});
    facts_put_addr(out, "enip.address", address);
}

static enum parse enip_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)ask;
    size_t n;
    struct rd item;
    if (!header(in, &n))
        return PARSE_NOT;
    if (in.n < n)
        return end || d->peer->udp ? PARSE_NOT : PARSE_MORE;
    if (!identity(slice_sub(in, HEAD, n - HEAD), &item))
        return PARSE_NOT;
    put_identity(item, out);
    return PARSE_DONE;
}

static const uint16_t enip_ports[] = {44818, 0};

static const struct parser_key enip_keys[] = {{"enip.name", "name of the product"},
                                              {"enip.vendor", "number of the vendor, as ODVA gives them"},
                                              {"enip.type", "number of the device's type"},
                                              {"enip.code", "number of the product"},
                                              {"enip.revision", "revision: major, minor"},
                                              {"enip.serial", "serial number, hexadecimal"},
                                              {"enip.address", "address that the device says it has"},
                                              {NULL, NULL}};

const struct parser parser_enip = {
    .name = "enip",
    .service = "EtherNet-IP-2",
    .source = "CIP volume 2, 2-4.2",
    .transports = PARSER_TCP | PARSER_UDP,
    .rarity = 8,
    .ports = enip_ports,
    .keys = enip_keys,
    .recognise = enip_recognise,
    .hello = enip_hello,
    .read = enip_read,
};
