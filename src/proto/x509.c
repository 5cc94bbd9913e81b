#include "proto/x509.h"

#include "proto/asn1.h"
#include "proto/binary.h"

#define NAME_LONGEST 512
#define SANS_MAX 40

/* RFC 4519 2, RFC 2985 5.2.1: the last arc of 2.5.4, and the address of mail */
static const char *attribute_name(struct slice oid) {
    static const char *const names[] = {
        [3] = "CN",     [4] = "SN", [5] = "serialNumber", [6] = "C",      [7] = "L",  [8] = "ST",
        [9] = "street", [10] = "O", [11] = "OU",          [12] = "title", [42] = "GN"};
    if (slice_eq(oid, SLICE("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01")))
        return "emailAddress";
    if (slice_eq(oid, SLICE("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19")))
        return "DC";
    if (oid.n != 3 || !slice_starts(oid, SLICE("\x55\x04")) || (uint8_t)oid.p[2] >= LL_COUNT(names))
        return NULL;
    return names[(uint8_t)oid.p[2]];
}

struct name {
    char text[NAME_LONGEST];
    size_t n;
    struct slice cn, o;
};

static void name_add(struct name *t, const char *s, size_t n) {
    n = ll_min_size(n, sizeof t->text - t->n);
    memcpy(t->text + t->n, s, n);
    t->n += n;
}

static void name_value(struct name *t, struct asn1 v) {
    for (size_t i = 0; i < v.body.n; i++) {
        char c = v.body.p[i];
        if (v.tag == ASN1_BMP && (i & 1) == 0 && c == 0)
            continue; /* the upper halves of Latin letters in UTF-16 */
        if (c == ',' || c == '\\')
            name_add(t, "\\", 1);
        name_add(t, &c, 1);
    }
}

/* RDNSequence (RFC 5280 4.1.2.4) */
static void name_read(struct slice body, struct name *t) {
    struct slice set, pair, oid;
    *t = (struct name){0};
    while (asn1_take(&body, ASN1_SET, &set))
        while (asn1_take(&set, ASN1_SEQUENCE, &pair)) {
            struct asn1 value;
            char dotted[ASN1_OID_TEXT];
            if (!asn1_take(&pair, ASN1_OID, &oid) || !asn1_next(&pair, &value))
                return;
            const char *key = attribute_name(oid);
            bool plain = value.tag != ASN1_BMP;
            if (key && plain && strcmp(key, "CN") == 0)
                t->cn = value.body;
            if (key && plain && strcmp(key, "O") == 0)
                t->o = value.body;
            key = key ? key : asn1_oid_text(oid, dotted);
            if (t->n)
                name_add(t, ", ", 2);
            name_add(t, key, strlen(key));
            name_add(t, "=", 1);
            name_value(t, value);
        }
}

static void name_facts(const struct name *t, const char *all, const char *cn, const char *o, struct facts *out) {
    facts_put(out, all, (struct slice){t->text, t->n});
    if (cn && t->cn.n)
        facts_put(out, cn, t->cn);
    if (o && t->o.n)
        facts_put(out, o, t->o);
}

/* "YYMMDDHHMMSSZ" (before 50: 20YY) or "YYYYMMDDHHMMSSZ" (RFC 5280 4.1.2.5) */
static void time_fact(struct slice *validity, const char *key, struct facts *out) {
    struct asn1 e;
    char text[24];
    if (!asn1_next(validity, &e))
        return;
    struct slice t = e.body;
    bool utc = e.tag == ASN1_UTC_TIME;
    if ((!utc && e.tag != ASN1_TIME) || t.n != (utc ? 13U : 15U) || t.p[t.n - 1] != 'Z')
        return;
    for (size_t i = 0; i + 1 < t.n; i++)
        if (t.p[i] < '0' || t.p[i] > '9')
            return;
    const char *century = !utc ? "" : t.p[0] < '5' ? "20" : "19";
    size_t y = utc ? 2 : 4;
    snprintf(text, sizeof text, "%s%.*s-%.2s-%.2sT%.2s:%.2s:%.2sZ", century, (int)y, t.p, t.p + y, t.p + y + 2,
             t.p + y + 4, t.p + y + 6, t.p + y + 8);
    facts_put_str(out, key, text);
}

static void rsa_key(struct slice bits, char *text, size_t cap) {
    struct slice key, modulus;
    struct slice rest = slice_skip(bits, 1); /* of unused bits: none */
    if (!asn1_take(&rest, ASN1_SEQUENCE, &key) || !asn1_take(&key, ASN1_INTEGER, &modulus))
        return;
    while (modulus.n && modulus.p[0] == 0)
        modulus = slice_skip(modulus, 1);
    size_t n = 8 * modulus.n;
    for (uint8_t top = modulus.n ? (uint8_t)modulus.p[0] : 0x80; !(top & 0x80); top = (uint8_t)(top << 1))
        n--;
    snprintf(text, cap, "rsa %zu", n);
}

