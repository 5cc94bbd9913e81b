/* Lines inside host and range blocks: a table of directives, and port rules painted into sorted intervals. */
#include "sim_block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/icmp.h"
#include "sim_service.h"
#include "sim_words.h"

/* The reader gives up beyond these; a block of a test has a handful. */
enum { ACTIONS_MAX = 200, RULES_MAX = 65536, CHANCES_MAX = 256 };

/* RFC 792, RFC 1812 5.2.7.1; RFC 4443 3.1, 3.4. errno as Linux maps them for a connecting socket. */
const struct sim_code sim_codes[] = {
    {"port-unreach", {3, 3}, {1, 4}, ECONNREFUSED, ECONNREFUSED},
    {"host-unreach", {3, 1}, {1, 3}, EHOSTUNREACH, EHOSTUNREACH},
    {"net-unreach", {3, 0}, {1, 0}, ENETUNREACH, ENETUNREACH},
    {"admin-prohibited", {3, 13}, {1, 1}, EHOSTUNREACH, EACCES},
    {"host-prohibited", {3, 10}, {1, 1}, EHOSTUNREACH, EACCES},
    {"net-prohibited", {3, 9}, {1, 1}, ENETUNREACH, EACCES},
    {"proto-unreach", {3, 2}, {4, 1}, ENOPROTOOPT, EPROTO},
    {"time-exceeded", {11, 0}, {3, 0}, EHOSTUNREACH, EHOSTUNREACH},
};
const size_t sim_codes_count = LL_COUNT(sim_codes);

void sim_draft_init(struct sim_draft *d) {
    memset(d, 0, sizeof *d);
    d->m = (struct sim_manner){.rtt = NS_PER_MS,
                               .otherwise = {.kind = SIM_CLOSED},
                               .absent = {.kind = SIM_DROP},
                               .udp = {.kind = SIM_DROP},
                               .echo = true,
                               .timestamp = true,
                               .arp = true,
                               .repeats = true,
                               .ttl = 64,
                               .dies = -1,
                               .returns = -1};
}

void sim_draft_finish(struct sim_draft *d) {
    free(d->actions);
    free(d->sure);
    free(d->udp);
    free(d->chances);
    memset(d, 0, sizeof *d);
}

/* Makes room for one more element of `size` bytes. */
static bool room(void **v, size_t n, size_t *cap, size_t size, size_t max, struct err *e) {
    if (n < *cap)
        return true;
    if (n >= max)
        return err_set(e, ERR_LIMIT, "more than %zu rules", max);
    size_t more = ll_min_size(*cap ? *cap * 2 : 8, max);
    void *p = realloc(*v, more * size);
    if (!p)
        return err_set(e, ERR_MEMORY, "out of memory");
    *v = p;
    *cap = more;
    return true;
}

static bool add_action(struct sim_draft *d, const struct sim_action *a, struct err *e) {
    if (!room((void **)&d->actions, d->n_actions, &d->cap_actions, sizeof *a, ACTIONS_MAX, e))
        return false;
    d->actions[d->n_actions++] = *a;
    return true;
}

static bool add_rule(struct sim_draft *d, const struct sim_ports *p, double chance, struct err *e) {
    if (chance >= 1) {
        if (!room((void **)&d->sure, d->n_sure, &d->cap_sure, sizeof *p, RULES_MAX, e))
            return false;
        d->sure[d->n_sure++] = *p;
        return true;
    }
    if (!room((void **)&d->chances, d->n_chances, &d->cap_chances, sizeof *d->chances, CHANCES_MAX, e))
        return false;
    d->chances[d->n_chances++] = (struct sim_chance_rule){*p, chance};
    return true;
}

static bool add_udp(struct sim_draft *d, const struct sim_ports *p, struct err *e) {
    if (!room((void **)&d->udp, d->n_udp, &d->cap_udp, sizeof *p, RULES_MAX, e))
        return false;
    d->udp[d->n_udp++] = *p;
    return true;
}

bool sim_draft_copy(struct sim_draft *to, const struct sim_draft *from, struct err *e) {
    sim_draft_finish(to);
    to->m = from->m;
    to->services = from->services;
    for (size_t i = 0; i < from->n_actions; i++)
        if (!add_action(to, &from->actions[i], e))
            return false;
    for (size_t i = 0; i < from->n_sure; i++)
        if (!add_rule(to, &from->sure[i], 1, e))
            return false;
    for (size_t i = 0; i < from->n_udp; i++)
        if (!add_udp(to, &from->udp[i], e))
            return false;
    for (size_t i = 0; i < from->n_chances; i++)
        if (!add_rule(to, &from->chances[i].ports, from->chances[i].chance, e))
            return false;
    return true;
}

