#include "model/settings.h"

/* Everything in it comes from the command line, which the system bounds (ARG_MAX, 2 MiB by default). */
#define SETTINGS_MEMORY_MAX ((size_t)64 << 20)

bool settings_init(struct settings *s, struct err *e) {
    (void)e; /* nothing fails today; callers are ready for defaults that are read from somewhere */
    *s = (struct settings){.source_port = -1, .ttl = -1, .timing = {.template_level = 3}};
    arena_init(&s->arena, "settings", SETTINGS_MEMORY_MAX);
    return true;
}

void settings_finish(struct settings *s) {
    arena_finish(&s->arena);
    *s = (struct settings){0};
}

bool settings_scans(const struct settings *s, enum proto p) {
    if (s->list_only || s->ping_only)
        return false;
    return p == PROTO_UDP ? s->scan_udp : p == PROTO_TCP && (s->scan != SCAN_DEFAULT || !s->scan_udp);
}

bool text_list_add(struct text_list *l, struct arena *a, struct slice text) {
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 8;
        struct slice *v = arena_array(a, cap, sizeof *v);
        if (!v)
            return false;
        for (size_t i = 0; i < l->n; i++)
            v[i] = l->v[i];
        l->v = v; /* the old array stays in the arena: at most as much again */
        l->cap = cap;
    }
    struct slice copy = arena_copy(a, text);
    if (!copy.p)
        return false;
    l->v[l->n++] = copy;
    return true;
}
