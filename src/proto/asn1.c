#include "proto/asn1.h"

enum asn1_state asn1_front(struct slice in, struct asn1 *out) {
    *out = (struct asn1){.body = {"", 0}};
    if (in.n == 0)
        return ASN1_SHORT;
    out->tag = (uint8_t)in.p[0];
    if ((out->tag & 0x1f) == 0x1f)
        return ASN1_BAD;
    if (in.n == 1)
        return ASN1_SHORT;
    size_t n = (uint8_t)in.p[1], head = 2;
    if (n & 0x80) { /* long form (X.690 8.1.3.5) */
        size_t bytes = n & 0x7f;
        if (bytes == 0 || bytes > 4)
            return ASN1_BAD;
        if (in.n < 2 + bytes)
            return ASN1_SHORT;
        n = 0;
        for (size_t i = 0; i < bytes; i++)
            n = n << 8 | (uint8_t)in.p[2 + i];
        head += bytes;
    }
    out->n = head + n;
    if (in.n - head < n)
        return ASN1_SHORT;
    out->body = (struct slice){in.p + head, n};
    return ASN1_WHOLE;
}

bool asn1_next(struct slice *rest, struct asn1 *out) {
    if (asn1_front(*rest, out) != ASN1_WHOLE)
        return false;
    *rest = (struct slice){rest->p + out->n, rest->n - out->n};
    return true;
}

bool asn1_take(struct slice *rest, uint8_t tag, struct slice *body) {
    struct slice after = *rest;
    struct asn1 e;
    if (!asn1_next(&after, &e) || e.tag != tag)
        return false;
    *body = e.body;
    *rest = after;
    return true;
}

bool asn1_number(struct slice body, uint64_t *out) {
    if (body.n == 0 || (body.p[0] & 0x80) || body.n > 9 || (body.n == 9 && body.p[0] != 0))
        return false;
    *out = 0;
    for (size_t i = 0; i < body.n; i++)
        *out = *out << 8 | (uint8_t)body.p[i];
    return true;
}

bool asn1_take_number(struct slice *rest, uint8_t tag, uint64_t *out) {
    struct slice after = *rest, body;
    if (!asn1_take(&after, tag, &body) || !asn1_number(body, out))
        return false;
    *rest = after;
    return true;
}

/* X.690 8.19: base 128, the first value holds the first two arcs. */
const char *asn1_oid_text(struct slice body, char out[ASN1_OID_TEXT]) {
    size_t n = 0;
    uint64_t v = 0;
    out[0] = 0;
    for (size_t i = 0; i < body.n; i++) {
        if (v >> 56)
            return out[0] = 0, out;
        v = v << 7 | ((uint8_t)body.p[i] & 0x7f);
        if (body.p[i] & 0x80)
            continue;
        int wrote;
        if (n == 0) {
            unsigned first = v < 80 ? (unsigned)(v / 40) : 2;
            wrote = snprintf(out, ASN1_OID_TEXT, "%u.%llu", first, (unsigned long long)(v - 40 * first));
        } else {
            wrote = snprintf(out + n, ASN1_OID_TEXT - n, ".%llu", (unsigned long long)v);
        }
        n += wrote > 0 ? (size_t)wrote : ASN1_OID_TEXT;
        if (n >= ASN1_OID_TEXT)
            return out[0] = 0, out;
        v = 0;
    }
    if (body.n && (body.p[body.n - 1] & 0x80))
        out[0] = 0;
    return out;
}
