/* The hellos differ in five things: version, suites and their order, ALPN names, supported versions, and the order of
 * the last two lists. What is random in an ordinary hello is constant here: no session is ever made. */
#include "proto/jarm.h"

#include "base/sha256.h"
#include "proto/binary.h"

#include <stdio.h>

#define SUITES 69
#define HOST_LONGEST 255
#define GREASE 0x0a0a /* RFC 8701 2 */

enum order { FORWARD, REVERSE, TOP_HALF, BOTTOM_HALF, MIDDLE_OUT };
enum versions { NO_LIST, TO_1_2, TO_1_3 };

struct hello {
    uint16_t version;
    enum order suites;
    bool without_1_3; /* leaves out the suites of TLS 1.3 */
    bool grease;
    bool rare_alpn; /* without the names that servers know */
    enum versions versions;
    enum order lists; /* of ALPN names and of versions */
};

static const struct hello hellos[JARM_HELLOS] = {{0x0303, FORWARD, false, false, false, TO_1_2, REVERSE},
                                                 {0x0303, REVERSE, false, false, false, TO_1_2, FORWARD},
                                                 {0x0303, TOP_HALF, false, false, false, NO_LIST, FORWARD},
                                                 {0x0303, BOTTOM_HALF, false, false, true, NO_LIST, FORWARD},
                                                 {0x0303, MIDDLE_OUT, false, true, true, NO_LIST, REVERSE},
                                                 {0x0302, FORWARD, false, false, false, NO_LIST, FORWARD},
                                                 {0x0304, FORWARD, false, false, false, TO_1_3, REVERSE},
                                                 {0x0304, REVERSE, false, false, false, TO_1_3, FORWARD},
                                                 {0x0304, FORWARD, true, false, false, TO_1_3, FORWARD},
                                                 {0x0304, MIDDLE_OUT, false, true, false, TO_1_3, REVERSE}};

/* In the order of "forward": by kind of key exchange (DHE, ECDHE with ECDSA, ECDHE with RSA, RSA), then by cipher. */
static const uint16_t suites[SUITES] = {
    0x0016, 0x0033, 0x0067, 0xc09e, 0xc0a2, 0x009e, 0x0039, 0x006b, 0xc09f, 0xc0a3, 0x009f, 0x0045, 0x00be, 0x0088,
    0x00c4, 0x009a, 0xc008, 0xc009, 0xc023, 0xc0ac, 0xc0ae, 0xc02b, 0xc00a, 0xc024, 0xc0ad, 0xc0af, 0xc02c, 0xc072,
    0xc073, 0xcca9, 0x1302, 0x1301, 0xcc14, 0xc007, 0xc012, 0xc013, 0xc027, 0xc02f, 0xc014, 0xc028, 0xc030, 0xc060,
    0xc061, 0xc076, 0xc077, 0xcca8, 0x1305, 0x1304, 0x1303, 0xcc13, 0xc011, 0x000a, 0x002f, 0x003c, 0xc09c, 0xc0a0,
    0x009c, 0x0035, 0x003d, 0xc09d, 0xc0a1, 0x009d, 0x0041, 0x00ba, 0x0084, 0x00c0, 0x0007, 0x0004, 0x0005};

static bool is_1_3(uint16_t suite) {
    return suite >> 8 == 0x13;
}

/* ---- hellos */

/* The place in a list of n at which the i-th entry of an order stands; n: there is no such entry. */
static size_t place_of(enum order o, size_t i, size_t n) {
    size_t middle = n / 2, step = (i + 1) / 2, from;
    switch (o) {
    case FORWARD:
        return i;
    case REVERSE:
        return i < n ? n - 1 - i : n;
    case TOP_HALF: /* backwards; the middle of an odd list belongs to it */
        from = n % 2 ? middle : middle - 1;
        return i <= from ? from - i : n;
    case BOTTOM_HALF:
        from = n % 2 ? middle + 1 : middle;
        return from + i < n ? from + i : n;
    case MIDDLE_OUT: /* the later neighbour before the earlier one */
        if (i >= n)
            return n;
        if (n % 2)
            return i % 2 ? middle + step : middle - step;
        return i % 2 ? middle - step : middle + i / 2;
    }
    return n;
}