/* Reads "closed", "filtered", "open", "tcp-reset" or the name of an ICMP error, and "from ADDR" behind it. */
static bool read_action(const struct sim_line *l, size_t at, struct sim_action *out, struct err *e) {
    static const struct {
        const char *name;
        enum sim_answer kind;
    } kinds[] = {{"open", SIM_OPEN}, {"closed", SIM_CLOSED}, {"filtered", SIM_DROP}, {"tcp-reset", SIM_RESET}};
    if (at < l->n && slice_eq(l->w[at], SLICE("reject")))
        at++;
    if (at >= l->n)
        return err_set(e, ERR_INPUT, "an answer is missing (open, closed, filtered or an error)");
    memset(out, 0, sizeof *out);
    bool found = false;
    for (size_t i = 0; i < LL_COUNT(kinds) && !found; i++)
        if ((found = slice_eq(l->w[at], slice_of(kinds[i].name))))
            out->kind = (uint8_t)kinds[i].kind;
    for (size_t i = 0; i < sim_codes_count && !found; i++)
        if ((found = slice_eq(l->w[at], slice_of(sim_codes[i].name)))) {
            out->kind = SIM_ICMP;
            out->code = (uint8_t)i;
        }
    if (!found)
        return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is not an answer of a port", SLICE_ARG(l->w[at]));
    if (at + 1 == l->n)
        return true;
    if (at + 3 != l->n || !slice_eq(l->w[at + 1], SLICE("from")))
        return err_set(e, ERR_INPUT, "only \"from ADDRESS\" may follow the answer");
    return sim_word_addr(l->w[at + 2], &out->from, e);
}

static bool paint_ports(struct sim_draft *d, struct slice list, const struct sim_action *a, double chance,
                        struct err *e) {
    bool bad = false;
    struct sim_ports p = {.action = (uint8_t)d->n_actions};
    if (!add_action(d, a, e))
        return false;
    while (sim_word_ports(&list, &p.first, &p.last, &bad, e))
        if (!add_rule(d, &p, chance, e))
            return false;
    return !bad;
}

static bool line_ports(struct sim_draft *d, const struct sim_line *l, struct arena *arena, struct err *e) {
    enum sim_answer kind = slice_eq(l->w[0], SLICE("open"))     ? SIM_OPEN
                           : slice_eq(l->w[0], SLICE("closed")) ? SIM_CLOSED
                                                                : SIM_DROP;
    struct sim_action a = {.kind = (uint8_t)kind};
    double chance = 1;
    (void)arena;
    if (l->n == 1) {
        if (kind != SIM_DROP)
            return err_set(e, ERR_INPUT, "ports are missing");
        d->m.otherwise = a;
        return true;
    }
    if (l->n == 4 && slice_eq(l->w[2], SLICE("chance"))) {
        if (!sim_word_share(l->w[3], &chance, e))
            return false;
    } else if (l->n != 2) {
        return err_set(e, ERR_INPUT, "give ports, and perhaps \"chance P%%\"");
    }
    return paint_ports(d, l->w[1], &a, chance, e);
}

static bool line_reject(struct sim_draft *d, const struct sim_line *l, struct arena *arena, struct err *e) {
    (void)arena;
    struct sim_action a;
    return read_action(l, 2, &a, e) && paint_ports(d, l->w[1], &a, 1, e);
}

static bool line_latency(struct sim_draft *d, const struct sim_line *l, struct arena *arena, struct err *e) {
    (void)arena;
    if (!sim_word_time(l->w[1], &d->m.rtt, e))
        return false;
    d->m.jitter = 0;
    if (l->n == 2)
        return true;
    if (l->n != 4 || !slice_eq(l->w[2], SLICE("jitter")))
        return err_set(e, ERR_INPUT, "write latency TIME jitter TIME");
    return sim_word_time(l->w[3], &d->m.jitter, e);
}

static bool line_loss(struct sim_draft *d, const struct sim_line *l, struct arena *arena, struct err *e) {
    (void)arena;
    return sim_word_share(l->w[1], &d->m.loss_there, e) && sim_word_share(l->w[l->n == 3 ? 2 : 1], &d->m.loss_back, e);
}

static bool line_late(struct sim_draft *d, const struct sim_line *l, struct arena *arena, struct err *e) {
    (void)arena;
    return sim_word_share(l->w[1], &d->m.late, e) && sim_word_time(l->w[2], &d->m.late_by, e);
}

static bool line_limit(struct sim_draft *d, const struct sim_line *l, struct arena *arena, struct err *e) {
    (void)arena;
    static const char *names[SIM_LIMITS] = {"rst", "icmp", "synack", "echo"};
    for (size_t i = 0; i < SIM_LIMITS; i++) {
        if (!slice_eq(l->w[1], slice_of(names[i])))
            continue;
        struct sim_rate *r = &d->m.limit[i];
        uint64_t burst = 1;
        if (!sim_word_rate(l->w[2], &r->per_s, e))
            return false;
        if (l->n == 5 && slice_eq(l->w[3], SLICE("burst"))) {
            if (!sim_word_count(l->w[4], 1000000, &burst, e))
                return false;
        } else if (l->n != 3) {
            return err_set(e, ERR_INPUT, "write rate-limit WHAT RATE burst N");
        }
        r->burst = (double)(burst > 0 ? burst : 1);
        return true;
    }
    return err_set(e, ERR_INPUT, "rate-limit knows rst, icmp, synack and echo");
}

