/* Mumble: over UDP the ping of the server list, answered with version and users; inside TLS the Version message that
 * the server sends first (Mumble protocol, "Ping", "Establishing a connection"). */
#include "proto/bits.h"
#include "proto/parser.h"

static void mumble_hello(struct dialogue *d, struct buf *ask) {
    if (d->peer->udp)
        (void)buf_put(ask, SLICE("\x00\x00\x00\x00\x00\x00\x00\x00lead")); /* type 0, identifier that comes back */
    else
        (void)buf_put(ask, SLICE("\x00\x00\x00\x00\x00\x04\x08\x80\x84\x04")); /* Version: we speak 1.2.0 */
}

#define PONG 24
#define MESSAGE_MAX 512

static void version_text(uint32_t v, struct facts *out) {
    char text[16];
    snprintf(text, sizeof text, "%u.%u.%u", (unsigned)(v >> 16), (unsigned)(v >> 8 & 255), (unsigned)(v & 255));
    facts_put_str(out, "mumble.version", text);
}

static enum parse pong(struct slice in, struct facts *out) {
    struct rd r = rd_of(in.p, in.n);
    uint32_t version = rd_u32(&r);
    uint64_t ident = rd_u64(&r);
    uint32_t users = rd_u32(&r), most = rd_u32(&r);
    if (in.n != PONG || ident != UINT64_C(0x6c656164) || version >> 24 || version < 0x10000 || users > most)
        return PARSE_NOT;
    version_text(version, out);
    facts_put_u64(out, "mumble.users", users);
    facts_put_u64(out, "mumble.users_max", most);
    return PARSE_DONE;
}

static uint64_t varint(struct rd *r) {
    uint64_t v = 0;
    for (unsigned i = 0; i < 9; i++) {
        uint8_t b = rd_u8(r);
        v |= (uint64_t)(b & 127) << (7 * i);
        if (!(b & 128))
            return v;
    }
    r->bad = true;
    return 0;
}

/* Fields 1 version, 2 release, 3 system, 4 its version (Mumble.proto, Version). */
static bool fields(struct rd r, struct facts *out) {
    static const char *const keys[] = {NULL, NULL, "mumble.release", "mumble.os", "mumble.os_version"};
    bool version = false;
    while (r.n && !r.bad) {
        uint64_t tag = varint(&r), field = tag >> 3;
        if ((tag & 7) == 0) {
            uint64_t v = varint(&r);
            if (field == 1 && v >= 0x10000 && v < 1 << 24) {
                version_text((uint32_t)v, out);
                version = true;
            }
        } else if ((tag & 7) == 2) {
            uint64_t n = varint(&r);
            const uint8_t *p = n < MESSAGE_MAX ? rd_bytes(&r, (size_t)n) : NULL;
            if (!p)
                return false;
            if (field < LL_COUNT(keys) && keys[field])
                facts_put(out, keys[field], (struct slice){(const char *)p, (size_t)n});
        } else {
            return false;
        }
    }
    return version && !r.bad;
}

static bool head(struct slice in, size_t *n) {
    struct rd r = rd_of(in.p, in.n);
    uint16_t type = rd_u16(&r);
    uint32_t length = rd_u32(&r);
    *n = length;
    return !r.bad && type == 0 && length >= 4 && length < MESSAGE_MAX;
}

/* Version comes first, and its first field is the number. */
static bool mumble_recognise(struct slice in) {
    size_t n;
    return head(in, &n) && in.n > 8 && in.p[6] == 8 && in.n >= 6 + n &&
           slice_has_exact(slice_sub(in, 6, n), SLICE("\x12"));
}

static enum parse mumble_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)ask;
    size_t n;
    if (d->peer->udp)
        return pong(in, out);
    if (in.n < 6)
        return !end && (in.n == 0 || in.p[0] == 0) ? PARSE_MORE : PARSE_NOT;
    if (!head(in, &n))
        return PARSE_NOT;
    if (in.n < 6 + n)
        return end ? PARSE_NOT : PARSE_MORE;
    return fields(rd_of(in.p + 6, n), out) ? PARSE_DONE : PARSE_NOT;
}

static const uint16_t mumble_ports[] = {64738, 0};
static const uint16_t mumble_tls_ports[] = {64738, 0};

static const struct parser_key mumble_keys[] = {{"mumble.version", "version"},
                                                {"mumble.users", "users now"},
                                                {"mumble.users_max", "most users"},
                                                {"mumble.release", "version as text"},
                                                {"mumble.os", "operating system"},
                                                {"mumble.os_version", "its version"},
                                                {NULL, NULL}};

const struct parser parser_mumble = {
    .name = "mumble",
    .service = "mumble",
    .source = "Mumble protocol",
    .transports = PARSER_TLS | PARSER_UDP,
    .greets = true,
    .rarity = 7,
    .ports = mumble_ports,
    .tls_ports = mumble_tls_ports,
    .keys = mumble_keys,
    .recognise = mumble_recognise,
    .hello = mumble_hello,
    .read = mumble_read,
};
