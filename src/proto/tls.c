/* TLS: asks with a ClientHello of TLS 1.2, whose answer shows version, suite and certificates in clear (RFC 5246 7.4).
 * A server that wants another version says so in an alert, which is TLS as well. What flows inside is for the caller:
 * it opens a TLS stream and asks again there. */
#include "proto/binary.h"
#include "proto/tls_version.h"
#include "proto/x509.h"

#define RECORD_MAX (16384 + 2048) /* RFC 5246 6.2.3 */
#define MESSAGES_MAX (64U << 10)  /* of one flight of a server */
#define CHAIN_MAX 8

enum { CONTENT_ALERT = 21, CONTENT_HANDSHAKE = 22 };
enum { SERVER_HELLO = 2, CERTIFICATE = 11, SERVER_DONE = 14 };

/* RFC 5246 7.2, RFC 6066 9, RFC 7301 3.2, RFC 8446 6 */
static bool alert_known(uint8_t level, uint8_t what) {
    static const uint8_t known[] = {0,  10, 20, 21, 22, 30, 40, 41,  42,  43,  44,  45,  46,  47,  48,  49,  50,
                                    51, 60, 70, 71, 80, 86, 90, 100, 109, 110, 111, 112, 113, 114, 115, 116, 120};
    return (level == 1 || level == 2) && memchr(known, what, sizeof known);
}

/* The header of a record; false: it is none. */
static bool record_head(struct rd *r, uint8_t *type, uint16_t *version, size_t *n) {
    *type = rd_u8(r);
    *version = rd_u16(r);
    *n = rd_u16(r);
    return !r->bad && *type >= 20 && *type <= 23 && *version >= 0x0300 && *version <= 0x0304 && *n > 0 &&
           *n <= RECORD_MAX;
}

static bool is_alert(struct slice in) {
    struct rd r = rd_from(in);
    uint8_t type;
    uint16_t version;
    size_t n;
    if (!record_head(&r, &type, &version, &n) || type != CONTENT_ALERT || n != 2)
        return false;
    uint8_t level = rd_u8(&r), what = rd_u8(&r);
    return !r.bad && alert_known(level, what);
}

static bool tls_recognise(struct slice in) {
    struct rd r = rd_from(in);
    uint8_t type;
    uint16_t version;
    size_t n;
    if (is_alert(in))
        return true;
    if (!record_head(&r, &type, &version, &n) || type != CONTENT_HANDSHAKE || n < 4 + 2 + 32 + 1 + 2 + 1)
        return false;
    uint8_t message = rd_u8(&r);
    size_t length = (size_t)rd_uint(&r, 3);
    uint16_t chosen = rd_u16(&r);
    return !r.bad && message == SERVER_HELLO && length >= 38 && length < 4096 && chosen >= 0x0300 && chosen <= 0x0303;
}

/* RFC 6066 3: names only, no addresses */
static void ask_server_name(struct slice host, struct buf *ask) {
    struct addr a;
    if (host.n == 0 || host.n > 253 || addr_parse(host, &a))
        return;
    ask_uint(ask, 0, 2);
    ask_uint(ask, host.n + 5, 2);
    ask_uint(ask, host.n + 3, 2);
    ask_uint(ask, 0, 1);
    ask_uint(ask, host.n, 2);
    buf_put(ask, host);
}

