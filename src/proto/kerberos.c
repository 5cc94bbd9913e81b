/* Kerberos 5 (RFC 4120): a request for a realm that cannot exist (RFC 2606 2); the error names the server's realm or at
 * least tells its time. */
#include "proto/asn1.h"
#include "proto/binary.h"

#define MESSAGE_MAX (16U << 10)

#define REQUEST                                                                                                        \
    "\x6a\x81\x96\x30\x81\x93\xa1\x03\x02\x01\x05\xa2\x03\x02\x01\x0a" /* AS-REQ: pvno 5, msg-type 10 */               \
    "\xa4\x81\x86\x30\x81\x83\xa0\x07\x03\x05\x00\x00\x00\x00\x00"                                                     \
    "\xa1\x15\x30\x13\xa0\x03\x02\x01\x01\xa1\x0c\x30\x0a\x1b\x08leadline"                                             \
    "\xa2\x12\x1b\x10LEADLINE.INVALID"                                                                                 \
    "\xa3\x25\x30\x23\xa0\x03\x02\x01\x02\xa1\x1c\x30\x1a\x1b\x06krbtgt\x1b\x10LEADLINE.INVALID"                       \
    "\xa5\x11\x18\x0f"                                                                                                 \
    "19700101000000Z"                                                                                                  \
    "\xa7\x06\x02\x04LLLL\xa8\x0b\x30\x09\x02\x01\x12\x02\x01\x11\x02\x01\x17"

static void kerberos_hello(struct dialogue *d, struct buf *ask) {
    if (!d->peer->udp)
        ask_uint(ask, sizeof REQUEST - 1, 4); /* RFC 4120 7.2.2 */
    buf_put(ask, SLICE(REQUEST));
}

/* Takes the explicitly tagged field [n] off the front, when it is there: its inner element. */
static bool field(struct slice *rest, unsigned n, struct asn1 *inner) {
    struct slice body;
    return asn1_take(rest, (uint8_t)(0xa0 + n), &body) && asn1_next(&body, inner);
}

static bool field_number(struct slice *rest, unsigned n, uint64_t *out) {
    struct asn1 e;
    return field(rest, n, &e) && e.tag == ASN1_INTEGER && asn1_number(e.body, out);
}

struct error {
    struct slice time, realm, service_realm, text;
    uint64_t code;
};

/* KRB-ERROR (RFC 4120 5.9.1) */
static bool error_of(struct slice in, struct error *out) {
    struct slice all, body;
    struct asn1 e;
    uint64_t version, type, number;
    *out = (struct error){0};
    if (!asn1_take(&in, 0x7e, &all) || !asn1_take(&all, ASN1_SEQUENCE, &body) || !field_number(&body, 0, &version) ||
        version != 5 || !field_number(&body, 1, &type) || type != 30)
        return false;
    (void)field(&body, 2, &e);
    (void)field_number(&body, 3, &number);
    if (!field(&body, 4, &e) || e.tag != ASN1_TIME)
        return false;
    out->time = e.body;
    if (!field_number(&body, 5, &number) || !field_number(&body, 6, &out->code))
        return false;
    if (field(&body, 7, &e))
        out->realm = e.body;
    (void)field(&body, 8, &e);
    if (!field(&body, 9, &e))
        return false;
    out->service_realm = e.body;
    (void)field(&body, 10, &e);
    if (field(&body, 11, &e))
        out->text = e.body;
    return true;
}

static bool kerberos_recognise(struct slice in) {
    struct error e;
    struct rd r = rd_from(in);
    size_t n = rd_u32(&r);
    return error_of(in, &e) || (!r.bad && n <= MESSAGE_MAX && n == r.n && error_of(rd_rest(&r), &e));
}

static enum parse kerberos_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)ask;
    struct slice one = in;
    struct error e;
    if (!d->peer->udp) {
        struct rd r = rd_from(in);
        size_t n = rd_u32(&r);
        if (!r.bad && (n > MESSAGE_MAX || (r.n && r.p[0] != 0x7e)))
            return PARSE_NOT;
        if (r.bad || r.n < n)
            return end ? PARSE_NOT : PARSE_MORE;
        one = slice_sub(rd_rest(&r), 0, n);
    }
    if (!error_of(one, &e))
        return PARSE_NOT;
    facts_put_u64(out, "kerberos.error", e.code);
    if (is_printable(e.service_realm) && !slice_eq(e.service_realm, SLICE("LEADLINE.INVALID")))
        facts_put(out, "kerberos.realm", e.service_realm);
    else if (is_printable(e.realm) && !slice_eq(e.realm, SLICE("LEADLINE.INVALID")))
        facts_put(out, "kerberos.realm", e.realm);
    if (e.text.n)
        facts_put(out, "kerberos.text", e.text);
    facts_put(out, "kerberos.time", e.time);
    return PARSE_DONE;
}

static const uint16_t kerberos_ports[] = {88, 0};

static const struct parser_key kerberos_keys[] = {{"kerberos.error", "error code (RFC 4120 7.5.9)"},
                                                  {"kerberos.realm", "the server's realm"},
                                                  {"kerberos.text", "text of the error"},
                                                  {"kerberos.time", "the server's clock: 20261125170000Z"},
                                                  {NULL, NULL}};

const struct parser parser_kerberos = {
    .name = "kerberos",
    .service = "kerberos-sec",
    .source = "RFC 4120",
    .transports = PARSER_TCP | PARSER_UDP,
    .rarity = 4,
    .ports = kerberos_ports,
    .keys = kerberos_keys,
    .recognise = kerberos_recognise,
    .hello = kerberos_hello,
    .read = kerberos_read,
};
