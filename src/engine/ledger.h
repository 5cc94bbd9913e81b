/* Epoch ledger of one host's port scan: the ports, in the order of the walk, are cut into windows. For each window the
 * ledger keeps the logarithm of the product of the loss estimates under which its silent ports were asked: a few bytes
 * a window, nothing a probe. A window is closed when its product is below the bound: then the chance that an answering
 * port in it was missed at every try is below the bound. */
#ifndef LL_ENGINE_LEDGER_H
#define LL_ENGINE_LEDGER_H

#include "base/base.h"

enum window_state {
    WINDOW_OPEN,
    WINDOW_SENT /* a pass went out and is not judged yet */,
    WINDOW_CLOSED,
    WINDOW_CAPPED
};

struct window {
    int64_t last_sent; /* of the pass that is out */
    float log_product; /* natural logarithm, <= 0 */
    uint16_t tries;
    uint8_t state;            /* enum window_state */
    uint16_t silent;          /* ports without an answer */
    uint16_t answered_now;    /* first answered in the pass that is out */
    uint16_t answered_before; /* first answered in the pass before */
};

struct ledger {
    struct window *v;
    size_t n;
    size_t ports;    /* in all */
    size_t span;     /* ports per window */
    size_t finished; /* windows closed or capped */
    double log_bound;
    unsigned tries_max;
};

bool ledger_init(struct ledger *l, size_t ports, double bound, unsigned tries_max) LL_MUST_USE;
void ledger_finish(struct ledger *l);
static inline struct window *ledger_window(struct ledger *l, size_t position) {
    return &l->v[position / l->span];
}
/* A port of this window got its first answer, to its `tries`-th try. `evidence`: the answer says something about loss
 * (ICMP errors do not: their senders limit them). */
void ledger_answer(struct ledger *l, size_t position, unsigned tries, bool evidence);
/* The pass, counted from 1, that the port is in or was asked in last. */
static inline unsigned ledger_passes(struct ledger *l, size_t position) {
    const struct window *w = ledger_window(l, position);
    return w->tries + (w->state == WINDOW_SENT ? 0U : 1U);
}
/* A whole pass over window w has been sent; `now` = time of its last probe. */
void ledger_sent(struct ledger *l, size_t w, int64_t now);
/* The pass had its time: charges `loss` for it and decides; no window with silent ports is closed before `tries_min`
 * tries (but tries_max caps). Returns the new state. */
enum window_state ledger_judge(struct ledger *l, size_t w, double loss, unsigned tries_min);
/* The pass that is out is the last one for window w, whatever it proves. */
void ledger_give_up(struct ledger *l, size_t w);
/* What was silent so far proves nothing: every window with silent ports begins anew. */
void ledger_restart(struct ledger *l);
/* Opens closed windows again that the final estimate does not support. True when none had to be. */
bool ledger_review(struct ledger *l, double loss, unsigned tries_min);
/* Largest product of all windows with silent ports, and how many silent ports were capped. */
double ledger_worst(const struct ledger *l);
uint32_t ledger_capped(const struct ledger *l);
uint32_t ledger_silent(const struct ledger *l);

#endif
