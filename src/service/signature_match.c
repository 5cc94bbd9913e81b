#include "service/signature_data.h"
#include "service/template.h"

/* A key may stand several times: one value that fits is enough, the first one gives the captures. */
static bool when_fits(const struct signatures *db, const struct when *w, const struct facts *f,
                      struct slice groups[PATTERN_GROUPS]) {
    for (size_t i = 0; i < f->n; i++) {
        struct slice value = f->v[i].value, got[PATTERN_GROUPS];
        if (!slice_eq(slice_of(f->v[i].key), w->key))
            continue;
        if (w->kind == WHEN_EXISTS || (w->kind == WHEN_EQUALS && slice_eq(value, w->text)))
            return true;
        if (w->kind == WHEN_MATCHES && pattern_match(w->pattern, db->room, value, got)) {
            unsigned n = pattern_captures(w->pattern);
            for (unsigned k = 0; k < n && w->first + k < PATTERN_GROUPS; k++)
                groups[w->first + k] = got[1 + k];
            return true;
        }
    }
    return w->optional;
}

bool signature_try(const struct signatures *db, const struct signature *s, const struct facts *f,
                   struct slice groups[PATTERN_GROUPS]) {
    for (size_t i = 0; i < PATTERN_GROUPS; i++)
        groups[i] = (struct slice){0};
    for (size_t i = 0; i < s->n_when; i++)
        if (!when_fits(db, &s->when[i], f, groups))
            return false;
    return true;
}

bool signature_fill(const struct signature *s, const struct facts *f, const struct slice groups[PATTERN_GROUPS],
                    struct arena *a, struct service_result *out) {
    struct template_values v = {groups, f};
    struct service_result r = *out;
    struct slice *const fields[FIELD_COUNT] = {&r.product, &r.version, &r.extra, &r.hostname, &r.os, &r.device};
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        bool ok = i == FIELD_EXTRA ? template_fill_list(s->fields[i], &v, a, fields[i])
                                   : template_fill(s->fields[i], &v, a, fields[i]);
        if (!ok)
            return false;
    }
    r.n_cpe = s->n_cpe;
    for (size_t i = 0; i < s->n_cpe; i++)
        if (!template_fill_cpe(s->cpe[i], &v, a, &r.cpe[i]))
            return false;
    if (s->service.n)
        r.name = s->service;
    r.evidence.signature = s->name;
    r.evidence.documented = s->documented;
    r.confidence = s->documented ? 7 : 10;
    *out = r;
    return true;
}

static bool is_better(const struct signature *s, const struct signature *than) {
    return !than || s->rank > than->rank || (s->rank == than->rank && s->order < than->order);
}

bool signatures_match(const struct signatures *db, struct slice parser, const struct facts *f, struct arena *a,
                      struct service_result *out) {
    const struct signature *best = NULL;
    struct slice groups[PATTERN_GROUPS], best_groups[PATTERN_GROUPS] = {{0}};
    for (size_t g = 0; g < db->n_groups; g++) {
        const struct signature_group *group = &db->groups[g];
        if (!slice_eq(group->parser, parser) || !template_fact(f, group->key).p)
            continue;
        for (size_t i = 0; i < group->n && is_better(group->v[i], best); i++)
            if (signature_try(db, group->v[i], f, groups)) {
                best = group->v[i];
                memcpy(best_groups, groups, sizeof groups);
            }
    }
    if (!best)
        return false;
    struct service_result r = *out;
    /* Names outlive the database only if they are the result's own. */
    if (!signature_fill(best, f, best_groups, a, &r))
        return false;
    r.evidence.signature = arena_copy(a, best->name);
    if (best->service.n)
        r.name = arena_copy(a, best->service);
    if (!r.evidence.signature.p || (best->service.n && !r.name.p))
        return false;
    *out = r;
    return true;
}

size_t signatures_count(const struct signatures *db) {
    return db->n;
}
