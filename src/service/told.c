#include "proto/binary.h"
#include "proto/tls_version.h"
#include "proto/x509.h"
#include "service/extra.h"
#include "service/template.h"

#define FACTS_ARENA (192U << 10)

/* `n` keys were there before. */
static bool is_new(const struct told *t, size_t n, const struct fact *f) {
    for (size_t i = 0; i < n; i++)
        if (slice_eq(t->v[i].key, slice_of(f->key)))
            return false;
    return f->value.n > 0 &&
           (slice_starts(slice_of(f->key), SLICE("tls.")) || slice_starts(slice_of(f->key), SLICE("ntlm.")));
}

void told_facts(struct told *t, struct arena *a, const struct facts *f) {
    size_t before = t->n, most = before;
    if (a->used > a->ceiling / 2) /* a host of very many ports: names and versions need the room more */
        return;
    for (size_t i = 0; i < f->n && most < SERVICE_FACTS_MAX; i++)
        most += is_new(t, before, &f->v[i]);
    struct service_fact *v = most > before ? arena_array(a, most, sizeof *v) : NULL;
    if (!v)
        return;
    if (before)
        memcpy(v, t->v, before * sizeof *v);
    t->v = v;
    for (size_t i = 0; i < f->n && t->n < most; i++) {
        if (!is_new(t, before, &f->v[i]))
            continue;
        struct slice value = arena_copy(a, slice_sub(f->v[i].value, 0, SERVICE_TEXT_MAX));
        if (!value.p)
            return;
        v[t->n++] = (struct service_fact){slice_of(f->v[i].key), value};
    }
}

static void put_tls(struct facts *f, const struct stream_tls *tls) {
    const char *version = tls_version_text(tls->version);
    char cipher[8];
    snprintf(cipher, sizeof cipher, "%04x", tls->cipher);
    if (version)
        facts_put_str(f, "tls.version", version);
    facts_put_str(f, "tls.cipher", cipher);
    if (tls->alpn.n)
        facts_put(f, "tls.alpn", tls->alpn);
    for (size_t i = 0; i < tls->n_chain; i++)
        x509_facts(tls->chain[i], (unsigned)i, f);
}

void told_tls(struct told *t, struct arena *a, const struct stream_tls *tls, const char *starttls) {
    struct arena scratch;
    struct facts f;
    arena_init(&scratch, "facts of TLS", FACTS_ARENA);
    facts_init(&f, &scratch);
    if (starttls)
        facts_put_str(&f, "tls.starttls", starttls);
    put_tls(&f, tls);
    t->n = 0;
    told_facts(t, a, &f);
    arena_finish(&scratch);
}

void told_talk(struct told *t, struct arena *a, const struct talk_result *r) {
    bool shook = r->end == TALK_TUNNEL || r->connected > 0;
    if (r->tls && !t->whole) {
        told_tls(t, a, r->tls, NULL);
        t->whole = shook;
    }
    if (r->end != TALK_UNDERSTOOD)
        return;
    if (!t->whole)
        told_facts(t, a, r->facts);
    const struct starttls *way = starttls_find(slice_of(r->parser->name));
    t->upgrade = way && starttls_offered(way, r->facts) ? way : NULL;
}