static void put_suites(const struct hello *h, struct buf *ask) {
    uint16_t all[SUITES];
    size_t n = 0, at = ask->n, place;
    for (size_t i = 0; i < SUITES; i++)
        if (!h->without_1_3 || !is_1_3(suites[i]))
            all[n++] = suites[i];
    ask_uint(ask, 0, 2);
    if (h->grease)
        ask_uint(ask, GREASE, 2);
    for (size_t i = 0; i < n && (place = place_of(h->suites, i, n)) < n; i++)
        ask_uint(ask, all[place], 2);
    ask_patch_length(ask, at);
}

static void put_server_name(struct slice host, struct buf *ask) {
    host = slice_sub(host, 0, HOST_LONGEST);
    ask_uint(ask, 0, 2);
    ask_uint(ask, host.n + 5, 2);
    ask_uint(ask, host.n + 3, 2);
    ask_uint(ask, 0, 1);
    ask_uint(ask, host.n, 2);
    buf_put(ask, host);
}

/* RFC 7301 3.1. Two names of the usual list count as one when it is turned round. */
static void put_alpn(const struct hello *h, struct buf *ask) {
    static const struct slice usual[] = {{"\x08http/0.9", 9}, {"\x08http/1.0", 9}, {"\x08http/1.1", 9},
                                         {"\x06spdy/1", 7},   {"\x06spdy/2", 7},   {"\x06spdy/3\x02h2", 10},
                                         {"\x03h2c", 4},      {"\x02hq", 3}};
    static const struct slice rare[] = {{"\x08http/0.9", 9}, {"\x08http/1.0", 9}, {"\x06spdy/1", 7}, {"\x06spdy/2", 7},
                                        {"\x06spdy/3", 7},   {"\x03h2c", 4},      {"\x02hq", 3}};
    const struct slice *names = h->rare_alpn ? rare : usual;
    size_t n = h->rare_alpn ? LL_COUNT(rare) : LL_COUNT(usual);
    ask_uint(ask, 16, 2);
    size_t outer = ask->n;
    ask_uint(ask, 0, 4);
    for (size_t i = 0; i < n; i++)
        buf_put(ask, names[place_of(h->lists, i, n)]);
    ask_patch_length(ask, outer + 2);
    ask_patch_length(ask, outer);
}

/* RFC 8446 4.2.8: X25519, and a share of one byte for a group that nobody has */
static void put_key_share(const struct hello *h, struct buf *ask) {
    ask_uint(ask, 51, 2);
    size_t outer = ask->n;
    ask_uint(ask, 0, 4);
    if (h->grease) {
        ask_uint(ask, GREASE, 2);
        buf_put(ask, SLICE("\x00\x01\x00"));
    }
    buf_put(ask, SLICE("\x00\x1d\x00\x20"));
    buf_fill(ask, 'L', 32);
    ask_patch_length(ask, outer + 2);
    ask_patch_length(ask, outer);
}

/* RFC 8446 4.2.1 */
static void put_versions(const struct hello *h, struct buf *ask) {
    size_t n = h->versions == TO_1_3 ? 4 : 3, bytes = 2 * (n + h->grease);
    if (h->versions == NO_LIST)
        return;
    ask_uint(ask, 43, 2);
    ask_uint(ask, bytes + 1, 2);
    ask_uint(ask, bytes, 1);
    if (h->grease)
        ask_uint(ask, GREASE, 2);
    for (size_t i = 0; i < n; i++)
        ask_uint(ask, 0x0301 + place_of(h->lists, i, n), 2);
}

