/* iSCSI: a login to a discovery session without any authentication (RFC 7143 11.12, 11.13), and where the target lets
 * everybody in, SendTargets (appendix C), which only lists. */
#include "proto/bits.h"
#include "proto/parser.h"

#define HEAD 48
#define DATA_MAX 8192
#define LOGIN_TEXT                                                                                                     \
    "InitiatorName=iqn.2026-01.invalid.leadline:scan\0SessionType=Discovery\0HeaderDigest=None\0DataDigest=None\0"
#define LIST_TEXT "SendTargets=All\0"

static void pdu(struct buf *ask, uint8_t opcode, uint8_t flags, uint32_t at20, const uint32_t numbers[2],
                struct slice text) {
    uint8_t head[HEAD];
    struct wr w = wr_of(head, sizeof head);
    wr_u8(&w, opcode);
    wr_u8(&w, flags);
    wr_u16(&w, 0);
    wr_u32(&w, (uint32_t)text.n); /* no additional headers; length of the data, 3 bytes */
    wr_u64(&w, opcode == 0x43 ? UINT64_C(0x800000000000) << 16 : 0); /* ISID of the "random" kind, TSIH; or LUN */
    wr_u32(&w, 1);                                                   /* initiator task tag */
    wr_u32(&w, at20);
    wr_u32(&w, numbers[0]); /* CmdSN */
    wr_u32(&w, numbers[1]); /* ExpStatSN */
    wr_zero(&w, 16);
    (void)buf_put(ask, (struct slice){(const char *)head, w.n});
    (void)buf_put(ask, text);
    (void)buf_fill(ask, '\0', (4 - text.n % 4) % 4);
}

static void iscsi_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    /* immediate, transit from operational negotiation to the full feature phase */
    pdu(ask, 0x43, 0x87, 0, (const uint32_t[]){1, 0}, SLICE(LOGIN_TEXT));
}

/* The first PDU in `in`. False: not whole; `possible` says whether it can become one. */
static bool whole(struct slice in, uint8_t opcode, struct slice *head, struct slice *text, bool *possible) {
    struct rd r = rd_of(in.p, in.n);
    uint8_t op = rd_u8(&r), flags = rd_u8(&r);
    (void)flags;
    *possible = in.n == 0 || op == opcode;
    rd_skip(&r, 2);
    uint32_t n = rd_u32(&r);
    if (r.bad)
        return false;
    *possible = *possible && n <= DATA_MAX; /* no additional headers either */
    size_t padded = ((size_t)n + 3) & ~(size_t)3;
    if (!*possible || in.n < HEAD + padded)
        return false;
    *head = slice_sub(in, 0, HEAD);
    *text = slice_sub(in, HEAD, n);
    return true;
}

static uint32_t number_at(struct slice head, size_t at) {
    struct rd r = rd_of(head.p + at, head.n - at);
    return rd_u32(&r);
}

static const struct text_key {
    const char *name, *key;
} text_keys[] = {{"TargetName", "iscsi.target"},
                 {"TargetAddress", "iscsi.address"},
                 {"TargetAlias", "iscsi.alias"},
                 {"AuthMethod", "iscsi.auth"},
                 {"TargetPortalGroupTag", "iscsi.group"}};

static void texts(struct slice text, struct facts *out) {
    struct slice pair, name;
    while (slice_split(&text, '\0', &pair)) {
        if (!slice_split(&pair, '=', &name) || !pair.p)
            continue;
        for (size_t i = 0; i < LL_COUNT(text_keys); i++)
            if (slice_eq(name, slice_of(text_keys[i].name)))
                facts_put(out, text_keys[i].key, pair);
    }
}

/* A login response to our task, of version 0. */
static bool is_login_response(struct slice head) {
    return (uint8_t)head.p[2] == 0 && (uint8_t)head.p[3] == 0 && number_at(head, 16) == 1 && (uint8_t)head.p[36] <= 3;
}

static enum parse iscsi_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct slice head, text;
    bool possible, login = d->asked <= 1;
    if (!whole(in, login ? 0x23 : 0x24, &head, &text, &possible)) {
        if (possible && !end)
            return PARSE_MORE;
        return login ? PARSE_NOT : PARSE_DONE;
    }
    if (!login) {
        texts(text, out);
        return PARSE_DONE;
    }
    if (!is_login_response(head))
        return PARSE_NOT;
    char status[8];
    snprintf(status, sizeof status, "%02x%02x", (unsigned)(uint8_t)head.p[36], (unsigned)(uint8_t)head.p[37]);
    facts_put_str(out, "iscsi.status", status);
    texts(text, out);
    if (head.p[36] != 0 || ((uint8_t)head.p[1] & 0x83) != 0x83)
        return PARSE_DONE;
    pdu(ask, 0x04, 0x80, UINT32_MAX, (const uint32_t[]){number_at(head, 28), number_at(head, 24) + 1},
        SLICE(LIST_TEXT));
    return PARSE_ASK;
}

static const uint16_t iscsi_ports[] = {3260, 860, 0};

static const struct parser_key iscsi_keys[] = {{"iscsi.status", "class and detail of the login's answer, hexadecimal"},
                                               {"iscsi.auth", "authentication that the target wants"},
                                               {"iscsi.group", "portal group tag"},
                                               {"iscsi.alias", "alias of the target"},
                                               {"iscsi.target", "name of a target"},
                                               {"iscsi.address", "where it is"},
                                               {NULL, NULL}};

const struct parser parser_iscsi = {
    .name = "iscsi",
    .service = "iscsi",
    .source = "RFC 7143",
    .transports = PARSER_TCP,
    .rarity = 8,
    .ports = iscsi_ports,
    .keys = iscsi_keys,
    .hello = iscsi_hello,
    .read = iscsi_read,
};
