/* A simulation as a whole: made from a text, asked for the truth and for what happened. */
#include "sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim_parts.h"

/* One million hosts and their connections fit; a run-away test does not eat the machine. */
static const size_t MEMORY_MAX = (size_t)1 << 31;
enum { FILE_MAX_BYTES = 1 << 20, HALVES_MAX = 1 << 22 };

static bool prepare(struct sim *s, struct slice text, uint64_t seed, struct err *e) {
    rng_seed(&s->rng, seed);
    arena_init(&s->arena, "simulation", MEMORY_MAX);
    uint64_t key[2] = {rng_u64(&s->rng), rng_u64(&s->rng)};
    map_init(&s->halves, 8, HALVES_MAX, key);
    s->world = sim_world_create(text, e);
    if (!s->world)
        return false;
    s->loop = sim_loop_create();
    if (!s->loop)
        return err_set(e, ERR_MEMORY, "out of memory");
    sim_net_init(s);
    sim_dial_init(s);
    sim_conn_init(s);
    sim_names_init(s);
    s->door = (struct door){.loop = sim_loop_face(s->loop),
                            .network = &s->network,
                            .dialer = &s->dialer,
                            .connector = &s->connector,
                            .names = &s->names,
                            .seed = seed,
                            .secret = {seed ^ 0x5eed, ~seed},
                            .port_base = 61000};
    return sim_hosts_init(s, e);
}

static struct sim *create(struct slice text, uint64_t seed, struct err *e) {
    struct sim *s = calloc(1, sizeof *s);
    if (!s) {
        err_set(e, ERR_MEMORY, "out of memory");
        return NULL;
    }
    if (prepare(s, text, seed, e))
        return s;
    sim_destroy(s);
    return NULL;
}

struct sim *sim_create(const char *world_text, uint64_t seed, struct err *e) {
    return create(slice_of(world_text), seed, e);
}

struct sim *sim_create_file(const char *path, uint64_t seed, struct err *e) {
    struct sim *s = NULL;
    FILE *f = fopen(path, "re");
    char *text = malloc(FILE_MAX_BYTES + 1);
    if (f && text) {
        size_t n = fread(text, 1, FILE_MAX_BYTES + 1, f);
        s = create((struct slice){text, n}, seed, e);
        if (!s)
            err_context(e, "%s", path);
    } else {
        err_os(e, errno, "%s", path);
    }
    free(text);
    if (f)
        fclose(f);
    return s;
}

void sim_destroy(struct sim *s) {
    if (!s)
        return;
    if (s->loop)
        sim_conn_finish(s);
    map_finish(&s->hosts);
    map_finish(&s->absent);
    map_finish(&s->halves);
    sim_loop_destroy(s->loop);
    sim_world_destroy(s->world);
    arena_finish(&s->arena);
    free(s);
}

struct door *sim_door(struct sim *s) {
    return &s->door;
}

void sim_set_bounds(struct sim *s, int64_t virtual_ns, uint64_t turns) {
    sim_loop_set_bounds(s->loop, virtual_ns, turns);
}

bool sim_world_hit_bound(const struct sim *s) {
    return sim_loop_hit_bound(s->loop);
}
uint64_t sim_turns(const struct sim *s) {
    return sim_loop_turns(s->loop);
}
int64_t sim_elapsed(const struct sim *s) {
    return sim_loop_time(s->loop) - SIM_LOOP_START;
}

enum port_state sim_truth_port(const struct sim *s, const struct addr *a, uint16_t port) {
    const struct sim_block *absent, *b = sim_block_at(s, a, &absent);
    struct addr plain = *a;
    plain.zone = 0;
    if (!b)
        return PORT_UNKNOWN;
    switch ((enum sim_answer)sim_block_action(b, &plain, port).kind) {
    case SIM_OPEN:
        return PORT_OPEN;
    case SIM_CLOSED:
    case SIM_RESET:
        return PORT_CLOSED;
    default:
        return PORT_FILTERED;
    }
}

enum port_state sim_truth_udp(const struct sim *s, const struct addr *a, uint16_t port) {
    const struct sim_block *absent, *b = sim_block_at(s, a, &absent);
    if (!b)
        return PORT_UNKNOWN;
    struct sim_action udp = sim_block_udp(b, port);
    switch ((enum sim_answer)udp.kind) {
    case SIM_OPEN:
    case SIM_ELSEWHERE:
        return PORT_OPEN;
    case SIM_CLOSED:
        return PORT_CLOSED;
    case SIM_ICMP:
        return udp.code == SIM_CODE_PORT_UNREACH && udp.from.family == ADDR_NONE ? PORT_CLOSED : PORT_FILTERED;
    default:
        return PORT_OPEN_FILTERED;
    }
}

bool sim_host_up(const struct sim *s, const struct addr *a) {
    const struct sim_block *absent;
    return sim_block_at(s, a, &absent) != NULL;
}

const struct sim_counters *sim_count(const struct sim *s) {
    return &s->count;
}

struct sim_host_counters sim_count_host(const struct sim *s, const struct addr *a) {
    struct addr plain = *a;
    plain.zone = 0;
    const struct sim_host *h = map_get(&s->hosts, &plain);
    if (!h)
        return (struct sim_host_counters){.frames = (uintptr_t)map_get(&s->absent, &plain)};
    return (struct sim_host_counters){.frames = h->frames,
                                      .syns = h->syns,
                                      .rsts = h->rsts,
                                      .dial_tries = h->dial_tries,
                                      .half_open = h->half_open,
                                      .max_100ms = h->meter.max};
}

uint64_t sim_half_open(const struct sim *s) {
    return s->halves.n;
}

uint64_t sim_unflushed(const struct sim *s) {
    uint64_t n = 0;
    for (size_t i = 0; i < SIM_INTERFACES; i++)
        n += s->links[i] ? s->links[i]->n : 0;
    return n;
}

bool sim_clean(const struct sim *s, struct err *e) {
    const struct sim_counters *c = &s->count;
    if (c->malformed > 0 || s->complaint[0])
        return err_set(e, ERR_INPUT, "%llu malformed frames; first: %s", (unsigned long long)c->malformed,
                       s->complaint);
    if (c->misdirected > 0)
        return err_set(e, ERR_INPUT, "%llu frames to wrong Ethernet addresses", (unsigned long long)c->misdirected);
    if (c->foreign > 0)
        return err_set(e, ERR_INPUT, "%llu frames from addresses or ports that are not ours",
                       (unsigned long long)c->foreign);
    if (sim_half_open(s) > 0)
        return err_set(e, ERR_LIMIT, "%llu connections left half-open", (unsigned long long)sim_half_open(s));
    if (c->conns_open > 0)
        return err_set(e, ERR_LIMIT, "%llu conversations left open", (unsigned long long)c->conns_open);
    if (sim_unflushed(s) > 0)
        return err_set(e, ERR_LIMIT, "%llu frames never flushed", (unsigned long long)sim_unflushed(s));
    if (sim_world_hit_bound(s))
        return err_set(e, ERR_LIMIT, "the run hit a bound after %lld s and %llu turns",
                       (long long)(sim_elapsed(s) / NS_PER_S), (unsigned long long)sim_turns(s));
    return true;
}
