#include "scan/world.h"

#include <errno.h>
#include <net/if.h>
#include <sys/random.h>

#include "base/num.h"
#include "engine/engine.h"
#include "io/conn_socket.h"
#include "io/dial_socket.h"
#include "io/loop_uv.h"
#include "io/names_cares.h"
#include "io/names_system.h"
#include "link/network_linux.h"
#include "scan/file_text.h"

#define PORT_BASE 61000     /* above Linux's default ephemeral range, which ends at 60999 */
#define PORT_BASE_LOW 20000 /* when the range was moved upwards */
#define REFUSALS_MANY 8192  /* ports of each of several hosts; keeping fewer answers away costs more than it saves */

/* The block of own source ports must not meet connections that the kernel makes. */
static uint16_t world_port_base(void) {
    struct buf text;
    struct err e;
    uint64_t low = 0, high = 0;
    struct slice rest, word;
    if (!file_text_read(&text, SLICE("/proc/sys/net/ipv4/ip_local_port_range"), &e))
        return PORT_BASE;
    rest = buf_slice(&text);
    bool known = slice_word(&rest, &word) && num_u64(word, &low) && slice_word(&rest, &word) && num_u64(word, &high);
    buf_finish(&text);
    if (!known || high < PORT_BASE || low > PORT_BASE + ENGINE_OWN_PORTS)
        return PORT_BASE;
    return low > PORT_BASE_LOW + ENGINE_OWN_PORTS ? PORT_BASE_LOW : PORT_BASE;
}

static bool world_says(const char *path, const char *text) {
    struct buf is;
    struct err e;
    if (!file_text_read(&is, slice_of(path), &e))
        return false;
    bool same = slice_eq(slice_trim(buf_slice(&is)), slice_of(text));
    buf_finish(&is);
    return same;
}

/* More than one address, as far as the words say. */
static bool world_many_targets(const struct settings *s) {
    if (s->targets.n != 1)
        return true;
    static const char several[] = "/-,*";
    for (size_t i = 0; i + 1 < sizeof several; i++)
        if (slice_find(s->targets.v[0], several[i]) < s->targets.v[0].n)
            return true;
    return false;
}

/* Are refusals kept from our own kernel? Only of probes with source ports from our block, and where the machine does
 * not forward: else those ports may be in use by connections of others (NAT). */
static bool world_drops_refusals(const struct settings *s) {
    return s->scan != SCAN_CONNECT && !s->ping_only && s->source_port < 0 &&
           portset_count(&s->ports[PROTO_TCP]) >= REFUSALS_MANY && world_many_targets(s) &&
           world_says("/proc/sys/net/ipv4/ip_forward", "0") &&
           !world_says("/proc/sys/net/ipv6/conf/all/forwarding", "1");
}

/* The secret that answers must prove comes from the kernel in any case; --seed repeats only the order. */
static bool world_randomness(struct world *w, const struct settings *s, struct err *e) {
    uint64_t random[3];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return err_os(e, errno, "the kernel gives no random numbers");
    w->door.secret[0] = random[0];
    w->door.secret[1] = random[1];
    w->door.seed = s->has_seed ? s->seed : random[2];
    return true;
}

static bool world_names(struct world *w, const struct settings *s, struct err *e) {
    if (s->system_dns)
        w->door.names = names_system_create(w->door.loop, e);
    else
        w->door.names = names_cares_create(
            w->door.loop, &(struct names_cares_options){.servers = s->dns_servers.v, .n_servers = s->dns_servers.n}, e);
    return w->door.names != NULL;
}

static bool world_network(struct world *w, const struct settings *s, const struct log *log, struct err *e) {
    struct network_linux_options o = {0};
    struct addr source;
    char name[LINK_NAME_MAX];
    if (s->interface.n >= sizeof name)
        return err_set(e, ERR_USAGE, "-e \"" SLICE_FMT "\": no such interface", SLICE_ARG(s->interface));
    if (s->interface.n) {
        memcpy(name, s->interface.p, s->interface.n);
        name[s->interface.n] = 0;
        o.interface = name;
    }
    if (s->source.n) {
        if (!addr_parse(s->source, &source))
            return err_set(e, ERR_USAGE, "-S \"" SLICE_FMT "\" is not an address", SLICE_ARG(s->source));
        o.source = &source;
    }
    struct link_filter own = {.port_first = w->door.port_base,
                              .port_last = (uint16_t)(w->door.port_base + ENGINE_OWN_PORTS - 1)};
    if (world_drops_refusals(s))
        o.refusals = &own;
    w->door.network = network_linux_create(w->door.loop, &o, log, e);
    w->door.zone = o.interface ? if_nametoindex(o.interface) : 0;
    return w->door.network != NULL;
}

bool world_open(struct world *w, const struct settings *s, const struct log *log, struct err *e) {
    *w = (struct world){0};
    if (!world_randomness(w, s, e))
        return false;
    w->door.port_base = world_port_base();
    w->door.loop = loop_uv_create(e);
    if (!w->door.loop)
        return false;
    w->door.dialer = dial_socket_create(w->door.loop, e);
    if (w->door.dialer)
        w->door.connector = conn_socket_create(w->door.loop, e);
    if (w->door.connector && world_network(w, s, log, e) && world_names(w, s, e))
        return true;
    world_close(w);
    return false;
}

void world_close(struct world *w) {
    struct door *d = &w->door;
    if (d->names)
        d->names->ops->destroy(d->names);
    if (d->network)
        d->network->ops->destroy(d->network);
    if (d->connector)
        d->connector->ops->destroy(d->connector);
    if (d->dialer)
        d->dialer->ops->destroy(d->dialer);
    if (d->loop)
        d->loop->ops->destroy(d->loop);
    *d = (struct door){0};
}

bool world_raw_allowed(struct world *w, struct err *e) {
    return w->door.network->ops->raw_allowed(w->door.network, e);
}
