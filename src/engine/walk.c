#include "engine/walk.h"

#define PORT_SPACE 65536

static int walk_compare(const void *a, const void *b) {
    return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

bool walk_init(struct walk *w, const struct engine_scan *s) {
    size_t n = s->n_ports;
    *w = (struct walk){.scan = *s,
                       .place = calloc(PORT_SPACE, sizeof *w->place),
                       .sorted = calloc(n + 1, sizeof *w->sorted),
                       .place_at = calloc(n + 1, sizeof *w->place_at),
                       .position = calloc(n + 1, sizeof *w->position)};
    if (!w->place || !w->sorted || !w->place_at || !w->position)
        return false;
    if (n)
        memcpy(w->sorted, s->ports, n * sizeof *w->sorted);
    qsort(w->sorted, n, sizeof *w->sorted, walk_compare);
    w->dense = n > 0 && (size_t)w->sorted[n - 1] - w->sorted[0] == n - 1;
    for (size_t i = 0; i < n; i++)
        w->place[w->sorted[i]] = (uint32_t)(i + 1);
    for (size_t i = 0; i < n; i++) {
        uint16_t place = (uint16_t)(w->place[s->ports[i]] - 1);
        w->place_at[i] = place;
        w->position[place] = (uint16_t)i;
    }
    return true;
}

void walk_finish(struct walk *w) {
    free(w->place);
    free(w->sorted);
    free(w->place_at);
    free(w->position);
    *w = (struct walk){0};
}