static void tls_hello(struct dialogue *d, struct buf *ask) {
    buf_put(ask, SLICE("\x16\x03\x01\x00\x00\x01\x00\x00\x00\x03\x03"));
    buf_fill(ask, 'L', 32); /* a nonce that is one for nobody: the handshake ends here */
    buf_put(ask, SLICE("\x00"));
    /* ECDHE and DHE with AEAD first, then CBC, RSA, 3DES and RC4 for the oldest; and the marker of RFC 5746 3.3 */
    buf_put(ask,
            SLICE("\x00\x34\xc0\x2b\xc0\x2f\xc0\x2c\xc0\x30\xcc\xa9\xcc\xa8\x00\x9e\x00\x9f\xc0\x09\xc0\x13\xc0\x0a"
                  "\xc0\x14\xc0\x23\xc0\x27\x00\x33\x00\x39\x00\x67\x00\x6b\x00\x9c\x00\x9d\x00\x2f\x00\x35\x00\x3c"
                  "\x00\x0a\x00\x05\x00\xff\x01\x00"));
    size_t extensions = ask->n;
    ask_uint(ask, 0, 2);
    ask_server_name(d->peer->host, ask);
    buf_put(ask, SLICE("\x00\x0a\x00\x0a\x00\x08\x00\x1d\x00\x17\x00\x18\x00\x19" /* groups (RFC 8422 5.1.1) */
                       "\x00\x0b\x00\x02\x01\x00"                                 /* point formats (5.1.2) */
                       "\x00\x0d\x00\x16\x00\x14\x04\x03\x05\x03\x06\x03\x08\x04\x08\x05\x08\x06\x04\x01\x05\x01"
                       "\x06\x01\x02\x01"                              /* signatures (RFC 5246 7.4.1.4.1) */
                       "\x00\x17\x00\x00"                              /* RFC 7627 5.1 */
                       "\x00\x10\x00\x0e\x00\x0c\x02h2\x08http/1.1")); /* RFC 7301 3.1 */
    ask_patch_length(ask, extensions);
    ask_patch_length(ask, 3);
    ask_patch_length(ask, 7);
}

static void put_version(struct facts *out, uint16_t version) {
    const char *text = tls_version_text(version);
    if (text)
        facts_put_str(out, "tls.version", text);
}

static bool server_hello(struct slice body, struct facts *out) {
    struct rd r = rd_from(body);
    uint16_t version = rd_u16(&r);
    rd_skip(&r, 32);
    rd_skip(&r, rd_u8(&r));
    struct slice cipher = rd_slice(&r, 2);
    rd_skip(&r, 1);
    if (r.bad)
        return false;
    struct slice alpn = {NULL, 0};
    struct rd list = rd_sub(&r, r.n >= 2 ? rd_u16(&r) : 0);
    while (!list.bad && list.n >= 4) {
        uint16_t type = rd_u16(&list);
        struct rd e = rd_sub(&list, rd_u16(&list));
        if (type == 43 && e.n == 2) /* RFC 8446 4.2.1 */
            version = rd_u16(&e);
        if (type == 16 && e.n > 3) {
            rd_skip(&e, 2);
            alpn = rd_slice(&e, rd_u8(&e));
        }
    }
    put_version(out, version);
    facts_put_hex(out, "tls.cipher", cipher);
    if (alpn.n)
        facts_put(out, "tls.alpn", alpn);
    return true;
}

/* RFC 5246 7.4.2 */
static void certificates(struct slice body, struct facts *out) {
    struct rd r = rd_from(body);
    struct rd list = rd_sub(&r, (size_t)rd_uint(&r, 3));
    for (unsigned place = 0; place < CHAIN_MAX && list.n > 3; place++) {
        struct slice der = rd_slice(&list, (size_t)rd_uint(&list, 3));
        if (list.bad)
            return;
        x509_facts(der, place, out);
    }
}

/* What the records at the front of `in` hold of the handshake. */
struct flight {
    size_t n;     /* bytes of messages */
    bool over;    /* nothing of the handshake follows */
    bool broken;  /* what follows is no record */
    int alert;    /* -1: none */
    size_t whole; /* records, for the second pass */
};

