/* CredSSP, which RDP speaks inside TLS before anything of its own (MS-CSSP 2.2.1, 3.1.5; MS-RDPBCGR 5.4.2.2, "direct
 * approach"; behind a negotiation that chose it, 5.4.2.1). Asks with the first message of NTLM; the challenge names
 * the host, and there it ends: no user, no password, no key. */
#include "proto/asn1.h"
#include "proto/binary.h"
#include "proto/ntlm.h"

#define MESSAGE_MAX (16U << 10)

enum { VERSION = 0xa0, TOKENS = 0xa1, ERROR_CODE = 0xa4 }; /* context tags of a TSRequest */

static void credssp_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    /* TSRequest: version 6, and NegoData with one token of 40 bytes */
    buf_put(ask, SLICE("\x30\x37\xa0\x03\x02\x01\x06\xa1\x30\x30\x2e\x30\x2c\xa0\x2a\x04\x28"));
    buf_put(ask, ntlm_negotiate);
}

/* The fields of a TSRequest that a server answers with: token or error (3.1.5, 2.2.1). */
static bool request(struct slice in, uint64_t *version, struct slice *tokens, uint64_t *error, bool *refused) {
    struct slice all, field;
    struct asn1 next;
    *tokens = (struct slice){"", 0};
    *refused = false;
    if (!asn1_take(&in, ASN1_SEQUENCE, &all) || !asn1_take(&all, VERSION, &field) ||
        !asn1_take_number(&field, ASN1_INTEGER, version) || *version < 2 || *version > 255)
        return false;
    while (asn1_next(&all, &next)) {
        if (next.tag == TOKENS)
            *tokens = next.body;
        if (next.tag == ERROR_CODE)
            *refused = asn1_take(&next.body, ASN1_INTEGER, &field) && field.n > 0 && field.n <= 5;
        for (size_t i = 0; next.tag == ERROR_CODE && *refused && i < field.n; i++)
            *error = (i ? *error << 8 : 0) | (uint8_t)field.p[i];
    }
    return all.n == 0;
}

static bool credssp_recognise(struct slice in) {
    uint64_t version, error;
    struct slice tokens;
    bool refused;
    return request(in, &version, &tokens, &error, &refused) && (refused || tokens.n > 0);
}

static enum parse credssp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct asn1 whole;
    uint64_t version, error = 0;
    struct slice tokens;
    bool refused;
    enum asn1_state state = asn1_front(in, &whole);
    if (in.n == 0 || (state == ASN1_SHORT && whole.n <= MESSAGE_MAX && (uint8_t)in.p[0] == ASN1_SEQUENCE))
        return end ? PARSE_NOT : PARSE_MORE;
    if (state != ASN1_WHOLE || !request(in, &version, &tokens, &error, &refused))
        return PARSE_NOT;
    if (!ntlm_facts(tokens, out) && !refused)
        return PARSE_NOT;
    facts_put_u64(out, "credssp.version", version);
    if (refused) { /* an NTSTATUS, which X.690 8.3 writes with a sign */
        char text[4] = {(char)(error >> 24), (char)(error >> 16), (char)(error >> 8), (char)error};
        facts_put_hex(out, "credssp.error", (struct slice){text, 4});
    }
    return PARSE_DONE;
}

/* Not a port of TLS (`tls_ports`): in the clear it is RDP that is asked there, first. */
static const uint16_t credssp_ports[] = {3389, 0};

static const struct parser_key credssp_keys[] = {{"credssp.version", "newest version that the server speaks"},
                                                 {"credssp.error", "NTSTATUS of its refusal, hexadecimal"},
                                                 NTLM_KEYS,
                                                 {NULL, NULL}};

const struct parser parser_credssp = {
    .name = "credssp",
    .service = "ms-wbt-server",
    .source = "MS-CSSP 2.2.1, MS-NLMP 2.2.1",
    .transports = PARSER_TLS,
    .rarity = 9,
    .ports = credssp_ports,
    .keys = credssp_keys,
    .recognise = credssp_recognise,
    .hello = credssp_hello,
    .read = credssp_read,
};
