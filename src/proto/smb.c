/* SMB: negotiation from SMB 1 up to SMB 3 (MS-SMB 2.2.4.5, MS-SMB2 2.2.3, 2.2.4), then the first half of a session
 * setup: its challenge names the host, and nobody logs in (MS-SMB2 2.2.5). */
#include "proto/binary.h"
#include "proto/ntlm.h"

#define MESSAGE_MAX (64U << 10)

enum { KNOWN = 0, STEP = 1 }; /* places in memo */
enum { STEP_SMB1, STEP_SMB2, STEP_SETUP1, STEP_SETUP2 };

static const struct slice smb1_magic = {"\xffSMB", 4}, smb2_magic = {"\xfeSMB", 4};

static size_t begin(struct buf *ask) {
    ask_uint(ask, 0, 4); /* type and length of a session message (RFC 1002 4.3.1; MS-SMB2 2.1) */
    return 2;
}

static void smb1_header(uint8_t command, struct buf *ask) {
    buf_put(ask, smb1_magic);
    ask_uint(ask, command, 1);
    /* status; flags: no case, canonical paths; flags 2: long names, extended security, NT status, Unicode */
    buf_put(ask, SLICE("\x00\x00\x00\x00\x18\x01\xc8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x4c\x4c"
                       "\x00\x00\x01\x00"));
}

static void smb_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    size_t at = begin(ask);
    smb1_header(0x72, ask);
    buf_put(ask, SLICE("\x00\x22\x00\x02NT LM 0.12\x00\x02SMB 2.002\x00\x02SMB 2.???\x00"));
    ask_patch_length(ask, at);
}

static void smb2_header(unsigned command, unsigned id, struct buf *ask) {
    buf_put(ask, smb2_magic);
    buf_put(ask, SLICE("\x40\x00\x00\x00\x00\x00\x00\x00")); /* structure size, credit charge, status */
    ask_uint(ask, command << 8, 2);
    buf_put(ask, SLICE("\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00")); /* credits, flags, next */
    ask_uint(ask, id, 1);
    buf_fill(ask, 0, 7 + 4 + 4 + 8 + 16);
}

static void ask_smb2(struct dialogue *d, struct buf *ask) {
    size_t at = begin(ask);
    smb2_header(0, 1, ask);
    buf_put(ask, SLICE("\x24\x00\x05\x00\x01\x00\x00\x00\x00\x00\x00\x00"         /* five dialects, signing enabled */
                       "LEADLINELEADLINE"                                         /* client GUID */
                       "\x70\x00\x00\x00\x02\x00\x00\x00"                         /* contexts at 112: two */
                       "\x02\x02\x10\x02\x00\x03\x02\x03\x11\x03\x00\x00"         /* 2.0.2 to 3.1.1, padding */
                       "\x01\x00\x26\x00\x00\x00\x00\x00\x01\x00\x20\x00\x01\x00" /* integrity: SHA-512, 32 of salt */
                       "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL\x00\x00"
                       "\x02\x00\x06\x00\x00\x00\x00\x00\x02\x00\x02\x00\x01\x00")); /* AES-128-GCM, -CCM */
    ask_patch_length(ask, at);
    d->memo[STEP] = STEP_SMB2;
}

/* NegTokenInit with NTLMSSP alone and its first message (RFC 4178 4.2.1) */
static void spnego(struct buf *ask) {
    buf_put(ask,
            SLICE("\x60\x48\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x3e\x30\x3c\xa0\x0e\x30\x0c\x06\x0a\x2b\x06\x01\x04"
                  "\x01\x82\x37\x02\x02\x0a\xa2\x2a\x04\x28"));
    buf_put(ask, ntlm_negotiate);
}

static void ask_setup2(struct dialogue *d, struct buf *ask) {
    size_t at = begin(ask);
    smb2_header(1, 2, ask);
    /* structure size, flags, security mode, capabilities, channel, token at 88 with 74 bytes, no earlier session */
    buf_put(ask,
            SLICE("\x19\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x58\x00\x4a\x00\x00\x00\x00\x00\x00\x00\x00\x00"));
    spnego(ask);
    ask_patch_length(ask, at);
    d->memo[STEP] = STEP_SETUP2;
}

