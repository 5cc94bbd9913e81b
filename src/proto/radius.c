/* RADIUS (RFC 2865, RFC 5997): Status-Server asks whether the server is alive and names nobody. Its
 * Message-Authenticator (RFC 5997 2.1) needs the secret that client and server share; ours is made with an empty one,
 * which is nobody's (RFC 2865 3), so that most servers stay silent. Any well-formed answer is RADIUS; its
 * authenticator cannot be checked. */
#include "proto/binary.h"
#include "proto/lines.h"

#define IDENTIFIER 'L'
#define HEAD 20 /* RFC 2865 3: code, identifier, length, authenticator */
#define PACKET_MAX 4096
#define REPLY_MESSAGE 18   /* RFC 2865 5.18 */
#define VENDOR_SPECIFIC 26 /* RFC 2865 5.26 */

static void radius_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("\x0c\x4c\x00\x26LEADLINELEADLINE"
                       /* Message-Authenticator: HMAC-MD5 over all of it, without a key */
                       "\x50\x12\xd8\xed\x97\x33\xf3\x86\x18\x11\xa4\x65\x66\x10\x15\x6a\xbc\x6a"));
}

/* The answers that there can be (RFC 5997 3; RFC 2865 4.4 of a proxy; RFC 7930 4). */
static const struct {
    uint8_t code;
    const char *name;
} answers[] = {{2, "Access-Accept"},
               {3, "Access-Reject"},
               {5, "Accounting-Response"},
               {11, "Access-Challenge"},
               {52, "Protocol-Error"}};

static const char *answer_name(uint8_t code) {
    for (size_t i = 0; i < LL_COUNT(answers); i++)
        if (answers[i].code == code)
            return answers[i].name;
    return NULL;
}

/* Takes the next attribute (RFC 2865 5): type, length with itself, value. */
static bool attribute(struct rd *r, uint8_t *type, struct slice *value) {
    *type = rd_u8(r);
    uint8_t n = rd_u8(r);
    *value = n < 2 ? (struct slice){"", 0} : rd_slice(r, n - 2U);
    return !r->bad && n >= 2;
}

static bool radius_recognise(struct slice in) {
    struct rd r = rd_from(in);
    uint8_t code = rd_u8(&r), id = rd_u8(&r), type;
    uint16_t n = rd_u16(&r);
    rd_skip(&r, HEAD - 4);
    if (r.bad || id != IDENTIFIER || n != in.n || n > PACKET_MAX || !answer_name(code))
        return false;
    struct slice value;
    while (r.n)
        if (!attribute(&r, &type, &value))
            return false;
    return true;
}

static enum parse radius_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)end;
    (void)ask;
    if (!radius_recognise(in))
        return PARSE_NOT;
    struct rd r = rd_from(slice_skip(in, HEAD));
    uint8_t type;
    struct slice value;
    facts_put_str(out, "radius.answer", answer_name((uint8_t)in.p[0]));
    while (r.n && attribute(&r, &type, &value)) {
        if (type == REPLY_MESSAGE && is_text(value) && !facts_have(out, "radius.message"))
            facts_put_some(out, "radius.message", value);
        if (type == VENDOR_SPECIFIC && value.n > 4 && !facts_have(out, "radius.vendor")) {
            struct rd number = rd_from(value);
            facts_put_u64(out, "radius.vendor", rd_u32(&number));
        }
    }
    return PARSE_DONE;
}

static const uint16_t radius_ports[] = {1812, 1813, 1645, 1646, 0};

static const struct parser_key radius_keys[] = {{"radius.answer", "name of its code: Access-Accept"},
                                                {"radius.message", "Reply-Message"},
                                                {"radius.vendor", "enterprise number of a vendor's attribute"},
                                                {NULL, NULL}};

const struct parser parser_radius = {
    .name = "radius",
    .service = "radius",
    .source = "RFC 2865 3, RFC 5997",
    .transports = PARSER_UDP,
    .rarity = 8,
    .ports = radius_ports,
    .keys = radius_keys,
    .recognise = radius_recognise,
    .hello = radius_hello,
    .read = radius_read,
};
