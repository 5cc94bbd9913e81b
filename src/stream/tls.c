/* TLS and DTLS over memory, with OpenSSL 3. Contexts take everything that old peers offer and verify nothing: this is
 * for looking. */
#include "stream/filter.h"

#include "base/wire.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#define NAME_MAX_BYTES 255
#define DTLS_MTU 1200       /* of a datagram, unless one record alone is longer */
#define DTLS_HEAD 13        /* RFC 6347 4.1 */
#define DTLS_PLAIN_MAX 3072 /* of one record of ours: with what TLS adds it fits into TLS_PIECE_MAX */

struct tls_context {
    SSL_CTX *stream, *datagram;
};

struct tls {
    SSL *ssl;
    BIO *in, *out; /* owned by ssl */
    size_t fed;    /* during the handshake */
    enum tls_state state;
    struct stream_tls facts;
    unsigned char *der[STREAM_CHAIN_MAX];
};

static SSL_CTX *make_context(const SSL_METHOD *method) {
    SSL_CTX *c = SSL_CTX_new(method);
    if (!c)
        return NULL;
    SSL_CTX_set_security_level(c, 0);
    SSL_CTX_set_min_proto_version(c, 0);
    SSL_CTX_set_cipher_list(c, "ALL:COMPLEMENTOFALL:@SECLEVEL=0");
    SSL_CTX_set_verify(c, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_options(c, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION |
                               SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_QUERY_MTU);
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_max_cert_list(c, TLS_HANDSHAKE_MAX);
    return c;
}

struct tls_context *tls_context_create(struct err *e) {
    struct tls_context *c = calloc(1, sizeof *c);
    if (c) {
        c->stream = make_context(TLS_client_method());
        c->datagram = make_context(DTLS_client_method());
    }
    if (c && c->stream && c->datagram)
        return c;
    tls_context_destroy(c);
    err_set(e, ERR_MEMORY, "OpenSSL gives no TLS context");
    return NULL;
}

void tls_context_destroy(struct tls_context *c) {
    if (!c)
        return;
    SSL_CTX_free(c->stream);
    SSL_CTX_free(c->datagram);
    free(c);
}

static void set_name(struct tls *t, struct slice name) {
    char text[NAME_MAX_BYTES + 1];
    if (name.n == 0 || name.n > NAME_MAX_BYTES || memchr(name.p, 0, name.n))
        return;
    memcpy(text, name.p, name.n);
    text[name.n] = 0;
    SSL_set_tlsext_host_name(t->ssl, text);
}

struct tls *tls_create(struct tls_context *c, bool datagrams, struct slice server_name, struct slice alpn) {
    struct tls *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->ssl = SSL_new(datagrams ? c->datagram : c->stream);
    t->in = BIO_new(BIO_s_mem());
    t->out = BIO_new(BIO_s_mem());
    if (!t->ssl || !t->in || !t->out) {
        BIO_free(t->in);
        BIO_free(t->out);
        SSL_free(t->ssl);
        free(t);
        return NULL;
    }
    BIO_set_mem_eof_return(t->in, -1);
    BIO_set_mem_eof_return(t->out, -1);
    SSL_set_bio(t->ssl, t->in, t->out);
    SSL_set_connect_state(t->ssl);
    if (datagrams)
        SSL_set_mtu(t->ssl, DTLS_MTU);
    set_name(t, server_name);
    if (alpn.n)
        SSL_set_alpn_protos(t->ssl, (const unsigned char *)alpn.p, (unsigned)alpn.n);
    return t;
}

static void note_chain(struct tls *t) {
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(t->ssl);
    int n = chain ? sk_X509_num(chain) : 0;
    for (int i = 0; i < n && t->facts.n_chain < STREAM_CHAIN_MAX; i++) {
        unsigned char *der = NULL;
        int size = i2d_X509(sk_X509_value(chain, i), &der);
        if (size <= 0)
            continue;
        t->der[t->facts.n_chain] = der;
        t->facts.chain[t->facts.n_chain++] = (struct slice){(const char *)der, (size_t)size};
    }
}

static void note_facts(struct tls *t) {
    const unsigned char *alpn = NULL;
    unsigned n = 0;
    int version = SSL_version(t->ssl);
    const SSL_CIPHER *cipher = SSL_get_current_cipher(t->ssl);
    if (!cipher)
        cipher = SSL_get_pending_cipher(t->ssl);
    version = version == DTLS1_2_VERSION ? TLS1_2_VERSION : version == DTLS1_VERSION ? TLS1_1_VERSION : version;
    if (!cipher || version < SSL3_VERSION || version > TLS1_3_VERSION) /* there was no ServerHello */
        return;
    t->facts.version = (uint16_t)version;
    t->facts.cipher = SSL_CIPHER_get_protocol_id(cipher);
    SSL_get0_alpn_selected(t->ssl, &alpn, &n);
    t->facts.alpn = (struct slice){(const char *)alpn, n};
    note_chain(t);
}

static enum tls_state shake(struct tls *t) {
    ERR_clear_error();
    int r = SSL_do_handshake(t->ssl);
    if (r == 1) {
        note_facts(t);
        return TLS_OPEN;
    }
    int why = SSL_get_error(t->ssl, r);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
        note_facts(t);
    if (ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_EXCESSIVE_MESSAGE_SIZE)
        return TLS_TOO_LONG;
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
        return t->fed > TLS_HANDSHAKE_MAX ? TLS_TOO_LONG : TLS_SHAKING;
    return ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL ? TLS_NO_ALPN : TLS_NO;
}

enum tls_state tls_feed(struct tls *t, struct slice bytes) {
    if (bytes.n && BIO_write(t->in, bytes.p, (int)bytes.n) != (int)bytes.n)
        return t->state = TLS_TOO_LONG;
    if (t->state == TLS_SHAKING) {
        t->fed += bytes.n;
        t->state = shake(t);
    }
    return t->state;
}

int64_t tls_repeats_in(const struct tls *t) {
    struct timeval left = {0};
    if (!SSL_is_dtls(t->ssl) || t->state != TLS_SHAKING || DTLSv1_get_timeout(t->ssl, &left) != 1)
        return -1;
    return left.tv_sec * NS_PER_S + left.tv_usec * NS_PER_US;
}

void tls_again(struct tls *t) {
    ERR_clear_error();
    (void)DTLSv1_handle_timeout(t->ssl);
}

size_t tls_read(struct tls *t, char *to, size_t room) {
    ERR_clear_error();
    int n = SSL_read(t->ssl, to, (int)room);
    if (n > 0)
        return (size_t)n;
    int why = SSL_get_error(t->ssl, n);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
        t->state = TLS_CLOSED;
    return 0;
}

bool tls_write(struct tls *t, struct slice plain) {
    ERR_clear_error();
    if (SSL_is_dtls(t->ssl) && plain.n > DTLS_PLAIN_MAX)
        return false;
    return SSL_write(t->ssl, plain.p, (int)plain.n) == (int)plain.n;
}

void tls_bye(struct tls *t) {
    ERR_clear_error();
    if (t->state == TLS_OPEN)
        (void)SSL_shutdown(t->ssl);
}

/* Whole records that go into one datagram; the first one in any case. */
static size_t datagram(const struct tls *t) {
    char *p = NULL;
    long all = BIO_get_mem_data(t->out, &p);
    struct rd r = rd_of(p, all > 0 ? (size_t)all : 0);
    size_t n = 0;
    while (r.n) {
        rd_skip(&r, DTLS_HEAD - 2);
        size_t body = rd_u16(&r);
        rd_skip(&r, body);
        if (r.bad || (n && n + DTLS_HEAD + body > DTLS_MTU))
            break;
        n += DTLS_HEAD + body;
    }
    return n;
}

size_t tls_pending(struct tls *t, char to[TLS_PIECE_MAX]) {
    size_t piece = SSL_is_dtls(t->ssl) ? ll_min_size(datagram(t), TLS_PIECE_MAX) : TLS_PIECE_MAX;
    int n = piece ? BIO_read(t->out, to, (int)piece) : 0;
    return n > 0 ? (size_t)n : 0;
}

const struct stream_tls *tls_facts(const struct tls *t) {
    return t->facts.version ? &t->facts : NULL;
}

void tls_destroy(struct tls *t) {
    if (!t)
        return;
    for (size_t i = 0; i < t->facts.n_chain; i++)
        OPENSSL_free(t->der[i]);
    SSL_free(t->ssl);
    ERR_clear_error();
    free(t);
}