static bool line_noise(struct sim_draft *d, const struct sim_line *l, struct arena *arena, struct err *e) {
    (void)arena;
    static const char *names[SIM_NOISES] = {"synack", "rst", "unreach"};
    for (size_t i = 0; i < SIM_NOISES; i++)
        if (slice_eq(l->w[1], slice_of(names[i])))
            return sim_word_rate(l->w[2], &d->m.noise[i], e);
    return err_set(e, ERR_INPUT, "noise knows synack, rst and unreach");
}

static bool count32(struct slice w, uint32_t *out, struct err *e) {
    uint64_t v;
    if (!sim_word_count(w, 1000000, &v, e))
        return false;
    *out = (uint32_t)v;
    return true;
}

/* Directives with one simple value. */
static bool line_simple(struct sim_draft *d, const struct sim_line *l, struct arena *arena, struct err *e) {
    struct slice k = l->w[0], v = l->w[1];
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {{"echo", &d->m.echo}, {"timestamp", &d->m.timestamp}, {"mask", &d->m.mask},
                 {"arp", &d->m.arp},   {"known", &d->m.known},         {"repeats", &d->m.repeats}};
    for (size_t i = 0; i < LL_COUNT(flags); i++)
        if (slice_eq(k, slice_of(flags[i].name)))
            return sim_word_flag(v, flags[i].flag, e);
    if (slice_eq(k, SLICE("dup")))
        return sim_word_share(v, &d->m.dup, e);
    if (slice_eq(k, SLICE("drop-first")))
        return count32(v, &d->m.drop_first, e);
    if (slice_eq(k, SLICE("backlog")))
        return count32(v, &d->m.backlog, e);
    if (slice_eq(k, SLICE("dies")))
        return sim_word_time(v, &d->m.dies, e);
    if (slice_eq(k, SLICE("returns")))
        return sim_word_time(v, &d->m.returns, e);
    if (slice_eq(k, SLICE("mac"))) {
        d->m.has_mac = true;
        return sim_word_mac(v, d->m.mac, e);
    }
    if (slice_eq(k, SLICE("ptr"))) {
        d->m.ptr = arena_copy(arena, v);
        return d->m.ptr.p || err_set(e, ERR_MEMORY, "out of memory");
    }
    if (slice_eq(k, SLICE("quote"))) {
        d->m.quote_full = slice_eq(v, SLICE("full"));
        return d->m.quote_full || slice_eq(v, SLICE("short")) || err_set(e, ERR_INPUT, "quote knows full and short");
    }
    uint64_t ttl; /* what is left */
    if (!sim_word_count(v, 255, &ttl, e))
        return false;
    d->m.ttl = (uint8_t)ttl;
    return true;
}

/* udp ANSWER [PORTS] */
static bool line_udp(struct sim_draft *d, const struct sim_line *l, struct arena *arena, struct err *e) {
    (void)arena;
    struct sim_line answer = {.w = {l->w[0], l->w[1]}, .n = 2};
    struct sim_action a;
    bool bad = false;
    if (l->n == 3 && slice_eq(l->w[1], SLICE("elsewhere")))
        a = (struct sim_action){.kind = SIM_ELSEWHERE};
    else if (!read_action(&answer, 1, &a, e))
        return false;
    if (a.kind == SIM_RESET)
        return err_set(e, ERR_INPUT, "UDP has no resets");
    if (l->n == 2) {
        d->m.udp = a;
        return true;
    }
    struct sim_ports p = {.action = (uint8_t)d->n_actions};
    struct slice list = l->w[2];
    if (!add_action(d, &a, e))
        return false;
    while (sim_word_ports(&list, &p.first, &p.last, &bad, e))
        if (!add_udp(d, &p, e))
            return false;
    return !bad;
}

/* service [udp] PORTS ...: a TCP port with a service is open. */
static bool line_service(struct sim_draft *d, const struct sim_line *l, struct arena *arena, struct err *e) {
    struct sim_action open = {.kind = SIM_OPEN};
    if (!sim_service_line(&d->services, l, arena, e))
        return false;
    return d->services->udp || paint_ports(d, l->w[1], &open, 1, e);
}

static bool line_default(struct sim_draft *d, const struct sim_line *l, struct arena *arena, struct err *e) {
    (void)arena;
    return read_action(l, 1, &d->m.otherwise, e);
}