static void put_extensions(const struct hello *h, struct slice host, struct buf *ask) {
    size_t at = ask->n;
    ask_uint(ask, 0, 2);
    if (h->grease) {
        ask_uint(ask, GREASE, 2);
        ask_uint(ask, 0, 2);
    }
    put_server_name(host, ask);
    buf_put(ask, SLICE("\x00\x17\x00\x00"                                         /* RFC 7627 5.1 */
                       "\x00\x01\x00\x01\x01"                                     /* fragments of 512 (RFC 6066 4) */
                       "\xff\x01\x00\x01\x00"                                     /* RFC 5746 3.2 */
                       "\x00\x0a\x00\x0a\x00\x08\x00\x1d\x00\x17\x00\x18\x00\x19" /* groups (RFC 8422 5.1.1) */
                       "\x00\x0b\x00\x02\x01\x00"                                 /* point formats (5.1.2) */
                       "\x00\x23\x00\x00"));                                      /* RFC 5077 3.2 */
    put_alpn(h, ask);
    buf_put(ask, SLICE("\x00\x0d\x00\x14\x00\x12" /* signatures (RFC 8446 4.2.3) */
                       "\x04\x03\x08\x04\x04\x01\x05\x03\x08\x05\x05\x01\x08\x06\x06\x01\x02\x01"));
    put_key_share(h, ask);
    buf_put(ask, SLICE("\x00\x2d\x00\x02\x01\x01")); /* RFC 8446 4.2.9 */
    put_versions(h, ask);
    ask_patch_length(ask, at);
}

void jarm_hello(unsigned number, struct slice host, struct buf *ask) {
    const struct hello *h = &hellos[number % JARM_HELLOS];
    size_t at = ask->n;
    bool newest = h->version == 0x0304; /* that one hides behind older numbers (RFC 8446 4.1.2, 5.1) */
    ask_uint(ask, 0x16, 1);
    ask_uint(ask, newest ? 0x0301 : h->version, 2);
    buf_put(ask, SLICE("\x00\x00\x01\x00\x00\x00"));
    ask_uint(ask, newest ? 0x0303 : h->version, 2);
    buf_fill(ask, 'L', 32);
    ask_uint(ask, 32, 1);
    buf_fill(ask, 'L', 32);
    put_suites(h, ask);
    buf_put(ask, SLICE("\x01\x00"));
    put_extensions(h, host, ask);
    ask_patch_length(ask, at + 7); /* 24 bits, of which the first eight stay 0 */
    ask_patch_length(ask, at + 3);
}

/* ---- answers */

/* The handshake's bytes of the records at the front; false: what stands there is not the handshake. */
static bool records(struct slice in, uint8_t *to, size_t *n) {
    struct rd r = rd_from(in);
    *n = 0;
    while (r.n) {
        if (r.p[0] != 22)
            return *n > 0;
        if (r.n < 5)
            return true;
        rd_skip(&r, 1);
        uint8_t major = rd_u8(&r);
        rd_skip(&r, 1);
        size_t size = rd_u16(&r);
        if (major != 3 || !size)
            return *n > 0;
        size = ll_min_size(size, r.n);
        rd_copy(&r, to + *n, size);
        *n += size;
    }
    return true;
}

struct choice {
    uint16_t suite, version, real;
    struct slice alpn;
};

/* A name that stands in our text: what we offer is of this kind. */
static bool is_name(struct slice s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '|' || s.p[i] == ',')
            return false;
    return true;
}

/* Extensions as "0000-ff01" into `list`; false: broken. */
static bool read_extensions(struct rd *r, struct choice *c, struct buf *list) {
    while (r->n) {
        uint16_t type = rd_u16(r);
        struct rd body = rd_sub(r, rd_u16(r));
        if (r->bad || body.bad)
            return false;
        buf_printf(list, "%s%04x", list->n ? "-" : "", type);
        if (type == 43 && body.n == 2)
            c->real = rd_u16(&body);
        if (type == 16 && body.n > 3) {
            rd_skip(&body, 3);
            c->alpn = rd_rest(&body);
        }
    }
    return is_name(c->alpn);
}

/* RFC 5246 7.4.1.3, RFC 8446 4.1.3; false: broken. */
static bool read_server_hello(struct rd r, struct choice *c, struct buf *list) {
    c->version = c->real = rd_u16(&r);
    rd_skip(&r, 32);
    rd_skip(&r, rd_u8(&r));
    c->suite = rd_u16(&r);
    rd_skip(&r, 1);
    if (r.bad || c->version < 0x0300 || c->version > 0x0304)
        return false;
    if (!r.n)
        return true;
    struct rd all = rd_sub(&r, rd_u16(&r));
    return !r.bad && !all.bad && read_extensions(&all, c, list) && c->real >= 0x0300 && c->real <= 0x0304;
}

