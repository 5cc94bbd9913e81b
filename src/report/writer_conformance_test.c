/* What every format of the list owes to the assembly (report/writer.h), whatever it looks like. A new format needs a
 * row in `marks`. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <time.h>

#include "base/rng.h"
#include "report/list.h"
#include "report/out.h"

#define SEED 20261123
#define RUNS 400
#define EVENTS_MOST 30
#define PORTS 40
#define TEXT(literal)                                                                                                  \
    { (literal), sizeof(literal) - 1 } /* for static initializers */
#define HUGE_PORTS 1500000             /* more than OUT_CEILING holds, as XML or JSON */

/* How a whole document begins and ends. `bare`: neither head nor end nor hosts, so an empty run is an empty document.
 * `terse`: the largest host fits below the ceiling. */
static const struct mark {
    const char *writer, *first, *last;
    bool bare, terse;
} marks[] = {
    {"normal", "", "\n", false, true},
    {"xml", "<?xml version=\"1.0\"", "</runstats>\n</nmaprun>\n", false, false},
    {"json", "{\"event\":\"begin\"", "}\n", false, false},
    {"grep", "# Leadline 1 scan initiated ", " seconds\n", false, true},
    {"list", "", "", true, true},
};

static const struct writer_type *const types[] = {
#define X(type) &(type),
    WRITER_LIST(X)
#undef X
};

/* What the sink has seen. */
struct tape {
    struct buf all;
    size_t calls, largest;
    bool ended;
};

static void tape_write(void *ctx, struct slice bytes) {
    struct tape *t = ctx;
    assert_false(t->ended);
    assert_true(bytes.n > 0 && bytes.p[bytes.n - 1] == '\n'); /* whole lines, and never nothing */
    assert_true(bytes.n <= OUT_CEILING);
    t->calls++;
    t->largest = ll_max_size(t->largest, bytes.n);
    assert_true(buf_put(&t->all, bytes));
}

static struct writer *tape_open(struct tape *t, const struct writer_type *type, const struct writer_options *o) {
    memset(t, 0, sizeof *t);
    buf_init(&t->all, 2 * OUT_CEILING);
    struct writer *w = type->create(o, (struct sink){tape_write, t});
    assert_non_null(w);
    assert_int_equal(t->calls, 0); /* nothing is said before `begin` */
    return w;
}

static const struct mark *mark_of(const struct writer_type *type) {
    for (size_t i = 0; i < LL_COUNT(marks); i++)
        if (strcmp(marks[i].writer, type->name) == 0)
            return &marks[i];
    fail_msg("%s has no row in `marks`", type->name);
    return NULL;
}

/* Ends the document; gives what `end` gave. */
static bool tape_close(struct tape *t, const struct writer_type *type, struct writer *w, const struct run_stats *s) {
    size_t calls = t->calls;
    bool ok = type->end(w, s);
    t->ended = true;
    assert_true(mark_of(type)->bare ? t->calls == calls : t->calls > calls);
    type->destroy(w);
    return ok;
}

static void assert_document(struct tape *t, const struct writer_type *type) {
    const struct mark *m = mark_of(type);
    const char *text = buf_cstr(&t->all);
    size_t last = strlen(m->last);
    if (strncmp(text, m->first, strlen(m->first)) != 0)
        fail_msg("%s does not begin well: %.60s", type->name, text);
    if (t->all.n < last || strcmp(text + t->all.n - last, m->last) != 0)
        fail_msg("%s does not end well: ...%s", type->name, text + (t->all.n > 80 ? t->all.n - 80 : 0));
}

static size_t count(struct tape *t, const char *what) {
    size_t n = 0;
    for (const char *p = buf_cstr(&t->all); (p = strstr(p, what)); p++)
        n++;
    return n;
}

static const struct run_info plain_run = {.version = "1", .args = TEXT("leadline x"), .wall_start = 1795464211};
static const struct run_stats stats[] = {
    {.wall_end = 1795464212, .elapsed_s = 1},
    {.wall_end = 1795464212, .elapsed_s = 1, .interrupted = true, .hosts_up = 3, .hosts_total = 9},
    {.wall_end = 1795464212, .error = TEXT("eth0: the interface \"<went>\" away\n")},
    {.wall_end = INT64_MAX / 4,
     .elapsed_s = 1e15,
     .hosts_up = UINT64_MAX,
     .hosts_total = UINT64_MAX,
     .raw = true,
     .sent_packets = UINT64_MAX,
     .sent_bytes = UINT64_MAX,
     .received_packets = UINT64_MAX},
};

