/* SSH: the identification line (RFC 4253 4.2) and, for version 2, the algorithms that the server offers (KEXINIT, 7.1).
 * No key exchange follows. */
#include "base/wire.h"
#include "proto/lines.h"

#define SSH_LINE_MAX 255       /* RFC 4253 4.2, CR LF included */
#define PREFACE_MAX 8192       /* lines before it that are put up with */
#define PACKET_MAX (32U << 10) /* RFC 4253 6.1: all implementations take 35000 */
#define MSG_KEXINIT 20         /* RFC 4253 12 */
#define COOKIE_LEN 16

static bool ssh_recognise(struct slice in) {
    return slice_starts(in, SLICE("SSH-")) && in.n > 7 && in.p[4] >= '1' && in.p[4] <= '2' && in.p[5] == '.';
}

/* "SSH-protoversion-softwareversion SP comments" without its line end. */
static bool ssh_line(struct slice line, struct facts *out) {
    struct slice rest = slice_skip(line, 4), protocol;
    if (!slice_split(&rest, '-', &protocol) || !rest.p)
        return false;
    size_t blank = slice_find(rest, ' ');
    facts_put(out, "ssh.protocol", protocol);
    facts_put(out, "ssh.software", slice_sub(rest, 0, blank));
    if (blank < rest.n)
        facts_put(out, "ssh.comment", slice_skip(rest, blank + 1));
    return true;
}

static enum parse identification(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct slice rest = slice_sub(in, 0, PREFACE_MAX);
    while (rest.n) {
        size_t n = slice_find(rest, '\n');
        struct slice line = slice_sub(rest, 0, n);
        bool whole = n < rest.n;
        if (slice_starts(line, SLICE("SSH-"))) {
            if (line.n > SSH_LINE_MAX)
                return PARSE_NOT;
            if (!whole && !end)
                return PARSE_MORE;
            if (!ssh_recognise(line) || !ssh_line(slice_trim(line), out))
                return PARSE_NOT;
            struct slice protocol = facts_get(out, "ssh.protocol");
            if (!whole || !(slice_eq(protocol, SLICE("2.0")) || slice_eq(protocol, SLICE("1.99"))))
                return PARSE_DONE;
            d->memo[0] = 1;
            d->used = (size_t)(line.p - in.p) + n + 1;
            buf_put_str(ask, "SSH-2.0-Leadline\r\n");
            return PARSE_ASK;
        }
        if (!whole)
            break;
        rest = slice_skip(rest, n + 1);
    }
    return end || in.n >= PREFACE_MAX ? PARSE_NOT : PARSE_MORE;
}

/* The name-lists of RFC 4253 7.1, in their order; those of the other direction are left out. */
static void put_lists(struct rd r, struct facts *out) {
    static const char *const keys[] = {"ssh.kex", "ssh.hostkey", "ssh.cipher",     NULL,
                                       "ssh.mac", NULL,          "ssh.compression"};
    rd_skip(&r, COOKIE_LEN);
    for (size_t i = 0; i < LL_COUNT(keys); i++) {
        size_t n = rd_u32(&r);
        const uint8_t *p = rd_bytes(&r, n);
        if (r.bad)
            return;
        if (keys[i])
            facts_put(out, keys[i], (struct slice){(const char *)p, n});
    }
}

/* What is none takes nothing from the line before. */
static enum parse kexinit(struct slice in, bool end, struct facts *out) {
    struct rd r = rd_of(in.p, in.n);
    uint32_t length = rd_u32(&r);
    uint8_t padding = rd_u8(&r), type = rd_u8(&r);
    if (r.bad)
        return end ? PARSE_DONE : PARSE_MORE;
    if (type != MSG_KEXINIT || length > PACKET_MAX || length < (uint32_t)padding + 2)
        return PARSE_DONE;
    struct rd payload = rd_sub(&r, length - padding - 2);
    if (payload.bad || r.bad)
        return end ? PARSE_DONE : PARSE_MORE;
    put_lists(payload, out);
    return PARSE_DONE;
}

static enum parse ssh_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    return d->memo[0] ? kexinit(in, end, out) : identification(d, in, end, out, ask);
}

static const uint16_t ssh_ports[] = {22, 2222, 0};

static const struct parser_key ssh_keys[] = {{"ssh.protocol", "protocol version, 2.0 or 1.99 (RFC 4253 4.2, 5)"},
                                             {"ssh.software", "software version, without blanks"},
                                             {"ssh.comment", "comments behind it"},
                                             {"ssh.kex", "key exchange methods, with commas"},
                                             {"ssh.hostkey", "algorithms of host keys"},
                                             {"ssh.cipher", "ciphers from client to server"},
                                             {"ssh.mac", "MAC algorithms from client to server"},
                                             {"ssh.compression", "compression from client to server"},
                                             {NULL, NULL}};

const struct parser parser_ssh = {
    .name = "ssh",
    .service = "ssh",
    .source = "RFC 4253 4.2, 7.1",
    .transports = PARSER_TCP,
    .greets = true,
    .rarity = 1,
    .ports = ssh_ports,
    .keys = ssh_keys,
    .recognise = ssh_recognise,
    .read = ssh_read,
};
