/* Cursor over ASN.1 in BER or DER (ITU-T X.690): what certificates, LDAP, SNMP and Kerberos need. Definite lengths of
 * at most four bytes, tag numbers below 31; everything else is refused. Nothing is copied. */
#ifndef LL_PROTO_ASN1_H
#define LL_PROTO_ASN1_H

#include "base/slice.h"

/* Identifier bytes (X.690 8.1.2) */
enum asn1_tag {
    ASN1_BOOLEAN = 0x01,
    ASN1_INTEGER = 0x02,
    ASN1_BITS = 0x03,
    ASN1_OCTETS = 0x04,
    ASN1_OID = 0x06,
    ASN1_ENUM = 0x0a,
    ASN1_UTF8 = 0x0c,
    ASN1_UTC_TIME = 0x17,
    ASN1_TIME = 0x18,
    ASN1_BMP = 0x1e,
    ASN1_SEQUENCE = 0x30,
    ASN1_SET = 0x31
};

struct asn1 {
    uint8_t tag;
    struct slice body;
    size_t n; /* with tag and length */
};

enum asn1_state { ASN1_BAD, ASN1_SHORT, ASN1_WHOLE };

/* The element at the front of `in`. ASN1_SHORT: its begin is right, `out->tag` and `out->n` (0: not known yet) say what
 * it will be. */
enum asn1_state asn1_front(struct slice in, struct asn1 *out);
/* Takes the next element off *rest; false: there is no whole one. */
bool asn1_next(struct slice *rest, struct asn1 *out);
/* The same, and it must have this tag; else *rest stays. */
bool asn1_take(struct slice *rest, uint8_t tag, struct slice *body);
/* Not negative, at most eight bytes. */
bool asn1_number(struct slice body, uint64_t *out);
bool asn1_take_number(struct slice *rest, uint8_t tag, uint64_t *out);

#define ASN1_OID_TEXT 128
/* "1.3.6.1.4.1"; "" when it is none or too long. */
const char *asn1_oid_text(struct slice body, char out[ASN1_OID_TEXT]);

#endif