/* MS-SMB 2.2.4.6.1: session setup with a security token */
static void ask_setup1(struct dialogue *d, struct buf *ask) {
    size_t at = begin(ask);
    smb1_header(0x73, ask);
    buf_put(ask, SLICE("\x0c\xff\x00\x00\x00\x00\x10\x01\x00\x00\x00\x00\x00\x00\x00\x4a\x00\x00\x00\x00\x00"
                       "\xd4\x00\x00\x80\x50\x00")); /* 80 bytes: token, pad, two empty names */
    spnego(ask);
    buf_put(ask, SLICE("\x00\x00\x00\x00\x00\x00"));
    ask_patch_length(ask, at);
    d->memo[STEP] = STEP_SETUP1;
}

/* FILETIME: 100 ns since 1601 (MS-DTYP 2.3.3) */
static void put_filetime(struct facts *out, const char *key, uint64_t t) {
    if (t > UINT64_C(116444736000000000))
        facts_put_time(out, key, (int64_t)((t - UINT64_C(116444736000000000)) / 10000000));
}

static void put_guid(struct facts *out, struct slice g) {
    static const uint8_t order[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    char text[40];
    size_t n = 0;
    for (size_t i = 0; i < 16 && g.n == 16; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                              (uint8_t)g.p[order[i]]);
    facts_put(out, "smb.guid", (struct slice){text, n});
}

static void put_dialect(struct facts *out, unsigned dialect) {
    char text[16];
    if (dialect == 0x0202 || dialect == 0x0311 || dialect == 0x0302)
        snprintf(text, sizeof text, "%u.%u.%u", dialect >> 8, dialect >> 4 & 15, dialect & 15);
    else
        snprintf(text, sizeof text, "%u.%u", dialect >> 8, dialect >> 4 & 15);
    facts_put_str(out, "smb.dialect", text);
}

/* SMB2 NEGOTIATE response (MS-SMB2 2.2.4), behind the header of 64 bytes */
static bool negotiated2(struct slice m, unsigned *dialect, struct facts *out) {
    struct rd r = rd_from(m);
    rd_skip(&r, 12);
    uint64_t command = rd_little(&r, 2);
    rd_skip(&r, 2);
    uint64_t flags = rd_little(&r, 4);
    rd_skip(&r, 44);
    uint64_t size = rd_little(&r, 2), mode = rd_little(&r, 2);
    *dialect = (unsigned)rd_little(&r, 2);
    rd_skip(&r, 2);
    struct slice guid = rd_slice(&r, 16);
    uint64_t capabilities = rd_little(&r, 4);
    rd_skip(&r, 12);
    uint64_t now = rd_little(&r, 8), start = rd_little(&r, 8);
    if (r.bad || command != 0 || !(flags & 1) || size != 65 ||
        (*dialect != 0x02ff && (*dialect < 0x0202 || *dialect > 0x0311)))
        return false;
    if (!out || *dialect == 0x02ff)
        return true;
    put_dialect(out, *dialect);
    facts_put_str(out, "smb.signing", mode & 2 ? "required" : mode & 1 ? "enabled" : "disabled");
    put_guid(out, guid);
    facts_put_u64(out, "smb.capabilities", capabilities);
    put_filetime(out, "smb.time", now);
    put_filetime(out, "smb.started", start);
    return true;
}

/* SMB1 NEGOTIATE response: NT LM 0.12, seventeen words, or none with another dialect (MS-CIFS 2.2.4.52.2) */
static bool negotiated1(struct slice m, bool *extended, struct facts *out) {
    struct rd r = rd_from(m);
    rd_skip(&r, 4);
    uint8_t command = rd_u8(&r);
    rd_skip(&r, 4);
    uint8_t flags = rd_u8(&r);
    rd_skip(&r, 22);
    uint8_t words = rd_u8(&r);
    uint64_t index = rd_little(&r, 2);
    uint8_t mode = rd_u8(&r);
    rd_skip(&r, 2 + 2 + 4 + 4 + 4);
    uint64_t capabilities = rd_little(&r, 4), now = rd_little(&r, 8);
    if (r.bad || command != 0x72 || !(flags & 0x80) || words != 17 || index != 0)
        return false;
    *extended = capabilities & 0x80000000;
    if (!out)
        return true;
    facts_put_str(out, "smb.dialect", "NT LM 0.12");
    facts_put_str(out, "smb.signing", mode & 8 ? "required" : mode & 4 ? "enabled" : "disabled");
    put_filetime(out, "smb.time", now);
    return true;
}

/* Behind the token of a session setup: native system and LAN manager (MS-SMB 2.2.4.6.2) */
static void natives(struct slice m, struct facts *out) {
    struct rd r = rd_from(m);
    rd_skip(&r, 32);
    uint8_t words = rd_u8(&r);
    rd_skip(&r, 6);
    size_t token = (size_t)rd_little(&r, 2);
    rd_skip(&r, 2);
    if (r.bad || words != 4)
        return;
    size_t at = 32 + 1 + 8 + 2 + token;
    at += at & 1; /* Unicode stands at even places */
    const char *keys[] = {"smb.native_os", "smb.native_lanman"};
    struct slice rest = slice_skip(m, at);
    for (size_t i = 0; i < 2; i++) {
        size_t n = 0;
        while (n + 1 < rest.n && (rest.p[n] || rest.p[n + 1]))
            n += 2;
        if (n)
            facts_put_utf16(out, keys[i], slice_sub(rest, 0, n), false);
        rest = slice_skip(rest, n + 2);
    }
}

static bool one_message(struct slice in, struct slice *out, size_t *n) {
    struct rd r = rd_from(in);
    uint8_t type = rd_u8(&r);
    *n = (size_t)rd_uint(&r, 3);
    *out = slice_sub(rd_rest(&r), 0, *n);
    return !r.bad && type == 0 && *n >= 32 && *n <= MESSAGE_MAX;
}

static bool smb_recognise(struct slice in) {
    struct slice m;
    size_t n;
    unsigned dialect;
    bool extended;
    return one_message(in, &m, &n) && ((slice_starts(m, smb2_magic) && negotiated2(m, &dialect, NULL)) ||
                                       (slice_starts(m, smb1_magic) && negotiated1(m, &extended, NULL)));
}

static enum parse step(struct dialogue *d, struct slice m, struct facts *out, struct buf *ask) {
    unsigned dialect;
    bool extended = false, second = slice_starts(m, smb2_magic);
    if (d->memo[STEP] == STEP_SETUP1 || d->memo[STEP] == STEP_SETUP2) {
        (void)ntlm_facts(m, out);
        if (d->memo[STEP] == STEP_SETUP1)
            natives(m, out);
        return PARSE_DONE;
    }
    if (second && negotiated2(m, &dialect, out)) {
        d->memo[KNOWN] = 1;
        if (dialect == 0x02ff) {
            if (d->memo[STEP] == STEP_SMB2)
                return PARSE_DONE;
            ask_smb2(d, ask);
        } else {
            ask_setup2(d, ask);
        }
        return PARSE_ASK;
    }
    if (!second && d->memo[STEP] == STEP_SMB1 && negotiated1(m, &extended, out)) {
        d->memo[KNOWN] = 1;
        if (!extended)
            return PARSE_DONE;
        ask_setup1(d, ask);
        return PARSE_ASK;
    }
    return d->memo[KNOWN] ? PARSE_DONE : PARSE_NOT;
}

static enum parse smb_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct slice m;
    size_t n;
    enum parse over = d->memo[KNOWN] ? PARSE_DONE : PARSE_NOT;
    if (in.n < 4)
        return end || (in.n && in.p[0]) ? over : PARSE_MORE;
    if (!one_message(in, &m, &n) || (m.n >= 4 && !slice_starts(m, smb1_magic) && !slice_starts(m, smb2_magic)))
        return over;
    if (m.n < n)
        return end ? over : PARSE_MORE;
    d->used = 4 + n;
    enum parse got = step(d, m, out, ask);
    if (over == PARSE_NOT && d->memo[KNOWN] && d->peer->port == 139)
        facts_put_str(out, "smb.over", "netbios");
    return got;
}

static const uint16_t smb_ports[] = {445, 139, 0};

static const struct parser_key smb_keys[] = {{"smb.dialect", "highest dialect that both speak: 3.1.1; NT LM 0.12"},
                                             {"smb.signing", "required, enabled or disabled"},
                                             {"smb.guid", "the server's GUID"},
                                             {"smb.capabilities", "capabilities, decimal (MS-SMB2 2.2.4)"},
                                             {"smb.time", "the server's clock, UTC"},
                                             {"smb.over", "netbios at port 139; else it is not there"},
                                             {"smb.started", "when it started, if it says"},
                                             {"smb.native_os", "SMB 1: name of the system"},
                                             {"smb.native_lanman", "SMB 1: name of the server software"},
                                             NTLM_KEYS,
                                             {NULL, NULL}};

const struct parser parser_smb = {
    .name = "smb",
    .service = "microsoft-ds",
    .source = "MS-SMB2 2.2, MS-SMB 2.2.4, MS-CIFS 2.2.4.52, MS-NLMP 2.2.1",
    .transports = PARSER_TCP,
    .rarity = 3,
    .ports = smb_ports,
    .keys = smb_keys,
    .recognise = smb_recognise,
    .hello = smb_hello,
    .read = smb_read,
};
