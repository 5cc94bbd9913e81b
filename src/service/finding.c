#include "service/state.h"

static size_t place_of(const struct parser *p) {
    size_t i = 0;
    while (parser_list[i] != p)
        i++;
    return i;
}

static void evidence(const struct finding *f, struct service_result *out) {
    const struct talk_result *t = f->talk;
    bool went_on = f->ask->kind == ASK_LISTEN && t->asked && f->ask->parser;
    const char *probe = went_on ? f->ask->parser->name : ask_name(f->ask);
    out->evidence.probe = f->ask->kind == ASK_USER ? f->ask->probe->name : slice_of(probe);
    out->evidence.rtt_us = (uint32_t)(t->rtt / NS_PER_US);
    out->evidence.bytes = (uint32_t)t->total;
    out->evidence.hash = t->hash;
}

static void of_parser(const struct finding *f, const struct parser *p, const struct facts *facts,
                      struct service_result *out) {
    out->probed = true;
    out->confidence = 10;
    out->name = slice_of(p->service);
    out->evidence.parser = slice_of(p->name);
    struct slice said = facts_get(facts, "service");
    if (said.n)
        out->name = arena_copy(f->arena, said);
    (void)signatures_match(f->scan->db, slice_of(p->name), facts, f->arena, out);
}

void finding_of_facts(const struct finding *f, struct service_result *out) {
    of_parser(f, f->talk->parser, f->talk->facts, out);
    evidence(f, out);
}

void finding_of_handshake(const struct finding *f, bool udp, struct service_result *out) {
    const struct parser *p = parser_find(udp ? SLICE("dtls") : SLICE("tls"));
    out->probed = true;
    out->confidence = 10;
    out->name = slice_of(p->service);
    out->evidence.parser = slice_of(p->name);
    evidence(f, out);
}

void finding_of_echo(const struct finding *f, struct service_result *out) {
    out->probed = true;
    out->confidence = 10;
    out->name = SLICE("echo");
    evidence(f, out);
}

/* What the user's patterns say of the answer to his own probe, or to a listening one (a payload of no bytes). */
static bool of_user(const struct finding *f, struct service_result *out, bool *soft) {
    const struct versiondb_probe *v;
    size_t n = f->scan->user ? versiondb_probes(f->scan->user, &v) : 0;
    for (size_t i = 0; i < n; i++) {
        bool asked = f->ask->kind == ASK_USER && i == f->ask->place;
        bool heard = f->ask->kind == ASK_LISTEN && !v[i].udp && v[i].payload.n == 0;
        if (!asked && !heard)
            continue;
        enum versiondb_found found =
            versiondb_match(f->scan->user, i, f->talk->bytes, (struct slice){0}, f->arena, out);
        if (found == VERSIONDB_NONE)
            continue;
        *soft = found == VERSIONDB_SOFT;
        return true;
    }
    return false;
}

static bool of_raw(const struct finding *f, struct service_result *out) {
    struct arena a;
    struct facts raw;
    const char *key = "raw.banner";
    if (f->ask->parser && f->talk->asked)
        key = f->scan->raw_keys[place_of(f->ask->parser)];
    else if (f->ask->kind != ASK_LISTEN)
        return false;
    arena_init(&a, "raw facts", 4 * FACT_VALUE_MAX);
    facts_init(&raw, &a);
    facts_put(&raw, key, f->talk->bytes);
    bool found = signatures_match(f->scan->db, SLICE("raw"), &raw, f->arena, out);
    arena_finish(&a);
    return found;
}

bool finding_of_bytes(const struct finding *f, struct service_result *out, bool *soft) {
    *soft = false;
    if (!of_user(f, out, soft) && !of_raw(f, out))
        return false;
    out->probed = true;
    if (!out->confidence)
        out->confidence = 10;
    evidence(f, out);
    return true;
}

bool finding_of_other(const struct finding *f, const struct parser_peer *peer, struct service_result *out) {
    const struct parser *p = f->talk->parser;
    struct arena a;
    struct facts facts;
    struct buf ask;
    struct dialogue d = {.peer = peer, .asked = 1};
    arena_init(&a, "facts of others", 192U << 10);
    facts_init(&facts, &a);
    buf_init(&ask, PARSER_ASK_MAX);
    enum parse got = p->read(&d, f->talk->bytes, true, &facts, &ask);
    bool known = got == PARSE_DONE || got == PARSE_ASK;
    if (known) {
        of_parser(f, p, &facts, out);
        evidence(f, out);
    }
    buf_finish(&ask);
    arena_finish(&a);
    return known;
}
