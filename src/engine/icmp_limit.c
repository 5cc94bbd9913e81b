#include "engine/icmp_limit.h"

#include "engine/state.h"

#include <math.h>

#define VOLLEY 3              /* controls at a time: a bucket with one token in it shows */
#define VOLLEY_EVERY 48       /* questions */
#define VOLLEY_EVERY_SLOW 24  /* with a scan delay, where time is dear */
#define CHANCE_LOG 6.9        /* chance explains the lost controls less often than once in 1000 times */
#define CHANCE_LOG_OFTEN 11.5 /* the same where it is looked at after each port */
#define TRIALS_MAX 48.0       /* older controls fade */
#define MEASURE_RATE 50.0     /* first packets a second of a measurement */
#define MEASURE_SLOW 20.0     /* when next to nothing answered at the first rate */
#define MEASURE_CONTROL 3     /* one packet in so many is a control: the others settle ports if they are answered */
#define MEASURE_FASTER 4.0    /* all were answered: so many times faster */
#define MEASURE_RATE_MAX 1000.0
#define MEASURE_STEP (NS_PER_S / 4)
#define MEASURE_LEAST NS_PER_S
#define MEASURE_MOST (6 * NS_PER_S)
#define MEASURE_ANSWERS 4 /* are enough */
#define ANSWERED_SHARE 0.6
#define PACE_KEEP 0.98 /* a little slower than the limit, so that the bucket is never empty */
#define USUAL_RATE 1.0 /* Linux's default: what is measured near it is taken for it */
#define USUAL_NEAR 0.06
#define USUAL_KEEP 0.995
#define PACE_SLOWER 1.25 /* when controls are lost nevertheless */
#define PACED_EVERY 16   /* questions per control */
#define GAP_MAX (2 * NS_PER_S)

void icmp_limit_begin(struct engine *g, struct host *h) {
    const struct engine_scan *s = &g->walks[h->scan].scan;
    bool off = !s->follow_icmp_limit || g->c.settings->timing.min_rate > 0;
    h->limit = (struct icmp_limit){.step = off ? ICMP_LIMIT_OFF : ICMP_LIMIT_WATCH};
}

static double limit_loss(const struct engine *g, const struct host *h) {
    return loss_upper(&h->loss, &g->loss);
}

/* ---- controls */

static bool limit_send(struct engine *g, struct host *h, int64_t now) {
    struct icmp_limit *l = &h->limit;
    const struct probe *p = g->walks[h->scan].scan.probe;
    if (!wire_ask(g, h->path, h->r.has_mac ? h->r.mac : NULL, p, &h->subject.addr, l->port, wire_tag(g, now)))
        return false;
    l->sent++;
    l->asked = now;
    engine_took(g, h->prefix, &h->rate, now);
    return true;
}

static void limit_volley(struct icmp_limit *l) {
    l->want = l->step == ICMP_LIMIT_PACED ? 1 : VOLLEY;
    l->sent = l->answered = 0;
    l->questions = 0;
}

/* Sends what is left of a volley. Returns 0, or when it goes on. */
static int64_t limit_volley_turn(struct engine *g, struct host *h, int64_t now) {
    struct icmp_limit *l = &h->limit;
    while (l->want) {
        int64_t slot = ll_max_i64(l->next, engine_slot(g, h->prefix, &h->rate, now));
        if (slot > now)
            return slot;
        if (!limit_send(g, h, now))
            return now + NS_PER_MS;
        l->want--;
        l->next = now + l->gap;
    }
    return 0;
}

static void limit_hear(struct icmp_limit *l, int64_t t) {
    if (l->heard++ == 0)
        l->first = t;
    l->last = t;
}

bool icmp_limit_verdict(struct engine *g, struct host *h, const struct verdict *v, int64_t t) {
    struct icmp_limit *l = &h->limit;
    if (!l->known || v->port != l->port || v->state != PORT_CLOSED || l->sent == 0)
        return false;
    l->answered++;
    limit_hear(l, t);
    /* The end of a volley is known at once when all of it was answered. */
    if (l->answered == l->sent && !l->want && l->step != ICMP_LIMIT_MEASURE && heap_set(&g->hosts, &h->due, t))
        engine_wake(g, t);
    return true;
}

