#include "sim_tls.h"

#include <openssl/err.h>

#include "base/buf.h"
#include "stream/tls_server.h"

struct sim_tls {
    const struct sim_service *v;
    SSL_CTX *context;
    SSL *ssl;
    BIO *in, *out;
};

static bool offers(const unsigned char *in, unsigned n, struct slice name) {
    for (unsigned at = 0; at < n; at += in[at] + 1U)
        if (slice_eq((struct slice){(const char *)in + at + 1, in[at]}, name))
            return true;
    return false;
}

/* The server's order decides (RFC 7301 3.2). */
static int choose(SSL *s, const unsigned char **out, unsigned char *out_n, const unsigned char *in, unsigned n,
                  void *ctx) {
    const struct sim_service *v = ctx;
    struct slice rest = v->alpn;
    (void)s;
    while (rest.n) {
        struct slice name = slice_sub(rest, 0, slice_find(rest, ','));
        rest = slice_skip(rest, name.n + 1);
        if (!offers(in, n, name))
            continue;
        *out = (const unsigned char *)name.p;
        *out_n = (unsigned char)name.n;
        return SSL_TLSEXT_ERR_OK;
    }
    return v->alpn_must ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK;
}

struct sim_tls *sim_tls_create(const struct sim_service *v) {
    struct sim_tls *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->v = v;
    t->context = peer_context(TLS_server_method(), TLS1_3_VERSION, 0, 0);
    SSL_CTX_set_alpn_select_cb(t->context, choose, (void *)(uintptr_t)v);
    t->ssl = SSL_new(t->context);
    t->in = BIO_new(BIO_s_mem());
    t->out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(t->in, -1);
    BIO_set_mem_eof_return(t->out, -1);
    SSL_set_bio(t->ssl, t->in, t->out);
    SSL_set_accept_state(t->ssl);
    return t;
}

static void drain(struct sim_tls *t, struct buf *out) {
    char bytes[4096];
    int n;
    while ((n = BIO_read(t->out, bytes, sizeof bytes)) > 0)
        buf_put(out, (struct slice){bytes, (size_t)n});
}

static bool is_over(struct sim_tls *t, int result) {
    int why = SSL_get_error(t->ssl, result);
    ERR_clear_error();
    return why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE;
}

bool sim_tls_feed(struct sim_tls *t, struct slice bytes, struct buf *plain, struct buf *out) {
    char text[4096];
    int n;
    (void)BIO_write(t->in, bytes.p, (int)bytes.n);
    while ((n = SSL_read(t->ssl, text, sizeof text)) > 0)
        buf_put(plain, (struct slice){text, (size_t)n});
    bool over = is_over(t, n);
    drain(t, out);
    const unsigned char *name;
    unsigned name_n = 0;
    SSL_get0_alpn_selected(t->ssl, &name, &name_n);
    return !over && !(t->v->alpn_only && SSL_is_init_finished(t->ssl) && !name_n);
}

void sim_tls_seal(struct sim_tls *t, struct slice plain, struct buf *out) {
    (void)SSL_write(t->ssl, plain.p, (int)plain.n);
    drain(t, out);
}

void sim_tls_destroy(struct sim_tls *t) {
    if (!t)
        return;
    SSL_free(t->ssl);
    SSL_CTX_free(t->context);
    ERR_clear_error();
    free(t);
}
