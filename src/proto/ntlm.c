#include "proto/ntlm.h"

#include "proto/binary.h"

#define SIGNATURE "NTLMSSP\x00"
#define PAIRS_MAX 16
#define TEXT_MAX 2048 /* bytes of a challenge in base64 that are read */

/* Unicode, request target, NTLM, always sign, extended session security, target info, version, 128, 56 */
#define EIGHT_ZEROS "\x00\x00\x00\x00\x00\x00\x00\x00"
const struct slice ntlm_negotiate = {
    SIGNATURE "\x01\x00\x00\x00\x05\x82\x88\xa2" EIGHT_ZEROS EIGHT_ZEROS "\x0a\x00\x63\x45\x00\x00\x00\x0f", 40};

const struct slice ntlm_negotiate_text = {"TlRMTVNTUAABAAAABYKIogAAAAAAAAAAAAAAAAAAAAAKAGNFAAAADw==", 56};

/* length, maximum, offset (MS-NLMP 2.2.1.2, TargetNameFields) */
static struct slice field(struct slice message, struct rd *r) {
    size_t n = (size_t)rd_little(r, 2);
    rd_skip(r, 2);
    size_t offset = (size_t)rd_little(r, 4);
    struct slice s = slice_sub(message, offset, n);
    return s.n == n ? s : (struct slice){"", 0};
}

/* AV_PAIR (2.2.2.1) */
static void pairs(struct slice info, struct facts *out) {
    static const char *const keys[] = {[1] = "ntlm.computer",
                                       [2] = "ntlm.domain",
                                       [3] = "ntlm.dns_computer",
                                       [4] = "ntlm.dns_domain",
                                       [5] = "ntlm.dns_forest"};
    struct rd r = rd_from(info);
    for (unsigned i = 0; i < PAIRS_MAX; i++) {
        uint64_t id = rd_little(&r, 2);
        size_t n = (size_t)rd_little(&r, 2);
        struct slice value = rd_slice(&r, n);
        if (r.bad || id == 0)
            return;
        if (id < LL_COUNT(keys) && value.n)
            facts_put_utf16(out, keys[id], value, false);
    }
}

static bool challenge(struct slice message, struct facts *out) {
    struct rd r = rd_from(slice_skip(message, 8));
    if (rd_little(&r, 4) != 2)
        return false;
    struct slice target = field(message, &r);
    uint64_t flags = rd_little(&r, 4);
    rd_skip(&r, 8 + 8);
    struct slice info = field(message, &r);
    if (r.bad)
        return false;
    if (target.n && (flags & 1))
        facts_put_utf16(out, "ntlm.target", target, false);
    pairs(info, out);
    uint8_t major = rd_u8(&r), minor = rd_u8(&r);
    unsigned build = (unsigned)rd_little(&r, 2);
    if (!r.bad && (flags & 0x02000000)) {
        char text[32];
        snprintf(text, sizeof text, "%u.%u.%u", major, minor, build);
        facts_put_str(out, "ntlm.os", text);
    }
    return true;
}

bool ntlm_facts(struct slice in, struct facts *out) {
    for (size_t at = 0; at + 8 <= in.n; at++) {
        at += slice_find(slice_skip(in, at), 'N');
        struct slice message = slice_skip(in, at);
        if (slice_starts(message, SLICE(SIGNATURE)))
            return challenge(message, out);
    }
    return false;
}

/* RFC 4648 4; -1: none of its letters */
static int sextet(char c) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool ntlm_facts_text(struct slice in, struct facts *out) {
    char bytes[TEXT_MAX];
    size_t n = 0;
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < in.n && n < sizeof bytes; i++) {
        int v = sextet(in.p[i]);
        if (v < 0)
            break;
        held = (held << 6 | (uint32_t)v) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[n++] = (char)(uint8_t)(held >> bits);
        }
    }
    return ntlm_facts((struct slice){bytes, n}, out);
}