/* ---- measuring */

static void limit_measure(struct host *h, int64_t now, double per_s) {
    struct icmp_limit *l = &h->limit;
    l->step = ICMP_LIMIT_MEASURE;
    l->per_s = per_s;
    l->began = now;
    l->sent = l->answered = l->out = l->heard = 0;
    l->next = now;
}

/* What was silent may only have been kept back: it is asked again, and no faster. */
static void limit_pace(struct engine *g, struct host *h, int64_t now, double per_s) {
    struct icmp_limit *l = &h->limit;
    const struct settings *s = g->c.settings;
    int64_t most = s->timing_given & TIMING_MAX_SCAN_DELAY ? s->timing.max_scan_delay : GAP_MAX;
    int64_t before = l->gap;
    char text[ADDR_TEXT_MAX];
    l->step = ICMP_LIMIT_PACED;
    bool usual = fabs(per_s - USUAL_RATE) < USUAL_NEAR;
    l->gap = ll_min_i64((int64_t)(1e9 / (usual ? USUAL_RATE * USUAL_KEEP : per_s * PACE_KEEP)), most);
    if (l->gap == before)
        return;
    l->next = now + l->gap;
    l->sent = l->answered = l->want = 0;
    l->questions = 0;
    l->trials = l->lost = 0;
    ledger_restart(&h->ledger);
    h->cursor = 0;
    log_debug(g->c.log, 1, "%s limits its port unreachables to %.1f a second: it is asked no faster",
              addr_format(&h->subject.addr, text), per_s);
}

/* One rate has been tried for long enough to see whether it is answered. */
static void limit_step_over(struct engine *g, struct host *h, int64_t now) {
    struct icmp_limit *l = &h->limit;
    int64_t spent = now - l->began;
    bool all = l->answered >= ANSWERED_SHARE * (1 - limit_loss(g, h)) * l->sent;
    if (all && l->per_s * MEASURE_FASTER > MEASURE_RATE_MAX)
        limit_pace(g, h, now, l->per_s); /* a deep bucket, or chance; lost controls will tell */
    else if (all)
        limit_measure(h, now, l->per_s * MEASURE_FASTER);
    else if (spent >= MEASURE_MOST && l->heard == 0)
        l->step = ICMP_LIMIT_OFF; /* no limit of that kind: it does not answer any more */
    else if (spent >= MEASURE_MOST || (l->heard >= MEASURE_ANSWERS && spent >= MEASURE_LEAST)) {
        double seconds = (double)(l->last - l->first) / 1e9;
        limit_pace(g, h, now, l->heard > 1 && seconds > 0 ? (l->heard - 1) / seconds : 1e9 / (double)spent);
    } else if (l->heard <= 1 && l->per_s > MEASURE_SLOW) {
        l->per_s = MEASURE_SLOW;
    }
}

static bool limit_measure_send(struct engine *g, struct host *h, int64_t now) {
    struct icmp_limit *l = &h->limit;
    bool sent = l->out % MEASURE_CONTROL && ports_ask_silent(g, h, &l->place, now);
    if (!sent && !limit_send(g, h, now))
        return false;
    l->out++;
    return true;
}

static int64_t limit_measure_turn(struct engine *g, struct host *h, int64_t now) {
    struct icmp_limit *l = &h->limit;
    if (h->answered == g->walks[h->scan].scan.n_ports)
        return 0; /* there is nobody left to be asked at that rate */
    /* The last quarter's answers need their time. */
    if (now - l->began >= MEASURE_STEP + h->rtt.srtt) {
        limit_step_over(g, h, now);
        if (l->step != ICMP_LIMIT_MEASURE)
            return 0;
    }
    int64_t slot = ll_max_i64(l->next, engine_slot(g, h->prefix, &h->rate, now));
    if (slot <= now && limit_measure_send(g, h, now))
        slot = l->next = now + (int64_t)(1e9 / l->per_s);
    return ll_max_i64(slot, now + NS_PER_MS);
}

/* ---- watching */