static void the_list_is_in_order(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(types); i++) {
        const struct writer_type *t = types[i];
        assert_ptr_equal(writer_find(slice_of(t->name)), t); /* so the name is unique */
        assert_true(t->create && t->begin && t->event && t->end && t->destroy);
        t->destroy(NULL);
        (void)mark_of(t);
    }
}

/* Runs that found nothing: ended at once, interrupted, failed. */
static void empty_runs_are_documents(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(types); i++)
        for (size_t k = 0; k < LL_COUNT(stats) * 4; k++) {
            struct tape t;
            struct writer_options o = {.run = &plain_run, .terminal = k & 1};
            struct writer *w = tape_open(&t, types[i], &o);
            if (k & 2) /* else the run failed before it began */
                types[i]->begin(w);
            assert_int_equal(t.calls > 0, (k & 2) != 0 && !mark_of(types[i])->bare);
            assert_true(tape_close(&t, types[i], w, &stats[k / 4]));
            if (k & 2)
                assert_document(&t, types[i]);
            buf_finish(&t.all);
        }
    /* Never begun, never ended: nothing was written, nothing is kept. */
    for (size_t i = 0; i < LL_COUNT(types); i++) {
        struct tape t;
        struct writer_options o = {.run = &plain_run};
        types[i]->destroy(tape_open(&t, types[i], &o));
        assert_int_equal(t.calls, 0);
    }
}

/* ---- runs by chance */

struct play {
    struct rng rng;
    struct run_info run;
    struct port_result ports[PORTS];
    struct host_result host;
};

static bool coin(struct play *p) {
    return rng_below(&p->rng, 2) == 1;
}

static void play_host(struct play *p) {
    struct host_result *h = &p->host;
    memset(h, 0, sizeof *h);
    h->addr = coin(p) ? addr_v4((uint32_t)rng_u64(&p->rng)) : addr_v6((const uint8_t[16]){0xfe, 0x80, [15] = 7}, 0);
    h->state = (enum host_state)rng_below(&p->rng, HOST_SKIPPED + 1);
    h->reason = (enum reason)rng_below(&p->rng, REASON_COUNT);
    h->ttl = (uint8_t)rng_u64(&p->rng);
    h->given = coin(p) ? SLICE("example.com") : SLICE("");
    h->ptr = coin(p) ? SLICE("www.example.net") : SLICE("");
    h->has_mac = coin(p);
    h->timed = coin(p);
    h->srtt_us = (uint32_t)rng_u64(&p->rng);
    h->wall_start = coin(p) ? 1795464211 : 0;
    h->wall_end = h->wall_start;
    h->timed_out = coin(p);
    h->partial = coin(p);
    h->scanned = coin(p);
    h->n_from = rng_below(&p->rng, 3);
    for (size_t i = 0; i < h->n_from; i++)
        h->from_list[i] = addr_v4((uint32_t)i + 1);
    h->complete = (struct completeness){.measured = coin(p), .loss = rng_real(&p->rng), .fell_silent = coin(p)};
    h->ports = p->ports;
    h->n_ports = rng_below(&p->rng, PORTS + 1);
    for (size_t i = 0; i < h->n_ports; i++)
        p->ports[i] = (struct port_result){.port = (uint16_t)(i * 1000),
                                           .proto = (uint8_t)rng_below(&p->rng, PROTO_COUNT),
                                           .state = (uint8_t)(1 + rng_below(&p->rng, PORT_STATE_COUNT - 1)),
                                           .reason = (uint8_t)rng_below(&p->rng, REASON_COUNT),
                                           .ttl = (uint8_t)rng_u64(&p->rng),
                                           .from = (uint8_t)rng_below(&p->rng, h->n_from + 1)};
}

static struct event play_event(struct play *p) {
    play_host(p);
    struct event e = {.kind = (enum event_kind)rng_below(&p->rng, EVENT_STATUS + 1),
                      .wall = 1795464211 + (int64_t)rng_below(&p->rng, 100),
                      .phase = (enum phase)rng_below(&p->rng, PHASE_COUNT),
                      .hosts = (uint32_t)rng_below(&p->rng, 3),
                      .ports = rng_below(&p->rng, 3),
                      .elapsed_s = rng_real(&p->rng),
                      .progress = {rng_real(&p->rng) * 100, (int64_t)rng_below(&p->rng, 9) - 1, 1795464300},
                      .text = SLICE("10.0.0.300")};
    if (e.kind == EVENT_PORT && p->host.n_ports == 0)
        e.kind = EVENT_HOST;
    e.port = e.kind == EVENT_PORT ? &p->ports[0] : NULL;
    bool names_host = e.kind == EVENT_HOST || e.kind == EVENT_HOST_UP || e.kind == EVENT_PORT;
    if (names_host || (e.kind == EVENT_PHASE_SCANNING && coin(p)))
        e.host = &p->host;
    return e;
}

