/* LDAP (RFC 4511): reads the root entry (RFC 4512 5.1), which servers show to everybody; nobody binds. */
#include "proto/asn1.h"
#include "proto/binary.h"

#define ENTRY_MAX (128U << 10)
#define VALUES_MAX 12 /* of one attribute */

enum { ENTRY = 0x64, DONE = 0x65, EXTENDED = 0x78 };

static const struct {
    const char *name, *key;
} attributes[] = {
    {"vendorName", "ldap.vendor"},
    {"vendorVersion", "ldap.version"},
    {"objectClass", "ldap.class"},
    {"structuralObjectClass", "ldap.class"},
    {"namingContexts", "ldap.context"},
    {"defaultNamingContext", "ldap.default"},
    {"dnsHostName", "ldap.host"},
    {"serverName", "ldap.server"},
    {"domainFunctionality", "ldap.domain_level"},
    {"forestFunctionality", "ldap.forest_level"},
    {"domainControllerFunctionality", "ldap.controller_level"},
    {"isGlobalCatalogReady", "ldap.global_catalog"},
    {"currentTime", "ldap.time"},
    {"supportedLDAPVersion", "ldap.protocol"},
    {"supportedSASLMechanisms", "ldap.sasl"},
};

static void ldap_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    /* id 1; search: base "", base object, never aliases, no limit of size, 5 seconds, types and values */
    buf_put(ask,
            SLICE("\x30\x82\x00\x00\x02\x01\x01\x63\x82\x00\x00\x04\x00\x0a\x01\x00\x0a\x01\x00\x02\x01\x00\x02\x01"
                  "\x05\x01\x01\x00\x87\x0bobjectClass\x30\x82\x00\x00"));
    size_t list = ask->n - 2;
    for (size_t i = 0; i < LL_COUNT(attributes); i++) {
        ask_uint(ask, 0x04, 1);
        ask_uint(ask, strlen(attributes[i].name), 1);
        buf_put_str(ask, attributes[i].name);
    }
    ask_patch_length(ask, list);
    ask_patch_length(ask, 9);
    ask_patch_length(ask, 2);
}

/* The message at the front: its id, its operation. */
static enum asn1_state message(struct slice in, uint64_t *id, struct asn1 *operation, size_t *n) {
    struct asn1 all;
    enum asn1_state state = asn1_front(in, &all);
    *n = all.n;
    if (state == ASN1_BAD || (in.n && all.tag != ASN1_SEQUENCE) || all.n > ENTRY_MAX)
        return ASN1_BAD;
    if (state == ASN1_SHORT)
        return ASN1_SHORT;
    bool good = asn1_take_number(&all.body, ASN1_INTEGER, id) && asn1_next(&all.body, operation);
    return good ? ASN1_WHOLE : ASN1_BAD;
}

/* LDAPResult begins with code, name and text (RFC 4511 4.1.9). */
static bool result(struct slice body, uint64_t *code, struct slice *text) {
    struct slice name;
    return asn1_take_number(&body, ASN1_ENUM, code) && *code <= 4096 && asn1_take(&body, ASN1_OCTETS, &name) &&
           asn1_take(&body, ASN1_OCTETS, text);
}

static bool is_answer(uint64_t id, const struct asn1 *operation) {
    uint64_t code;
    struct slice name = operation->body, text;
    if (operation->tag == ENTRY) {
        struct slice list;
        return id == 1 && asn1_take(&name, ASN1_OCTETS, &text) && text.n == 0 && asn1_take(&name, ASN1_SEQUENCE, &list);
    }
    if (operation->tag == DONE)
        return id == 1 && result(name, &code, &text);
    /* a notice of disconnection (4.4.1), which other questions provoke */
    return operation->tag == EXTENDED && id == 0 && result(name, &code, &text);
}

static bool ldap_recognise(struct slice in) {
    uint64_t id;
    struct asn1 operation;
    size_t n;
    return message(in, &id, &operation, &n) == ASN1_WHOLE && is_answer(id, &operation);
}

static void entry(struct slice body, struct facts *out) {
    struct slice name, list, one, type, values, value;
    if (!asn1_take(&body, ASN1_OCTETS, &name) || !asn1_take(&body, ASN1_SEQUENCE, &list))
        return;
    while (asn1_take(&list, ASN1_SEQUENCE, &one)) {
        if (!asn1_take(&one, ASN1_OCTETS, &type) || !asn1_take(&one, ASN1_SET, &values))
            return;
        for (size_t i = 0; i < LL_COUNT(attributes); i++)
            if (slice_eq_nocase(type, slice_of(attributes[i].name)))
                for (unsigned k = 0; k < VALUES_MAX && asn1_take(&values, ASN1_OCTETS, &value); k++)
                    facts_put(out, attributes[i].key, value);
    }
}

static enum parse ldap_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    bool known = false;
    size_t before = out->n;
    for (struct slice rest = in;;) {
        uint64_t id, code;
        struct asn1 operation;
        struct slice text;
        size_t n;
        enum asn1_state state = message(rest, &id, &operation, &n);
        if (state == ASN1_SHORT && !end) {
            out->n = before;
            return PARSE_MORE;
        }
        if (state != ASN1_WHOLE || (!known && !is_answer(id, &operation)))
            return known ? PARSE_DONE : PARSE_NOT;
        known = true;
        rest = slice_skip(rest, n);
        if (operation.tag == ENTRY) {
            entry(operation.body, out);
        } else {
            if (result(operation.body, &code, &text)) {
                facts_put_u64(out, "ldap.result", code);
                if (text.n)
                    facts_put(out, "ldap.text", text);
            }
            return PARSE_DONE;
        }
    }
}

static const uint16_t ldap_ports[] = {389, 3268, 0};
static const uint16_t ldap_tls_ports[] = {636, 3269, 0};

static const struct parser_key ldap_keys[] = {
    {"ldap.vendor", "vendorName of the root entry (RFC 3045)"},
    {"ldap.version", "vendorVersion"},
    {"ldap.class", "classes of the root entry"},
    {"ldap.context", "naming contexts"},
    {"ldap.default", "Active Directory: distinguished name of the domain (MS-ADTS 3.1.1.3.2)"},
    {"ldap.host", "Active Directory: host name"},
    {"ldap.server", "Active Directory: entry of the server"},
    {"ldap.domain_level", "functional level of the domain"},
    {"ldap.forest_level", "of the forest"},
    {"ldap.controller_level", "of the controller"},
    {"ldap.global_catalog", "TRUE: a global catalog is ready"},
    {"ldap.time", "the server's clock"},
    {"ldap.protocol", "supported versions"},
    {"ldap.sasl", "supported SASL mechanisms"},
    {"ldap.result", "result code (RFC 4511 4.1.9)"},
    {"ldap.text", "text beside it"},
    {NULL, NULL}};

const struct parser parser_ldap = {
    .name = "ldap",
    .service = "ldap",
    .source = "RFC 4511, RFC 4512 5.1, RFC 3045",
    .transports = PARSER_TCP | PARSER_UDP | PARSER_TLS,
    .rarity = 4,
    .ports = ldap_ports,
    .tls_ports = ldap_tls_ports,
    .keys = ldap_keys,
    .recognise = ldap_recognise,
    .hello = ldap_hello,
    .read = ldap_read,
};
