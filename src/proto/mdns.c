/* Multicast DNS, asked directly (RFC 6762 6.7): which kinds of services are there? (RFC 6763 9) */
#include "proto/binary.h"

#define QUESTION "\x09_services\x07_dns-sd\x04_udp\x05local\x00\x00\x0c\x00\x01"
#define ANSWERS_MAX 40
#define JUMPS_MAX 10

static void mdns_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("LL\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00" QUESTION));
}

/* A legacy answer repeats id and question, and is authoritative. */
static bool head(struct slice in, unsigned *answers, struct rd *rest) {
    struct rd r = rd_from(in);
    uint16_t id = rd_u16(&r), flags = rd_u16(&r), questions = rd_u16(&r);
    *answers = rd_u16(&r);
    rd_skip(&r, 4);
    struct slice question = rd_slice(&r, sizeof QUESTION - 1);
    *rest = r;
    return !r.bad && id == 0x4c4c && (flags & 0xfc0f) == 0x8400 && questions == 1 && *answers > 0 &&
           slice_eq(question, SLICE(QUESTION));
}

static bool mdns_recognise(struct slice in) {
    unsigned answers;
    struct rd rest;
    return head(in, &answers, &rest);
}

/* The name at the cursor as text with dots; pointers go backwards only (RFC 1035 4.1.4). */
static bool name(struct slice all, struct rd *r, char *text, size_t cap, size_t *n) {
    struct rd at = *r;
    bool jumped = false;
    size_t limit = all.n - r->n;
    *n = 0;
    for (unsigned jumps = 0; jumps < JUMPS_MAX;) {
        uint8_t length = rd_u8(&at);
        if (at.bad)
            return false;
        if (length >= 0xc0) {
            size_t to = (length & 0x3fU) << 8 | rd_u8(&at);
            if (at.bad || to >= limit)
                return false;
            if (!jumped)
                *r = at;
            jumped = true;
            limit = to;
            at = rd_from(slice_skip(all, to));
            jumps++;
            continue;
        }
        struct slice label = rd_slice(&at, length);
        if (at.bad || length > 63 || *n + length + 1U > cap)
            return false;
        if (length == 0) {
            if (!jumped)
                *r = at;
            return true;
        }
        if (*n)
            text[(*n)++] = '.';
        memcpy(text + *n, label.p, label.n);
        *n += label.n;
    }
    return false;
}

static enum parse mdns_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)end;
    (void)ask;
    unsigned answers;
    struct rd r;
    if (!head(in, &answers, &r))
        return PARSE_NOT;
    for (unsigned i = 0; i < answers && i < ANSWERS_MAX; i++) {
        char text[256];
        size_t n;
        if (!name(in, &r, text, sizeof text, &n))
            break;
        uint16_t type = rd_u16(&r);
        rd_skip(&r, 2 + 4);
        size_t length = rd_u16(&r);
        struct rd after = r;
        rd_skip(&after, length);
        if (after.bad)
            break;
        if (type == 12 && name(in, &r, text, sizeof text, &n))
            facts_put(out, "mdns.service", (struct slice){text, n});
        r = after;
    }
    return PARSE_DONE;
}

static const uint16_t mdns_ports[] = {5353, 0};

static const struct parser_key mdns_keys[] = {{"mdns.service", "a kind of service: _http._tcp.local"}, {NULL, NULL}};

const struct parser parser_mdns = {
    .name = "mdns",
    .service = "mdns",
    .source = "RFC 6762 6.7, RFC 6763 9",
    .transports = PARSER_UDP,
    .rarity = 5,
    .ports = mdns_ports,
    .keys = mdns_keys,
    .recognise = mdns_recognise,
    .hello = mdns_hello,
    .read = mdns_read,
};
