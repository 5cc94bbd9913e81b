/* A TLS or DTLS server's bytes: the input's first byte says which (bit 0) and how long the pieces are in which the rest
 * comes. */
#include "stream/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Answers are counted only: nobody may make us send without end. */
static size_t drain(struct tls *t) {
    char out[TLS_PIECE_MAX];
    size_t all = 0, got;
    while ((got = tls_pending(t, out)) > 0)
        all += got;
    return all;
}

static void check_facts(const struct stream_tls *f) {
    if (!f)
        return;
    if (f->version < 0x0300 || f->version > 0x0304 || f->n_chain > STREAM_CHAIN_MAX)
        abort();
    for (size_t i = 0; i < f->n_chain; i++)
        if (!f->chain[i].n)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    static struct tls_context *context;
    struct err e;
    char plain[4096];
    if (!context)
        context = tls_context_create(&e);
    if (!n || !context)
        return 0;
    struct slice rest = {(const char *)p + 1, n - 1};
    size_t piece = (size_t)(p[0] >> 1) * 16 + 1, said;
    struct tls *t = tls_create(context, p[0] & 1, SLICE("name.example"), SLICE("\x02h2\x08http/1.1"));
    enum tls_state state = tls_feed(t, (struct slice){NULL, 0});
    said = drain(t);
    while (rest.n && (state == TLS_SHAKING || state == TLS_OPEN)) {
        struct slice one = slice_sub(rest, 0, piece);
        rest = slice_skip(rest, one.n);
        state = tls_feed(t, one);
        while (state == TLS_OPEN && tls_read(t, plain, sizeof plain) > 0)
            ;
        said += drain(t);
        check_facts(tls_facts(t));
    }
    if (said > (64U << 10) + 16 * n)
        abort();
    tls_destroy(t);
    return 0;
}