static bool line_absent(struct sim_draft *d, const struct sim_line *l, struct arena *arena, struct err *e) {
    (void)arena;
    return read_action(l, 1, &d->m.absent, e);
}

static const struct {
    const char *name;
    uint8_t min, max; /* words */
    bool (*read)(struct sim_draft *d, const struct sim_line *l, struct arena *a, struct err *e);
} directives[] = {{"open", 2, 4, line_ports},       {"closed", 2, 4, line_ports},
                  {"filtered", 1, 4, line_ports},   {"reject", 3, 5, line_reject},
                  {"default", 2, 5, line_default},  {"absent", 2, 5, line_absent},
                  {"latency", 2, 4, line_latency},  {"loss", 2, 3, line_loss},
                  {"late", 3, 3, line_late},        {"rate-limit", 3, 5, line_limit},
                  {"noise", 3, 3, line_noise},      {"echo", 2, 2, line_simple},
                  {"timestamp", 2, 2, line_simple}, {"arp", 2, 2, line_simple},
                  {"known", 2, 2, line_simple},     {"repeats", 2, 2, line_simple},
                  {"dup", 2, 2, line_simple},       {"drop-first", 2, 2, line_simple},
                  {"backlog", 2, 2, line_simple},   {"dies", 2, 2, line_simple},
                  {"returns", 2, 2, line_simple},   {"mac", 2, 2, line_simple},
                  {"ptr", 2, 2, line_simple},       {"quote", 2, 2, line_simple},
                  {"udp", 2, 3, line_udp},          {"ttl", 2, 2, line_simple},
                  {"mask", 2, 2, line_simple},      {"service", 3, SIM_LINE_WORDS, line_service}};

bool sim_draft_line(struct sim_draft *d, const struct sim_line *l, struct arena *a, bool *ok, struct err *e) {
    for (size_t i = 0; i < LL_COUNT(directives); i++) {
        if (!slice_eq(l->w[0], slice_of(directives[i].name)))
            continue;
        *ok = l->n >= directives[i].min && l->n <= directives[i].max;
        *ok = *ok ? directives[i].read(d, l, a, e) : err_set(e, ERR_INPUT, "wrong number of words");
        return true;
    }
    return false;
}

/* Paints all rules over 65,536 ports, later ones over earlier ones, and reads the colours off as intervals. */
static bool seal_ports(const struct sim_draft *d, struct sim_block *b, struct arena *a) {
    enum { PORTS = 65536, BARE = 255 };
    uint8_t *paint = malloc(PORTS);
    if (!paint)
        return false;
    memset(paint, BARE, PORTS);
    for (size_t i = 0; i < d->n_sure; i++)
        memset(paint + d->sure[i].first, d->sure[i].action, (size_t)(d->sure[i].last - d->sure[i].first) + 1);
    size_t n = 0;
    for (size_t i = 0; i < PORTS; i++)
        n += paint[i] != BARE && (i == 0 || paint[i] != paint[i - 1]);
    b->ports = arena_array(a, n, sizeof *b->ports);
    for (size_t i = 0; b->ports && i < PORTS; i++) {
        if (paint[i] == BARE)
            continue;
        if (i == 0 || paint[i] != paint[i - 1])
            b->ports[b->n_ports++] = (struct sim_ports){.first = (uint16_t)i, .action = paint[i]};
        b->ports[b->n_ports - 1].last = (uint16_t)i;
    }
    free(paint);
    return b->ports != NULL;
}

bool sim_draft_seal(const struct sim_draft *d, struct sim_block *b, struct arena *a, struct err *e) {
    bool ok = true;
    b->m = d->m;
    b->services = d->services;
    if (d->n_actions > 0) {
        b->actions = arena_array(a, d->n_actions, sizeof *b->actions);
        ok = b->actions != NULL;
        if (ok)
            memcpy(b->actions, d->actions, d->n_actions * sizeof *b->actions);
    }
    if (ok && d->n_udp > 0) {
        b->udp = arena_array(a, d->n_udp, sizeof *b->udp);
        ok = b->udp != NULL;
        b->n_udp = ok ? d->n_udp : 0;
        if (ok)
            memcpy(b->udp, d->udp, d->n_udp * sizeof *b->udp);
    }
    if (ok && d->n_sure > 0)
        ok = seal_ports(d, b, a);
    if (ok && d->n_chances > 0) {
        b->chances = arena_array(a, d->n_chances, sizeof *b->chances);
        ok = b->chances != NULL;
        for (size_t i = 0; ok && i < d->n_chances; i++) /* later lines win, so they come first */
            b->chances[i] = d->chances[d->n_chances - 1 - i];
        b->n_chances = ok ? d->n_chances : 0;
    }
    return ok || err_set(e, ERR_MEMORY, "the world does not fit in memory");
}