/* RFC 3279 2.3.1, RFC 5480 2.1.1.1, RFC 8410 3 */
static void key_fact(struct slice spki, struct facts *out) {
    static const struct {
        struct slice oid;
        const char *name;
    } curves[] = {{{"\x2a\x86\x48\xce\x3d\x03\x01\x07", 8}, "ec P-256"},
                  {{"\x2b\x81\x04\x00\x22", 5}, "ec P-384"},
                  {{"\x2b\x81\x04\x00\x23", 5}, "ec P-521"},
                  {{"\x2b\x81\x04\x00\x0a", 5}, "ec secp256k1"}};
    struct slice algorithm, oid, bits, curve;
    char text[ASN1_OID_TEXT];
    if (!asn1_take(&spki, ASN1_SEQUENCE, &algorithm) || !asn1_take(&algorithm, ASN1_OID, &oid) ||
        !asn1_take(&spki, ASN1_BITS, &bits))
        return;
    (void)asn1_oid_text(oid, text);
    if (slice_eq(oid, SLICE("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")))
        rsa_key(bits, text, sizeof text);
    else if (slice_eq(oid, SLICE("\x2b\x65\x70")))
        snprintf(text, sizeof text, "ed25519");
    else if (slice_eq(oid, SLICE("\x2b\x65\x71")))
        snprintf(text, sizeof text, "ed448");
    else if (slice_eq(oid, SLICE("\x2a\x86\x48\xce\x3d\x02\x01")) && asn1_take(&algorithm, ASN1_OID, &curve))
        for (size_t i = 0; i < LL_COUNT(curves); i++)
            if (slice_eq(curve, curves[i].oid))
                snprintf(text, sizeof text, "%s", curves[i].name);
    facts_put_str(out, "tls.key", text);
}

/* GeneralNames (RFC 5280 4.2.1.6): dNSName [2], iPAddress [7] */
static void san_facts(struct slice value, struct facts *out) {
    struct slice names;
    struct asn1 e;
    if (!asn1_take(&value, ASN1_SEQUENCE, &names))
        return;
    for (unsigned i = 0; i < SANS_MAX && asn1_next(&names, &e); i++)
        if (e.tag == 0x82 && e.body.n)
            facts_put(out, "tls.san", e.body);
        else if (e.tag == 0x87)
            facts_put_addr(out, "tls.san", e.body);
}

static void extension_facts(struct slice rest, struct facts *out) {
    struct slice outer = {"", 0}, list, extension, oid, value, critical; /* version 1 has none at all */
    while (rest.n && !asn1_take(&rest, 0xa3, &outer)) {                  /* past the unique identifiers */
        struct asn1 skipped;
        if (!asn1_next(&rest, &skipped))
            return;
        outer = (struct slice){"", 0};
    }
    if (!asn1_take(&outer, ASN1_SEQUENCE, &list))
        return;
    while (asn1_take(&list, ASN1_SEQUENCE, &extension)) {
        if (!asn1_take(&extension, ASN1_OID, &oid))
            return;
        (void)asn1_take(&extension, ASN1_BOOLEAN, &critical);
        if (asn1_take(&extension, ASN1_OCTETS, &value) && slice_eq(oid, SLICE("\x55\x1d\x11")))
            san_facts(value, out);
    }
}

void x509_facts(struct slice der, unsigned place, struct facts *out) {
    struct slice certificate, tbs, version, serial, algorithm, oid, issuer, validity, subject, spki;
    struct name from, to;
    char dotted[ASN1_OID_TEXT];
    if (!asn1_take(&der, ASN1_SEQUENCE, &certificate) || !asn1_take(&certificate, ASN1_SEQUENCE, &tbs))
        return;
    (void)asn1_take(&tbs, 0xa0, &version);
    if (!asn1_take(&tbs, ASN1_INTEGER, &serial) || !asn1_take(&tbs, ASN1_SEQUENCE, &algorithm) ||
        !asn1_take(&tbs, ASN1_SEQUENCE, &issuer) || !asn1_take(&tbs, ASN1_SEQUENCE, &validity) ||
        !asn1_take(&tbs, ASN1_SEQUENCE, &subject))
        return;
    name_read(issuer, &from);
    name_read(subject, &to);
    if (place > 0) {
        name_facts(&to, "tls.chain.subject", NULL, NULL, out);
        name_facts(&from, "tls.chain.issuer", NULL, NULL, out);
        return;
    }
    name_facts(&to, "tls.subject", "tls.subject.cn", "tls.subject.o", out);
    name_facts(&from, "tls.issuer", "tls.issuer.cn", NULL, out);
    time_fact(&validity, "tls.not_before", out);
    time_fact(&validity, "tls.not_after", out);
    facts_put_hex(out, "tls.serial", serial);
    if (asn1_take(&tbs, ASN1_SEQUENCE, &spki))
        key_fact(spki, out);
    if (asn1_take(&algorithm, ASN1_OID, &oid))
        facts_put_str(out, "tls.signed", asn1_oid_text(oid, dotted));
    extension_facts(tbs, out);
}
