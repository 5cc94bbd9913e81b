/* Phrases that more than one format needs. */
#include "report/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#define MISS_NOTABLE 1e-4        /* the default bound on the chance of a miss */
#define ONE_IN_MOST 1000000000.0 /* nobody believes more */

struct program words_program(const struct run_info *run) {
    if (run->program != NULL) {
        return *run->program;
    }
    struct program own = program_own;
    own.version = run->version;
    return own;
}

void words_count(struct buf *b, uint64_t n, const char *one, const char *many) {
    buf_printf(b, "%" PRIu64 " %s", n, n == 1 ? one : many);
}

void words_time(struct buf *b, int64_t wall, const char *format) {
    struct tm tm;
    char text[128];
    time_t t = (time_t)wall;
    size_t n = localtime_r(&t, &tm) != NULL ? strftime(text, sizeof text, format, &tm) : 0;
    buf_put(b, n > 0 ? (struct slice){text, n} : SLICE("(unknown time)"));
}

void words_clock(struct buf *b, double seconds) {
    uint64_t s = seconds > 0 && seconds < 1e15 ? (uint64_t)(seconds + 0.5) : 0;
    buf_printf(b, "%" PRIu64 ":%02u:%02u", s / 3600, (unsigned)(s / 60 % 60), (unsigned)(s % 60));
}

void words_task(struct buf *b, enum phase p, uint32_t hosts) {
    buf_put_str(b, phase_text(p));
    if (p == PHASE_DNS) {
        buf_put_str(b, " of ");
        words_count(b, hosts, "host.", "hosts.");
    }
}

void words_summary(struct buf *b, const struct run_stats *s) {
    words_count(b, s->hosts_total, "IP address (", "IP addresses (");
    words_count(b, s->hosts_up, "host up)", "hosts up)");
    buf_printf(b, " scanned in %.2f seconds", s->elapsed_s);
}

void words_sampled(struct buf *b, const struct host_result *h) {
    buf_put_str(b, "so many ports are open that the rest was sampled (--max-open): ");
    words_count(b, h->not_asked, "port was not asked", "ports were not asked");
}

const char *words_early(const struct run_stats *s) {
    return s->out_of_time ? "Time limit reached (--max-runtime)" : "Interrupted";
}

struct slice words_interrupted(const struct run_stats *s) {
    return s->out_of_time ? SLICE("time limit reached (--max-runtime)") : SLICE("interrupted");
}

static void put_range(struct buf *b, bool first, unsigned from, unsigned to) {
    buf_printf(b, from == to ? "%s%u" : "%s%u-%u", first ? "" : ",", from, to);
}

void words_ranges(struct buf *b, const struct host_result *h, enum port_state s, const struct extra_reason *r) {
    bool open = false, first = true;
    unsigned from = 0, to = 0;
    for (size_t i = 0; i < h->n_ports; i++) {
        const struct port_result *p = &h->ports[i];
        if (p->state != s || p->reason != r->reason || p->proto != r->proto) {
            continue;
        }
        if (open && p->port == to + 1) {
            to = p->port;
            continue;
        }
        if (open) {
            put_range(b, first, from, to);
            first = false;
        }
        open = true;
        from = to = p->port;
    }
    if (open) {
        put_range(b, first, from, to);
    }
}

/* 1/chance, rounded down to two digits, so that "below 1 in N" stays true. */
static void put_one_in(struct buf *b, double chance) {
    double n = chance > 1 / ONE_IN_MOST ? 1 / chance : ONE_IN_MOST;
    double unit = n >= 100 ? pow(10, floor(log10(n)) - 1) : 1;
    uint64_t v = (uint64_t)(floor(n / unit) * unit);
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, v);
    buf_put_str(b, "below 1 in ");
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) {
            buf_put_char(b, ',');
        }
        buf_put_char(b, digits[i]);
    }
}

static void put_loss(struct buf *b, double loss) {
    if (loss <= 0) {
        buf_put_str(b, "no loss seen");
    } else if (loss < 0.001) {
        buf_put_str(b, "loss below 0.1%");
    } else {
        buf_printf(b, "loss %.1f%%", 100 * fmin(loss, 1));
    }
}

void words_completeness(struct buf *b, const struct completeness *c) {
    if (c->measured) {
        put_loss(b, c->loss);
        buf_put_str(b, ", ");
    }
    if (c->silent == 0) {
        buf_put_str(b, "every port answered");
    } else if (!c->measured) {
        buf_put_str(b, "too few answers to measure loss");
    } else if (c->miss_limit < 0.5) {
        buf_put_str(b, "chance of a missed open port ");
        put_one_in(b, c->miss_limit);
    } else {
        buf_put_str(b, "silent ports are unproven");
    }
    if (c->capped > 0) {
        buf_put_str(b, "; ");
        words_count(b, c->capped, "silent port was", "silent ports were");
        buf_put_str(b, c->fell_silent ? " given up, because the host stopped answering"
                                      : " given up at --max-retries, before the bound was reached");
    }
}

bool words_is_notable(const struct completeness *c) {
    return c->capped > 0 || (c->measured && c->loss > 0 && c->silent > 0 && c->miss_limit > MISS_NOTABLE);
}

bool words_host_shown(const struct run_info *run, const struct host_result *h) {
    if (h->state == HOST_DOWN || h->state == HOST_SKIPPED) {
        return run->show_down;
    }
    return !(run->open_only && h->scanned && !result_has_open(h));
}

struct shown_rules words_rules(const struct run_info *run) {
    return (struct shown_rules){.verbose = run->verbose, .debug = run->debug, .open_only = run->open_only};
}

const struct addr *words_from(const struct host_result *h, const struct port_result *p) {
    return p->from > 0 && p->from <= h->n_from && p->from <= HOST_FROM_MAX ? &h->from_list[p->from - 1] : NULL;
}

void words_alike(struct buf *b, const struct host_result *h) {
    buf_put_str(b, "the open ports of this host answer alike (a SYN proxy or a tarpit?): ");
    words_count(b, h->alike, "more open port was", "more open ports were");
    buf_put_str(b, " not asked and not listed");
}

struct words_service_facts words_service_of(const struct writer_options *o, const struct host_result *h,
                                            const struct port_result *p) {
    const struct service_result *r = result_service(h, p);
    struct words_service_facts f = {.name = words_service(o->services, p), .found = r};
    if (r == NULL) {
        return f;
    }
    if (r->name.n > 0) {
        f.name = r->name;
    }
    f.ssl = r->tunnel != TUNNEL_NONE;
    f.guessed = !r->probed && f.name.n > 0 && p->state == PORT_OPEN && r->end != SERVICE_END_EXCLUDED;
    return f;
}

struct slice words_service(const struct services *s, const struct port_result *p) {
    return s != NULL ? services_name(s, (enum proto)p->proto, p->port) : (struct slice){NULL, 0};
}
