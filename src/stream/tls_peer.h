/* For tests: a connector whose peer is an OpenSSL server, or plain bytes, in the same thread. */
#ifndef LL_STREAM_TLS_PEER_H
#define LL_STREAM_TLS_PEER_H

#include "io/loop_uv.h"
#include "stream/stream.h"
#include "stream/tls_server.h"

#include <openssl/err.h>

#include <errno.h>

#define SENT_MAX (1U << 20)

struct peer {
    struct connector face;
    struct conn conn;
    struct loop *loop;
    struct loop_timer turn;
    struct conn_request r;
    SSL *ssl; /* NULL: `raw` is what it says when spoken to */
    BIO *in, *out;
    struct slice raw;
    struct slice inside; /* what it says in TLS; empty: "pong" */
    size_t piece;        /* bytes of one `received` */
    unsigned lose;       /* so many of our datagrams are lost */
    unsigned sends;      /* calls of `send` */
    size_t largest;      /* bytes of one of them */
    unsigned pongs;      /* further answers to what it heard */
    bool clear;          /* says `raw` before it is spoken to in TLS */
    int end;             /* -1: stays open; else `ended` so, after all was said */
    char heard[64];      /* plain text */
    size_t n_heard;
    bool open, opened, closed, said, shut;
};

static struct peer *peer_of(struct connector *c) {
    return (struct peer *)(void *)c;
}

static void peer_soon(struct peer *p) {
    loop_timer_at(p->loop, &p->turn, 0);
}

static void peer_deliver(struct peer *p, struct slice all) {
    while (all.n && !p->closed) {
        struct slice one = slice_sub(all, 0, p->piece);
        all = slice_skip(all, one.n);
        p->r.events->received(p->r.ctx, one);
    }
}

static void peer_talk(struct peer *p) {
    int n = SSL_read(p->ssl, p->heard, sizeof p->heard);
    if (n > 0) {
        p->n_heard = (size_t)n;
        for (unsigned i = 0; i <= p->pongs; i++)
            (void)SSL_write(p->ssl, p->inside.n ? p->inside.p : "pong", p->inside.n ? (int)p->inside.n : 4);
        if (p->shut)
            (void)SSL_shutdown(p->ssl);
    }
    ERR_clear_error();
}

static void peer_turn(void *ctx) {
    struct peer *p = ctx;
    static char out[SENT_MAX];
    if (!p->opened) {
        p->opened = true;
        p->r.events->opened(p->r.ctx);
        return;
    }
    if (p->ssl && !p->clear) {
        peer_talk(p);
        int n = BIO_read(p->out, out, sizeof out);
        peer_deliver(p, (struct slice){out, n > 0 ? (size_t)n : 0});
    } else if (!p->said) {
        p->said = true;
        p->clear = false;
        peer_deliver(p, p->raw);
    }
    if (p->end >= 0 && !p->closed) {
        int os = p->end;
        p->end = -1;
        p->r.events->ended(p->r.ctx, os);
    }
}

static struct conn *peer_open(struct connector *c, const struct conn_request *r, int *os) {
    struct peer *p = peer_of(c);
    (void)os;
    p->r = *r;
    p->conn.owner = c;
    p->open = true;
    peer_soon(p);
    return &p->conn;
}

static bool peer_send(struct conn *c, struct slice bytes) {
    struct peer *p = peer_of(c->owner);
    p->sends++;
    p->largest = ll_max_size(p->largest, bytes.n);
    if (p->lose) {
        p->lose--;
        return true;
    }
    if (p->in && !p->clear)
        (void)BIO_write(p->in, bytes.p, (int)bytes.n);
    peer_soon(p);
    return true;
}

static void peer_pause(struct conn *c, bool paused) {
    (void)c, (void)paused;
}

static void peer_close(struct conn *c) {
    struct peer *p = peer_of(c->owner);
    p->closed = true;
    loop_timer_off(p->loop, &p->turn);
}

static size_t peer_capacity(struct connector *c) {
    (void)c;
    return 7;
}

static const struct connector_ops peer_ops = {
    .open = peer_open, .send = peer_send, .pause = peer_pause, .close = peer_close, .capacity = peer_capacity};

static void peer_init(struct peer *p, struct loop *loop, SSL_CTX *server) {
    *p = (struct peer){.face = {&peer_ops}, .loop = loop, .piece = SIZE_MAX, .end = -1};
    loop_timer_init(&p->turn, peer_turn, p);
    if (!server)
        return;
    p->ssl = SSL_new(server);
    p->in = BIO_new(BIO_s_mem());
    p->out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(p->in, -1);
    BIO_set_mem_eof_return(p->out, -1);
    SSL_set_bio(p->ssl, p->in, p->out);
    SSL_set_accept_state(p->ssl);
}

static void peer_finish(struct peer *p) {
    SSL_free(p->ssl);
}

#endif
