/* For tests: contexts of TLS and DTLS servers, with certificates of any length. */
#ifndef LL_STREAM_TLS_SERVER_H
#define LL_STREAM_TLS_SERVER_H

#include "base/base.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdlib.h>

/* A self-signed certificate with a comment of that many bytes. */
static X509 *peer_certificate(EVP_PKEY *key, size_t comment) {
    X509 *x = X509_new();
    char *text = malloc(comment + 1);
    X509_NAME *name = X509_get_subject_name(x);
    memset(text, 'c', comment);
    text[comment] = 0;
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"peer.example", -1, -1, 0);
    X509_set_issuer_name(x, name);
    X509_set_pubkey(x, key);
    X509_EXTENSION *e = comment ? X509V3_EXT_conf_nid(NULL, NULL, NID_netscape_comment, text) : NULL;
    if (e)
        X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
    X509_sign(x, key, EVP_sha256());
    free(text);
    return x;
}

/* A server's context; `chain` further certificates of `comment` bytes. */
static SSL_CTX *peer_context(const SSL_METHOD *method, int version, size_t chain, size_t comment) {
    SSL_CTX *c = SSL_CTX_new(method);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = peer_certificate(key, 0);
    SSL_CTX_set_security_level(c, 0);
    SSL_CTX_set_min_proto_version(c, version);
    SSL_CTX_set_max_proto_version(c, version);
    SSL_CTX_set_cipher_list(c, "ALL:@SECLEVEL=0");
    SSL_CTX_set_options(c, SSL_OP_NO_QUERY_MTU);
    SSL_CTX_use_certificate(c, x);
    SSL_CTX_use_PrivateKey(c, key);
    for (size_t i = 0; i < chain; i++)
        SSL_CTX_add_extra_chain_cert(c, peer_certificate(key, comment));
    X509_free(x);
    EVP_PKEY_free(key);
    return c;
}

#endif
