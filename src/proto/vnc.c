/* VNC, the remote framebuffer protocol (RFC 6143 7.1): version, then the kinds of authentication. No password is
 * tried. */
#include "proto/binary.h"

#define VERSION_N 12
#define TYPES_MAX 32
#define REASON_MAX 512

/* "RFB 003.008\n" */
static bool is_version(struct slice in) {
    static const char form[] = "RFB ddd.ddd\n";
    if (in.n < VERSION_N)
        return false;
    for (size_t i = 0; i < VERSION_N; i++)
        if (form[i] == 'd' ? in.p[i] < '0' || in.p[i] > '9' : in.p[i] != form[i])
            return false;
    return true;
}

static unsigned three(const char *p) {
    return (unsigned)((p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0'));
}

/* IANA's registry "Remote Framebuffer Security Types" */
static void put_type(unsigned type, struct facts *out) {
    static const struct {
        unsigned type;
        const char *name;
    } names[] = {{1, "None"},      {2, "VNC Authentication"},
                 {5, "RA2"},       {6, "RA2ne"},
                 {16, "Tight"},    {17, "Ultra"},
                 {18, "TLS"},      {19, "VeNCrypt"},
                 {20, "SASL"},     {21, "MD5"},
                 {22, "xvp"},      {30, "Apple Remote Desktop"},
                 {113, "RSA-AES"}, {129, "RSA-AES-256"}};
    for (size_t i = 0; i < LL_COUNT(names); i++)
        if (names[i].type == type) {
            facts_put_str(out, "vnc.security", names[i].name);
            return;
        }
    facts_put_u64(out, "vnc.security", type);
}

static bool vnc_recognise(struct slice in) {
    return is_version(in) && (in.p[4] == '0' || in.p[4] == '1' || in.p[4] == '2');
}

static enum parse read_version(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    if (in.n < VERSION_N)
        return end || !slice_starts(SLICE("RFB "), slice_sub(in, 0, 4)) ? PARSE_NOT : PARSE_MORE;
    if (!is_version(in))
        return PARSE_NOT;
    char text[16];
    unsigned major = three(in.p + 4), minor = three(in.p + 8);
    snprintf(text, sizeof text, "%u.%u", major, minor);
    facts_put_str(out, "vnc.protocol", text);
    /* The highest published version that both know (RFC 6143 7.1.1) */
    unsigned ours = major > 3 || minor >= 8 ? 8 : minor == 7 ? 7 : 3;
    d->memo[0] = ours;
    d->used = VERSION_N;
    buf_printf(ask, "RFB 003.00%u\n", ours);
    return PARSE_ASK;
}

static enum parse reason(struct slice in, bool end, struct facts *out) {
    struct rd r = rd_from(in);
    size_t n = rd_u32(&r);
    if (n > REASON_MAX)
        return PARSE_DONE;
    if ((r.bad || r.n < n) && !end)
        return PARSE_MORE;
    if (!r.bad && r.n >= n)
        facts_put(out, "vnc.refused", rd_slice(&r, n));
    return PARSE_DONE;
}

static enum parse vnc_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    if (d->memo[0] == 0)
        return read_version(d, in, end, out, ask);
    struct rd r = rd_from(in);
    if (d->memo[0] == 3) { /* the server decides (RFC 6143 7.1.2, version 3.3) */
        uint32_t type = rd_u32(&r);
        if (r.bad)
            return end ? PARSE_DONE : PARSE_MORE;
        if (type == 0)
            return reason(rd_rest(&r), end, out);
        put_type(type, out);
        return PARSE_DONE;
    }
    size_t n = rd_u8(&r);
    if (!r.bad && n == 0)
        return reason(rd_rest(&r), end, out);
    if (r.bad || r.n < n)
        return end ? PARSE_DONE : PARSE_MORE;
    for (size_t i = 0; i < n && i < TYPES_MAX; i++)
        put_type(rd_u8(&r), out);
    return PARSE_DONE;
}

static const uint16_t vnc_ports[] = {5900, 5901, 5902, 5903, 0};

static const struct parser_key vnc_keys[] = {{"vnc.protocol", "protocol version: 3.8"},
                                             {"vnc.security", "a kind of authentication that it offers"},
                                             {"vnc.refused", "why it refuses (RFC 6143 7.1.2)"},
                                             {NULL, NULL}};

const struct parser parser_vnc = {
    .name = "vnc",
    .service = "vnc",
    .source = "RFC 6143 7.1",
    .transports = PARSER_TCP | PARSER_TLS,
    .greets = true,
    .rarity = 5,
    .ports = vnc_ports,
    .keys = vnc_keys,
    .recognise = vnc_recognise,
    .read = vnc_read,
};