static void play_run(struct play *p, uint64_t seed, const struct writer_type *type, struct tape *t) {
    rng_seed(&p->rng, seed);
    p->run = plain_run;
    p->run.verbose = (int)rng_below(&p->rng, 4);
    p->run.debug = (int)rng_below(&p->rng, 3);
    p->run.show_reason = coin(p);
    p->run.open_only = coin(p);
    p->run.ping_only = coin(p);
    p->run.list_only = !p->run.ping_only && coin(p);
    p->run.show_down = coin(p);
    struct writer_options o = {.run = &p->run, .terminal = coin(p)};
    struct writer *w = tape_open(t, type, &o);
    type->begin(w);
    for (uint64_t n = rng_below(&p->rng, EVENTS_MOST + 1); n > 0; n--) {
        struct event e = play_event(p);
        size_t calls = t->calls;
        type->event(w, &e);
        assert_true(t->calls - calls <= 1); /* what belongs together comes in one call */
    }
    assert_true(tape_close(t, type, w, &stats[rng_below(&p->rng, LL_COUNT(stats))]));
}

static void any_run_is_a_document_of_whole_lines(void **state) {
    (void)state;
    static struct play p;
    print_message("seed %d\n", SEED);
    for (size_t i = 0; i < LL_COUNT(types); i++)
        for (uint64_t k = 0; k < RUNS; k++) {
            struct tape first, again;
            play_run(&p, SEED + k, types[i], &first);
            play_run(&p, SEED + k, types[i], &again);
            assert_document(&first, types[i]);
            assert_int_equal(count(&first, "<host ") + count(&first, "<host>"), count(&first, "</host>"));
            assert_int_equal(first.all.n, again.all.n); /* the bytes depend on the calls alone */
            assert_memory_equal(first.all.p, again.all.p, first.all.n);
            buf_finish(&first.all);
            buf_finish(&again.all);
        }
}

/* ---- too much */

/* A host that is larger than any text may be is left out whole, the document stays whole, and `end` tells. */
static void a_text_above_the_ceiling_is_left_out_whole(void **state) {
    (void)state;
    struct port_result *ports = calloc(HUGE_PORTS, sizeof *ports);
    assert_non_null(ports);
    for (size_t i = 0; i < HUGE_PORTS; i++)
        ports[i] = (struct port_result){.port = (uint16_t)i, .state = PORT_OPEN, .reason = REASON_SYN_ACK, .ttl = 64};
    struct host_result h = {.addr = addr_v4(1), .state = HOST_UP, .scanned = true, .ports = ports};
    for (size_t i = 0; i < LL_COUNT(types); i++) {
        struct tape t;
        struct writer_options o = {.run = &plain_run};
        struct writer *w = tape_open(&t, types[i], &o);
        types[i]->begin(w);
        size_t calls = t.calls;
        h.n_ports = HUGE_PORTS;
        types[i]->event(w, &(struct event){.kind = EVENT_HOST, .wall = 1, .host = &h});
        bool dropped = t.calls == calls;
        assert_true(dropped || mark_of(types[i])->terse);
        h.n_ports = 1;
        calls = t.calls;
        types[i]->event(w, &(struct event){.kind = EVENT_HOST, .wall = 1, .host = &h});
        assert_int_equal(t.calls, calls + !mark_of(types[i])->bare); /* the next host is there again */
        assert_int_equal(tape_close(&t, types[i], w, &stats[0]), !dropped || mark_of(types[i])->bare);
        assert_document(&t, types[i]);
        buf_finish(&t.all);
    }
    free(ports);
}

int main(void) {
    setenv("TZ", "UTC", 1);
    tzset();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_in_order),
        cmocka_unit_test(empty_runs_are_documents),
        cmocka_unit_test(any_run_is_a_document_of_whole_lines),
        cmocka_unit_test(a_text_above_the_ceiling_is_left_out_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