enum jarm_answer jarm_read(struct slice in, bool end, struct buf *raw, uint16_t *version) {
    uint8_t bytes[JARM_ANSWER_MAX];
    size_t n;
    struct choice c = {0};
    struct buf list;
    end = end || in.n >= JARM_ANSWER_MAX;
    bool ok = records(slice_sub(in, 0, JARM_ANSWER_MAX), bytes, &n);
    if (ok && !end && n < 4)
        return JARM_MORE;
    struct rd r = rd_of(bytes, ok ? n : 0);
    bool hello = rd_u8(&r) == 2;
    size_t size = (size_t)rd_uint(&r, 3);
    if (hello && !end && size > r.n && size <= JARM_ANSWER_MAX)
        return JARM_MORE;
    buf_init(&list, JARM_RAW_MAX);
    r = rd_sub(&r, size);
    ok = hello && !r.bad && read_server_hello(r, &c, &list);
    if (ok) {
        *version = c.real;
        buf_printf(raw, "%04x|%04x|", c.suite, c.version);
        buf_put(raw, c.alpn);
        buf_put_char(raw, '|');
        buf_put(raw, buf_slice(&list));
    } else {
        buf_put_str(raw, "|||");
    }
    buf_finish(&list);
    return ok ? JARM_CHOSE : JARM_REFUSED;
}

/* ---- the fingerprint */

/* A suite's number there: its place among the suites in the order of their numbers, those of TLS 1.3 last; one behind
 * for a suite that was not offered. */
static unsigned number_of(uint16_t suite) {
    unsigned before = 0;
    bool offered = false;
    for (size_t i = 0; i < SUITES; i++) {
        bool later = is_1_3(suites[i]) != is_1_3(suite) ? is_1_3(suites[i]) : suites[i] > suite;
        before += !later && suites[i] != suite;
        offered = offered || suites[i] == suite;
    }
    return (offered ? before : SUITES) + 1;
}

static bool hex4(struct slice s, uint16_t *v) {
    *v = 0;
    for (size_t i = 0; i < s.n; i++) {
        const char *digits = "0123456789abcdef", *at = s.p[i] ? strchr(digits, s.p[i]) : NULL;
        if (!at)
            return false;
        *v = (uint16_t)(*v << 4 | (at - digits));
    }
    return s.n == 4;
}

/* One answer: three characters into `out`, the rest into the hash. False: it is not one. */
static bool print_one(struct slice answer, char out[4], struct sha256 *hash) {
    struct slice part[4];
    uint16_t suite, version;
    for (size_t i = 0; i < 4; i++)
        if (!slice_split(&answer, '|', &part[i]))
            return false;
    if (answer.p)
        return false;
    memcpy(out, "000", 4);
    if (part[0].n || part[1].n) {
        if (!hex4(part[0], &suite) || !hex4(part[1], &version) || (version & 15) > 5)
            return false;
        snprintf(out, 4, "%02x%c", number_of(suite), "abcdef"[version & 15]);
    }
    sha256_add(hash, part[2].p, part[2].n);
    sha256_add(hash, part[3].p, part[3].n);
    return true;
}

bool jarm_print(struct slice raw, char out[JARM_PRINT + 1]) {
    struct sha256 hash;
    struct slice one;
    uint8_t sum[SHA256_SIZE];
    unsigned n = 0;
    bool any = false;
    sha256_init(&hash);
    while (slice_split(&raw, ',', &one)) {
        if (n == JARM_HELLOS || !print_one(one, out + 3 * n, &hash))
            return false;
        any = any || memcmp(out + 3 * n, "000", 3) != 0;
        n++;
    }
    sha256_finish(&hash, sum);
    for (size_t i = 0; i < 16; i++)
        snprintf(out + 3 * JARM_HELLOS + 2 * i, 3, "%02x", any ? sum[i] : 0);
    return n == JARM_HELLOS;
}