static struct flight flight_of(struct slice in, uint8_t *to, size_t cap) {
    struct flight f = {.alert = -1};
    struct rd r = rd_from(in);
    while (r.n && !f.over) {
        uint8_t type;
        uint16_t version;
        size_t n;
        struct rd before = r;
        if (!record_head(&r, &type, &version, &n)) {
            f.broken = f.over = before.n >= 5;
            break;
        }
        if (r.n < n)
            break;
        struct rd body = rd_sub(&r, n);
        if (type == CONTENT_ALERT && n == 2) {
            rd_skip(&body, 1);
            f.alert = rd_u8(&body);
        }
        f.over = type != CONTENT_HANDSHAKE || f.n + n > MESSAGES_MAX;
        if (f.over)
            break;
        if (to && f.n + n <= cap)
            rd_copy(&body, to + f.n, n);
        f.n += n;
        f.whole++;
    }
    return f;
}

/* Goes through the messages; `out` NULL: only looks whether the flight ends with ServerHelloDone. */
static bool messages(struct slice all, struct facts *out, bool *done) {
    struct rd r = rd_from(all);
    bool hello = false;
    *done = false;
    while (r.n >= 4 && !*done) {
        uint8_t type = rd_u8(&r);
        struct slice body = rd_slice(&r, (size_t)rd_uint(&r, 3));
        if (r.bad)
            break;
        if (type == SERVER_HELLO && !hello)
            hello = server_hello(body, out);
        if (type == CERTIFICATE && hello)
            certificates(body, out);
        *done = type == SERVER_DONE;
    }
    return hello;
}

static enum parse tls_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    if (in.n < 7)
        return end || (in.n && ((uint8_t)in.p[0] < 21 || (uint8_t)in.p[0] > 22)) ? PARSE_NOT : PARSE_MORE;
    if (is_alert(in)) {
        facts_put_u64(out, "tls.alert", (uint8_t)in.p[6]);
        return PARSE_DONE;
    }
    if (in.n < 11 && !end)
        return PARSE_MORE;
    if (!tls_recognise(in))
        return PARSE_NOT;
    struct flight f = flight_of(in, NULL, 0);
    /* ServerHelloDone is empty, and the last message: cheap to see, so that nothing is copied before it is there. */
    bool last = f.n >= 4 && !f.broken && in.n >= 4 && memcmp(in.p + in.n - 4, "\x0e\x00\x00\x00", 4) == 0;
    if (!end && !f.over && !last)
        return PARSE_MORE;
    uint8_t *copy = f.n ? arena_alloc(out->arena, f.n) : NULL;
    if (!copy)
        return end ? PARSE_DONE : PARSE_MORE;
    (void)flight_of(in, copy, f.n);
    bool done;
    size_t before = out->n;
    bool hello = messages((struct slice){(const char *)copy, f.n}, out, &done);
    if (!done && !end && !f.over) {
        out->n = before;
        return PARSE_MORE;
    }
    if (!hello)
        return PARSE_NOT;
    if (f.alert >= 0 && !done)
        facts_put_u64(out, "tls.alert", (uint64_t)f.alert);
    return PARSE_DONE;
}

static const uint16_t tls_ports[] = {443,  465,  563,  636,  853,  989,   990,   992,   993,  994,
                                     995,  2376, 2484, 3269, 4433, 5061,  5671,  5986,  6443, 6514,
                                     6697, 8243, 8443, 8883, 9443, 10250, 15443, 16443, 0};

static const struct parser_key tls_keys[] = {{"tls.version", "version that the server chose: TLSv1.2"},
                                             {"tls.cipher", "cipher suite, four hexadecimal digits (IANA)"},
                                             {"tls.alpn", "protocol that the server chose (RFC 7301)"},
                                             {"tls.alert", "number of an alert (RFC 8446 6)"},
                                             X509_KEYS,
                                             {NULL, NULL}};

const struct parser parser_tls = {
    .name = "tls",
    .service = "ssl",
    .source = "RFC 5246, RFC 8446",
    .transports = PARSER_TCP,
    .rarity = 1,
    .ports = tls_ports,
    .keys = tls_keys,
    .recognise = tls_recognise,
    .hello = tls_hello,
    .read = tls_read,
};