/* Chernoff's bound on the chance that the path alone lost so many controls: below e to the power of -rare? */
static bool limit_excess(const struct icmp_limit *l, double loss, double rare) {
    double q = l->trials > 0 ? l->lost / l->trials : 0;
    if (q <= loss)
        return false;
    double rest = q < 1 ? (1 - q) * log((1 - q) / (1 - loss)) : 0;
    return l->trials * (q * log(q / loss) + rest) > rare;
}

static void limit_trials(struct icmp_limit *l, unsigned trials, unsigned lost) {
    double keep = l->trials > TRIALS_MAX ? 0.5 : 1;
    l->trials = l->trials * keep + trials;
    l->lost = l->lost * keep + lost;
}

/* More is lost at this pace than the path explains. */
static void limit_slower(struct engine *g, struct host *h, int64_t now) {
    limit_pace(g, h, now, 1e9 / ((double)h->limit.gap * PACE_KEEP * PACE_SLOWER));
}

/* Controls that are out have had their time, or have all been answered. */
static void limit_judge(struct engine *g, struct host *h, int64_t now) {
    struct icmp_limit *l = &h->limit;
    if (l->sent == 0 || l->want || (l->answered < l->sent && now < l->asked + engine_timeout(g, h)))
        return;
    unsigned lost = l->answered < l->sent ? l->sent - l->answered : 0;
    limit_trials(l, l->sent, lost);
    l->sent = 0;
    l->proven = lost == 0;
    if (h->canaries.silent_host || !limit_excess(l, limit_loss(g, h), CHANCE_LOG))
        return;
    if (l->step == ICMP_LIMIT_PACED)
        limit_slower(g, h, now);
    else
        limit_measure(h, now, MEASURE_RATE);
}

static unsigned limit_every(const struct engine *g, const struct icmp_limit *l) {
    if (l->step == ICMP_LIMIT_PACED)
        return PACED_EVERY;
    return g->c.settings->timing.scan_delay ? VOLLEY_EVERY_SLOW : VOLLEY_EVERY;
}

int64_t icmp_limit_turn(struct engine *g, struct host *h, int64_t now) {
    struct icmp_limit *l = &h->limit;
    if (l->step == ICMP_LIMIT_OFF || !l->known)
        return 0;
    if (l->step != ICMP_LIMIT_MEASURE)
        limit_judge(g, h, now);
    if (l->step == ICMP_LIMIT_MEASURE) {
        int64_t again = limit_measure_turn(g, h, now);
        if (again)
            return again;
    }
    if (!l->sent && !l->want && l->questions >= limit_every(g, l))
        limit_volley(l);
    int64_t again = limit_volley_turn(g, h, now);
    if (again)
        return again;
    return l->next > now ? l->next : 0;
}

void icmp_limit_heard(struct engine *g, struct host *h, uint16_t port, unsigned passes, int64_t t) {
    struct icmp_limit *l = &h->limit;
    if (!l->known) {
        l->known = true;
        l->port = port;
    }
    if (!passes)
        return;
    if (l->step == ICMP_LIMIT_MEASURE)
        limit_hear(l, t);
    if (l->step != ICMP_LIMIT_PACED)
        return;
    if (l->questions)
        l->questions--;
    limit_trials(l, passes, passes - 1);
    if (limit_excess(l, limit_loss(g, h), CHANCE_LOG_OFTEN))
        limit_slower(g, h, t);
}

void icmp_limit_asked(struct host *h, int64_t now) {
    struct icmp_limit *l = &h->limit;
    l->questions++;
    l->proven = false;
    l->next = h->canaries.silent_host ? now : now + l->gap;
}

int64_t icmp_limit_hold(struct engine *g, struct host *h, int64_t now) {
    struct icmp_limit *l = &h->limit;
    if (l->step != ICMP_LIMIT_WATCH || !l->known || l->proven || h->canaries.silent_host || !ledger_silent(&h->ledger))
        return -1;
    if (!l->sent && !l->want)
        limit_volley(l);
    int64_t again = limit_volley_turn(g, h, now);
    return again ? again : now + engine_timeout(g, h);
}
