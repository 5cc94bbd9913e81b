/* Addresses as text: RFC 4291 2.2 in, RFC 5952 out, zones after RFC 4007 11, and the names of the reverse tree. */
#include <arpa/inet.h>
#include <net/if.h>

#include "base/num.h"
#include "net/addr.h"
#include "net/bytes.h"

enum { V6_WORDS = 8 };

/* Our own and not inet_pton, because leading zeros are decimal here and not refused. */
static bool parse_v4(struct slice text, struct addr *out) {
    uint32_t value = 0;
    unsigned octets = 0;
    struct slice part;
    while (slice_split(&text, '.', &part)) {
        uint64_t octet;
        if (++octets > 4 || part.n > 3 || !num_u64_max(part, 255, &octet))
            return false;
        value = value << 8 | (uint32_t)octet;
    }
    *out = addr_v4(value);
    return octets == 4;
}

/* A NUL-terminated copy for the functions of the system; false when it does not fit or holds a NUL itself. */
static bool copy_text(struct slice text, char *to, size_t cap) {
    if (text.n == 0 || text.n >= cap || memchr(text.p, 0, text.n))
        return false;
    memcpy(to, text.p, text.n);
    to[text.n] = 0;
    return true;
}

static bool parse_zone(struct slice text, uint32_t *out) {
    uint64_t number;
    if (num_u64_max(text, INT32_MAX, &number)) {
        *out = (uint32_t)number;
        return number != 0;
    }
    char name[IF_NAMESIZE];
    if (!copy_text(text, name, sizeof name))
        return false;
    *out = if_nametoindex(name);
    return *out != 0;
}

static bool has_zones(const struct addr *a) {
    return a->family == ADDR_V6 && (addr_is_link_local(a) || addr_is_multicast(a));
}

static bool parse_v6(struct slice text, struct addr *out) {
    char copy[INET6_ADDRSTRLEN];
    uint8_t bytes[16];
    size_t percent = slice_find(text, '%');
    if (!copy_text(slice_sub(text, 0, percent), copy, sizeof copy) || inet_pton(AF_INET6, copy, bytes) != 1)
        return false;
    *out = addr_v6(bytes, 0);
    if (percent == text.n)
        return true;
    return has_zones(out) && parse_zone(slice_skip(text, percent + 1), &out->zone);
}

bool addr_parse(struct slice text, struct addr *out) {
    struct addr a;
    bool v6 = slice_find(text, ':') < text.n;
    if (!(v6 ? parse_v6(text, &a) : parse_v4(text, &a)))
        return false;
    *out = a;
    return true;
}

/* The first longest run of zero words; a single word is not shortened (RFC 5952 4.2.2). */
static size_t zero_run(const uint8_t b[16], size_t *at) {
    size_t best = 1, here = 0;
    for (size_t i = 0; i < V6_WORDS; i++) {
        here = get_u16(b + 2 * i) == 0 ? here + 1 : 0;
        if (here > best) {
            best = here;
            *at = i + 1 - here;
        }
    }
    return best > 1 ? best : 0;
}

static char *put_hex(char *p, uint16_t v) {
    bool started = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
        unsigned digit = v >> shift & 0xf;
        started = started || digit != 0 || shift == 0;
        if (started)
            *p++ = "0123456789abcdef"[digit];
    }
    return p;
}

static char *put_octet(char *p, uint8_t v) {
    if (v >= 100)
        *p++ = (char)('0' + v / 100);
    if (v >= 10)
        *p++ = (char)('0' + v / 10 % 10);
    *p++ = (char)('0' + v % 10);
    return p;
}

static char *put_v4(char *p, const uint8_t b[4]) {
    for (size_t i = 0; i < 4; i++) {
        if (i > 0)
            *p++ = '.';
        p = put_octet(p, b[i]);
    }
    return p;
}

static char *put_v6(char *p, const uint8_t b[16]) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (memcmp(b, mapped, sizeof mapped) == 0) { /* RFC 5952 5 */
        for (const char *prefix = "::ffff:"; *prefix; prefix++)
            *p++ = *prefix;
        return put_v4(p, b + 12);
    }
    size_t run_at = V6_WORDS;
    size_t run = zero_run(b, &run_at);
    for (size_t i = 0; i < V6_WORDS; i++) {
        if (run > 0 && i == run_at) {
            *p++ = ':';
            i += run - 1;
            if (i == V6_WORDS - 1)
                *p++ = ':';
            continue;
        }
        if (i > 0)
            *p++ = ':';
        p = put_hex(p, get_u16(b + 2 * i));
    }
    return p;
}

const char *addr_format(const struct addr *a, char out[ADDR_TEXT_MAX]) {
    char *p = out;
    if (a->family == ADDR_V4)
        p = put_v4(p, a->b);
    else if (a->family == ADDR_V6)
        p = put_v6(p, a->b);
    *p = 0;
    if (a->family != ADDR_V6 || a->zone == 0)
        return out;
    char name[IF_NAMESIZE];
    size_t left = ADDR_TEXT_MAX - (size_t)(p - out);
    if (if_indextoname(a->zone, name))
        snprintf(p, left, "%%%s", name);
    else
        snprintf(p, left, "%%%u", (unsigned)a->zone);
    return out;
}

bool addr_reverse_name(const struct addr *a, char out[80]) {
    static const char digits[] = "0123456789abcdef";
    char *p = out;
    size_t bytes = addr_bytes(a);
    for (size_t i = bytes; i-- > 0;) {
        if (bytes == 4) {
            p = put_octet(p, a->b[i]);
            *p++ = '.';
            continue;
        }
        *p++ = digits[a->b[i] & 0xf];
        *p++ = '.';
        *p++ = digits[a->b[i] >> 4];
        *p++ = '.';
    }
    snprintf(p, 80 - (size_t)(p - out), "%s", bytes == 0 ? "" : bytes == 4 ? "in-addr.arpa" : "ip6.arpa");
    return bytes != 0;
}

const char *mac_format(const uint8_t mac[MAC_LEN], char out[18]) {
    snprintf(out, 18, "%02X:%02X:%02X:%02X:%02X:%02X", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
    return out;
}
