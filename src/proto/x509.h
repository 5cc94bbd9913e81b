/* X.509 certificates as facts (RFC 5280). Nothing is verified: what a stranger says of himself. */
#ifndef LL_PROTO_X509_H
#define LL_PROTO_X509_H

#include "proto/facts.h"
#include "proto/parser.h"

/* `der`: one certificate as sent; `place`: 0 is the server's own, whose facts are "tls.*"; of the others, subject and
 * issuer as "tls.chain.*". What cannot be read is left out. */
void x509_facts(struct slice der, unsigned place, struct facts *out);

/* Keys that it puts, for tables of parsers. */
#define X509_KEYS                                                                                                      \
    {"tls.subject", "subject of the certificate, \"CN=a, O=b\" in its order"}, {"tls.subject.cn", "its common name"},  \
        {"tls.subject.o", "its organisation"}, {"tls.issuer", "issuer of the certificate"},                            \
        {"tls.issuer.cn", "its common name"}, {"tls.not_before", "begin of validity, UTC"},                            \
        {"tls.not_after", "end of validity, UTC"}, {"tls.serial", "serial number, hexadecimal"},                       \
        {"tls.key", "kind of public key: \"rsa 2048\", \"ec P-256\""},                                                 \
        {"tls.signed", "algorithm of the signature, as object identifier"},                                            \
        {"tls.san", "alternative name: host name or address"},                                                         \
        {"tls.chain.subject", "subjects of the further certificates"}, {                                               \
        "tls.chain.issuer", "and their issuers"                                                                        \
    }

#endif
