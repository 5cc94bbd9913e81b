#include "scan/report_queue.h"

#include "base/arena.h"

#define HOLD (300 * NS_PER_MS)
#define HELD_MAX 1024 /* more than this are told at once */
#define HELD_ARENA (16U << 20)

struct held_host {
    struct held_host *next;
    struct arena arena;
    struct host_result r;
};

static void report_queue_due(void *ctx) {
    report_queue_flush(ctx);
}

void report_queue_init(struct report_queue *q, struct loop *loop, void (*tell)(void *ctx, struct event *ev),
                       void *ctx) {
    *q = (struct report_queue){.loop = loop, .tell = tell, .ctx = ctx};
    loop_timer_init(&q->timer, report_queue_due, q);
}

static void report_queue_tell(struct report_queue *q, const struct host_result *r) {
    struct event ev = {.kind = EVENT_HOST, .host = r, .wall = loop_wall_s(q->loop)};
    q->tell(q->ctx, &ev);
}

/* `given` and `others` belong to the target space, which lives as long as the run. */
static bool report_queue_copy(struct held_host *held, const struct host_result *r) {
    held->r = *r;
    if (r->ptr.n) {
        held->r.ptr = arena_copy(&held->arena, r->ptr);
        if (!held->r.ptr.p)
            return false;
    }
    held->r.services = NULL;
    if (r->n_services) {
        held->r.services = service_results_copy(&held->arena, r->services, r->n_services);
        if (!held->r.services)
            return false;
    }
    if (!r->n_ports) {
        held->r.ports = NULL;
        return true;
    }
    held->r.ports = arena_array(&held->arena, r->n_ports, sizeof *r->ports);
    if (!held->r.ports)
        return false;
    memcpy(held->r.ports, r->ports, r->n_ports * sizeof *r->ports);
    return true;
}

bool report_queue_add(struct report_queue *q, const struct host_result *r) {
    struct held_host *held = calloc(1, sizeof *held);
    if (held)
        arena_init(&held->arena, "held host", HELD_ARENA);
    if (!held || !report_queue_copy(held, r)) {
        if (held)
            arena_finish(&held->arena);
        free(held);
        report_queue_tell(q, r);
        return false;
    }
    held->next = q->list;
    q->list = held;
    q->n++;
    if (q->n >= HELD_MAX)
        report_queue_flush(q);
    else if (!loop_timer_armed(&q->timer))
        loop_timer_at(q->loop, &q->timer, loop_now(q->loop) + HOLD);
    return true;
}

static struct held_host *report_queue_merge(struct held_host *a, struct held_host *b) {
    struct held_host head = {0}, *tail = &head;
    while (a && b) {
        struct held_host **least = a->r.index <= b->r.index ? &a : &b;
        tail->next = *least;
        tail = *least;
        *least = (*least)->next;
    }
    tail->next = a ? a : b;
    return head.next;
}

/* Merge sort of the list by index. */
static struct held_host *report_queue_sort(struct held_host *list, size_t n) {
    if (n < 2)
        return list;
    struct held_host *middle = list;
    for (size_t i = 1; i < n / 2; i++)
        middle = middle->next;
    struct held_host *rest = middle->next;
    middle->next = NULL;
    return report_queue_merge(report_queue_sort(list, n / 2), report_queue_sort(rest, n - n / 2));
}

void report_queue_flush(struct report_queue *q) {
    loop_timer_off(q->loop, &q->timer);
    struct held_host *list = report_queue_sort(q->list, q->n);
    q->list = NULL;
    q->n = 0;
    while (list) {
        struct held_host *held = list;
        list = held->next;
        report_queue_tell(q, &held->r);
        arena_finish(&held->arena);
        free(held);
    }
}

void report_queue_finish(struct report_queue *q) {
    report_queue_flush(q);
    loop_timer_off(q->loop, &q->timer);
}
