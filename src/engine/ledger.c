#include "engine/ledger.h"

#include <math.h>
#include <stdlib.h>

#define WINDOWS_MAX 64
#define SPAN_MIN 16
/* When nearly everything answers, the few silent ports are probably lost answers: asking them again costs next to
 * nothing, so they get a stricter bound. */
#define RARE_SILENCE 0.1
#define RARE_BOUND_LOG 6.9 /* 1000 times stricter */

bool ledger_init(struct ledger *l, size_t ports, double bound, unsigned tries_max) {
    *l = (struct ledger){0};
    l->ports = ports;
    l->span = ll_max_size(SPAN_MIN, (ports + WINDOWS_MAX - 1) / WINDOWS_MAX);
    l->n = (ports + l->span - 1) / l->span;
    l->log_bound = log(bound);
    l->tries_max = tries_max;
    l->v = calloc(l->n ? l->n : 1, sizeof *l->v);
    if (!l->v)
        return false;
    for (size_t i = 0; i < l->n; i++)
        l->v[i].silent = (uint16_t)ll_min_size(l->span, ports - i * l->span);
    return true;
}

void ledger_finish(struct ledger *l) {
    free(l->v);
    l->v = NULL;
}

void ledger_answer(struct ledger *l, size_t position, unsigned tries, bool evidence) {
    struct window *w = ledger_window(l, position);
    if (w->silent)
        w->silent--;
    if (!evidence)
        return;
    if (tries >= ledger_passes(l, position))
        w->answered_now++;
    else
        w->answered_before++;
}

void ledger_sent(struct ledger *l, size_t i, int64_t now) {
    struct window *w = &l->v[i];
    if (w->state != WINDOW_OPEN)
        return;
    w->last_sent = now;
    w->state = WINDOW_SENT;
    w->tries++;
}

static double ledger_bound_of(const struct ledger *l) {
    uint32_t silent = ledger_silent(l);
    bool rare = (double)silent < RARE_SILENCE * (double)l->ports;
    return rare ? l->log_bound - RARE_BOUND_LOG : l->log_bound;
}

/* What the present estimate says about all tries of the window: early estimates rest on little, and a late one that is
 * worse speaks for the early passes too. */
static double ledger_product_now(const struct window *w, double loss) {
    return fmax((double)w->log_product, w->tries * log(loss));
}

enum window_state ledger_judge(struct ledger *l, size_t i, double loss, unsigned tries_min) {
    struct window *w = &l->v[i];
    w->log_product += (float)log(loss);
    w->log_product = (float)ledger_product_now(w, loss);
    bool proven = w->tries >= tries_min && w->log_product <= (float)ledger_bound_of(l);
    w->answered_before = w->answered_now;
    w->answered_now = 0;
    if (w->silent == 0 || proven)
        w->state = WINDOW_CLOSED;
    else
        w->state = w->tries >= l->tries_max ? WINDOW_CAPPED : WINDOW_OPEN;
    if (w->state != WINDOW_OPEN)
        l->finished++;
    return (enum window_state)w->state;
}

void ledger_give_up(struct ledger *l, size_t i) {
    struct window *w = &l->v[i];
    if (w->state == WINDOW_CLOSED || w->state == WINDOW_CAPPED)
        return;
    w->state = w->silent ? WINDOW_CAPPED : WINDOW_CLOSED;
    l->finished++;
}

void ledger_restart(struct ledger *l) {
    l->finished = 0;
    for (size_t i = 0; i < l->n; i++) {
        struct window *w = &l->v[i];
        if (w->silent)
            *w = (struct window){.silent = w->silent};
        else if (w->state == WINDOW_CLOSED || w->state == WINDOW_CAPPED)
            l->finished++;
    }
}

bool ledger_review(struct ledger *l, double loss, unsigned tries_min) {
    for (size_t i = 0; i < l->n; i++) {
        struct window *w = &l->v[i];
        if (w->state != WINDOW_CLOSED || w->silent == 0 || w->tries >= l->tries_max)
            continue;
        w->log_product = (float)ledger_product_now(w, loss);
        if (w->tries >= tries_min && w->log_product <= (float)ledger_bound_of(l))
            continue;
        w->state = WINDOW_OPEN;
        l->finished--;
    }
    return l->finished == l->n;
}

double ledger_worst(const struct ledger *l) {
    double worst = -INFINITY;
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].silent && l->v[i].log_product > worst)
            worst = l->v[i].log_product;
    return exp(worst);
}

uint32_t ledger_capped(const struct ledger *l) {
    uint32_t n = 0;
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].state == WINDOW_CAPPED)
            n += l->v[i].silent;
    return n;
}

uint32_t ledger_silent(const struct ledger *l) {
    uint32_t n = 0;
    for (size_t i = 0; i < l->n; i++)
        n += l->v[i].silent;
    return n;
}
