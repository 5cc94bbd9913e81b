/* The text format of simulated worlds.
 *
 * Lines of words; `;` ends a line as well; `#` starts a comment that goes to the end of the line. Times need a unit
 * (200ms, 1.5s, 2m), shares a percent sign, rates are 100/s or 50000pps, port lists are "22,80,1000-2000" or "-".
 *
 * The world (anywhere in the text):
 *   interface eth0 [raw] [mac M] [mtu N] ADDR/BITS ...   up to 7; `raw` = no Ethernet. Without one: sim0 with
 *                 192.0.2.1/24, 2001:db8:ffff::1/64, fe80::1:1/64, and gateways 192.0.2.254, 2001:db8:ffff::fe
 *   gateway ADDR [mac M] [unknown]   next hop for all that is not on a link; `unknown` = must be asked for by ARP or ND
 *   no-route PREFIX ...              destinations without a way
 *   link RATE queue N                bottleneck shared by all hosts for packets to them; what does not fit is lost
 *   link-back RATE queue N           the same for their answers
 *   nic RATE queue N                 how fast the own device sends; when its queue is full, link alloc returns NULL
 *   name NAME ADDR ... | nxdomain | servfail | timeout    forward names
 *   dns latency T [jitter T] [loss P%] [timeout T] [tries N] [limit N]
 *   dials N                          connections that may be open at once
 *   raw no                           raw sockets are not permitted
 *
 * Hosts: these two lines begin a block; the lines after it are about it. Block lines before the first block hold for
 * all blocks. An address in a host line beats all ranges; of several ranges the first has it.
 *   host ADDR ...                    up, except between `dies` and `returns`
 *   range A.B.C.D/N|FIRST-LAST [up P%] [seed N]   a pseudo-random share of the addresses is up
 *
 * Block lines (port rules: later ones win; those with a chance are looked at first):
 *   open|closed|filtered PORTS [chance P%]      by lot for each address and port, the same in every run
 *   reject PORTS ERROR|tcp-reset [from ADDR]    ERROR: port-unreach host-unreach net-unreach admin-prohibited
 *                                               host-prohibited net-prohibited proto-unreach time-exceeded
 *   default open|closed|filtered|ERROR|tcp-reset [from ADDR]   all other ports (closed); `filtered` alone = default
 *   absent filtered|ERROR [from ADDR]           what packets to addresses of the range that are not up meet (nothing)
 *   udp open|closed|filtered|ERROR [PORTS]   UDP ports, or all others (filtered); open ones answer anything
 *   udp elsewhere PORTS              these answer with a TFTP error from a port of their own choice
 *   echo yes|no       timestamp yes|no       mask yes|no (no)       arp yes|no (answers ARP and ND)
 *   known yes|no (the neighbour table has it)   ttl N (as received)    mac M       quote short|full
 *   latency T [jitter T]      round trip; up to `jitter` more        loss P% [P%]   there, back
 *   late P% T                 this share of the answers comes T later  dup P%        answers that come twice
 *   drop-first N              the first N packets are lost             backlog N     most half-open connections
 *   repeats yes|no            repeats SYN/ACKs after 1, 3, 7, 15, 31 s until an RST arrives (yes)
 *   rate-limit rst|icmp|synack|echo RATE [burst N]                     dies T, returns T   since the start
 *   noise synack|rst|unreach RATE    forged packets to our ports with random acknowledgements
 *   ptr NAME                  reverse name; '*' in it stands for the address
 *   service [udp] PORTS WORDS ...     what connections meet (TCP: the port is open; without a line it is mute). WORDS:
 *       says "TEXT"                 on connecting           answers "BEGIN" "TEXT"   when what came since the last
 *       endless "TEXT"              for ever                                         answer begins so; the first fits
 *       after T  before the greeting; without one, each answer     drip T                   one byte every T
 *       closes                      after an answer, the greeting, or at once        mute     says nothing
 *       once                        one connection at a time; the others wait
 *       elsewhere                   UDP: answers from another port
 *       tls "h2,http/1.1"           inside of TLS; the names it takes by ALPN, in its order (may be empty)
 *       shakes T                    TLS: reads the first bytes T after they came
 *       alpn-only                   TLS: closes when ALPN chose nothing; alpn-must: sends the alert of RFC 7301 when
 *                                   none of the offered names is its own
 *     TEXT: \r \n \t \0 \\ \" \xHH; ';' and '#' in it are text
 */
#include "sim_world.h"

#include <stdlib.h>
#include <string.h>

#include "sim_service.h"
#include "sim_words.h"

enum { TEXT_MAX = 1 << 20, BLOCKS_MAX = 4096, ARENA_MAX = 256 << 20 };

struct reader {
    struct sim_world *w;
    struct sim_draft common; /* lines before the first block */
    struct sim_draft draft;  /* of the current block */
    struct sim_block *block; /* NULL before the first */
    struct sim_block **last_block;
    struct sim_host_line **last_host;
    struct sim_name **last_name;
    size_t n_blocks;
};

static void *claim(struct sim_world *w, size_t count, size_t size, struct err *e) {
    void *p = arena_array(&w->arena, count, size);
    if (!p)
        err_set(e, ERR_LIMIT, "the world is too large");
    return p;
}

static bool word_is(const struct sim_line *l, size_t i, const char *text) {
    return i < l->n && slice_eq(l->w[i], slice_of(text));
}

static bool line_interface(struct reader *r, const struct sim_line *l, struct err *e) {
    struct sim_world *w = r->w;
    if (w->n_interfaces == SIM_INTERFACES || l->n < 2 || l->w[1].n >= sizeof w->interfaces[0].name)
        return err_set(e, ERR_INPUT, "too many interfaces, or no short name");
    struct sim_interface *in = &w->interfaces[w->n_interfaces];
    *in = (struct sim_interface){.index = (int)w->n_interfaces + 1, .mtu = 1500, .mac = {2, 0, 0, 0, 0, 1}};
    in->mac[5] = (uint8_t)w->n_interfaces;
    memcpy(in->name, l->w[1].p, l->w[1].n);
    for (size_t i = 2; i < l->n; i++) {
        uint64_t mtu;
        if (word_is(l, i, "raw")) {
            in->raw = true;
        } else if (word_is(l, i, "mac") && i + 1 < l->n) {
            if (!sim_word_mac(l->w[++i], in->mac, e))
                return false;
        } else if (word_is(l, i, "mtu") && i + 1 < l->n) {
            if (!sim_word_count(l->w[++i], 65535, &mtu, e))
                return false;
            in->mtu = (uint32_t)mtu;
        } else if (in->n == SIM_IF_ADDRS) {
            return err_set(e, ERR_LIMIT, "more than %d addresses of an interface", SIM_IF_ADDRS);
        } else if (!sim_word_prefix(l->w[i], &in->addr[in->n], &in->bits[in->n], e)) {
            return false;
        } else {
            in->n++;
        }
    }
    w->n_interfaces++;
    return true;
}

static bool line_gateway(struct reader *r, const struct sim_line *l, struct err *e) {
    struct sim_world *w = r->w;
    if (w->n_gateways == SIM_INTERFACES || l->n < 2)
        return err_set(e, ERR_INPUT, "too many gateways, or no address");
    struct sim_gateway *g = &w->gateways[w->n_gateways];
    memset(g, 0, sizeof *g);
    if (!sim_word_addr(l->w[1], &g->addr, e))
        return false;
    sim_default_mac(&g->addr, g->mac);
    for (size_t i = 2; i < l->n; i++) {
        if (word_is(l, i, "unknown"))
            g->unknown = true;
        else if (!word_is(l, i, "mac") || ++i == l->n)
            return err_set(e, ERR_INPUT, "write gateway ADDRESS [mac M] [unknown]");
        else if (!sim_word_mac(l->w[i], g->mac, e))
            return false;
    }
    w->n_gateways++;
    return true;
}

static bool line_no_route(struct reader *r, const struct sim_line *l, struct err *e) {
    for (size_t i = 1; i < l->n; i++) {
        struct addr first, last;
        if (!sim_word_range(l->w[i], &first, &last, e))
            return false;
        if (!rangeset_add(&r->w->no_route, &first, &last))
            return err_set(e, ERR_MEMORY, "out of memory");
    }
    return true;
}

static bool line_pipe(struct sim_pipe *p, const struct sim_line *l, struct err *e) {
    uint64_t queue;
    if (l->n != 4 || !word_is(l, 2, "queue"))
        return err_set(e, ERR_INPUT, "write a rate and \"queue N\"");
    if (!sim_word_rate(l->w[1], &p->pps, e) || !sim_word_count(l->w[3], 10000000, &queue, e))
        return false;
    p->queue = (double)queue;
    return true;
}

static bool line_name(struct reader *r, const struct sim_line *l, struct err *e) {
    static const char *fates[] = {
        [SIM_NAME_NONE] = "nxdomain", [SIM_NAME_SERVFAIL] = "servfail", [SIM_NAME_TIMEOUT] = "timeout"};
    if (l->n < 3)
        return err_set(e, ERR_INPUT, "write name NAME ADDRESS ...");
    struct sim_name *n = claim(r->w, 1, sizeof *n, e);
    if (!n)
        return false;
    n->name = arena_copy(&r->w->arena, l->w[1]);
    for (int f = SIM_NAME_NONE; f <= SIM_NAME_TIMEOUT; f++)
        if (word_is(l, 2, fates[f]))
            n->fate = (enum sim_name_fate)f;
    n->addrs = claim(r->w, l->n, sizeof *n->addrs, e);
    if (!n->name.p || !n->addrs)
        return err_set(e, ERR_LIMIT, "the world is too large");
    for (size_t i = 2; i < l->n && n->fate == SIM_NAME_OK; i++)
        if (!sim_word_addr(l->w[i], &n->addrs[n->n++], e))
            return false;
    *r->last_name = n;
    r->last_name = &n->next;
    return true;
}

static bool line_dns(struct reader *r, const struct sim_line *l, struct err *e) {
    struct sim_world *w = r->w;
    if (l->n % 2 == 0)
        return err_set(e, ERR_INPUT, "dns takes pairs of words");
    for (size_t i = 1; i < l->n; i += 2) {
        uint64_t v = 0;
        bool ok = true;
        if (word_is(l, i, "latency"))
            ok = sim_word_time(l->w[i + 1], &w->dns_latency, e);
        else if (word_is(l, i, "jitter"))
            ok = sim_word_time(l->w[i + 1], &w->dns_jitter, e);
        else if (word_is(l, i, "timeout"))
            ok = sim_word_time(l->w[i + 1], &w->dns_timeout, e);
        else if (word_is(l, i, "loss"))
            ok = sim_word_share(l->w[i + 1], &w->dns_loss, e);
        else if (word_is(l, i, "tries") && (ok = sim_word_count(l->w[i + 1], 100, &v, e)))
            w->dns_tries = (uint32_t)v;
        else if (word_is(l, i, "limit") && (ok = sim_word_count(l->w[i + 1], 1000000, &v, e)))
            w->dns_limit = v;
        else if (ok)
            return err_set(e, ERR_INPUT, "dns knows latency, jitter, loss, timeout, tries and limit");
        if (!ok)
            return false;
    }
    return true;
}

/* Ends the current block and begins the next. */
static bool next_block(struct reader *r, struct err *e) {
    if (r->block && !sim_draft_seal(&r->draft, r->block, &r->w->arena, e))
        return false;
    if (++r->n_blocks > BLOCKS_MAX)
        return err_set(e, ERR_LIMIT, "more than %d blocks", BLOCKS_MAX);
    r->block = claim(r->w, 1, sizeof *r->block, e);
    if (!r->block)
        return false;
    *r->last_block = r->block;
    r->last_block = &r->block->next;
    return sim_draft_copy(&r->draft, &r->common, e);
}

static bool line_host(struct reader *r, const struct sim_line *l, struct err *e) {
    if (l->n < 2)
        return err_set(e, ERR_INPUT, "an address is missing");
    if (!next_block(r, e))
        return false;
    for (size_t i = 1; i < l->n; i++) {
        struct sim_host_line *h = claim(r->w, 1, sizeof *h, e);
        if (!h || !sim_word_addr(l->w[i], &h->addr, e))
            return false;
        if (i == 1)
            r->block->first = r->block->last = h->addr;
        h->block = r->block;
        *r->last_host = h;
        r->last_host = &h->next;
        r->w->n_hosts++;
    }
    return true;
}

static bool line_range(struct reader *r, const struct sim_line *l, struct err *e) {
    if (l->n % 2 != 0)
        return err_set(e, ERR_INPUT, "write range PREFIX [up P%%] [seed N]");
    if (!next_block(r, e) || !sim_word_range(l->w[1], &r->block->first, &r->block->last, e))
        return false;
    r->block->range = true;
    r->block->up = 1;
    for (size_t i = 2; i < l->n; i += 2) {
        bool ok = word_is(l, i, "up")     ? sim_word_share(l->w[i + 1], &r->block->up, e)
                  : word_is(l, i, "seed") ? sim_word_count(l->w[i + 1], UINT64_MAX, &r->block->seed, e)
                                          : err_set(e, ERR_INPUT, "range knows up and seed");
        if (!ok)
            return false;
    }
    return true;
}

static bool line_world(struct reader *r, const struct sim_line *l, struct err *e) {
    struct sim_world *w = r->w;
    if (word_is(l, 0, "interface"))
        return line_interface(r, l, e);
    if (word_is(l, 0, "gateway"))
        return line_gateway(r, l, e);
    if (word_is(l, 0, "no-route"))
        return line_no_route(r, l, e);
    if (word_is(l, 0, "link"))
        return line_pipe(&w->pipe_there, l, e);
    if (word_is(l, 0, "link-back"))
        return line_pipe(&w->pipe_back, l, e);
    if (word_is(l, 0, "nic"))
        return line_pipe(&w->nic, l, e);
    if (word_is(l, 0, "name"))
        return line_name(r, l, e);
    if (word_is(l, 0, "dns"))
        return line_dns(r, l, e);
    if (word_is(l, 0, "host"))
        return line_host(r, l, e);
    if (word_is(l, 0, "range"))
        return line_range(r, l, e);
    if (word_is(l, 0, "dials") && l->n == 2) {
        uint64_t v;
        bool ok = sim_word_count(l->w[1], 1000000, &v, e);
        w->dials = ok ? v : w->dials;
        return ok;
    }
    if (word_is(l, 0, "raw") && l->n == 2) {
        bool allowed = true;
        bool ok = sim_word_flag(l->w[1], &allowed, e);
        w->raw_refused = !allowed;
        return ok;
    }
    return err_set(e, ERR_INPUT, "unknown line \"" SLICE_FMT "\"", SLICE_ARG(slice_sub(l->w[0], 0, 40)));
}

static bool read_line(struct reader *r, struct slice text, struct err *e) {
    struct sim_line l = {.n = 0};
    struct slice word;
    while (sim_next_word(&text, &word)) {
        if (l.n == SIM_LINE_WORDS)
            return err_set(e, ERR_LIMIT, "more than %d words", SIM_LINE_WORDS);
        l.w[l.n++] = word;
    }
    if (l.n == 0)
        return true;
    bool ok;
    if (sim_draft_line(r->block ? &r->draft : &r->common, &l, &r->w->arena, &ok, e))
        return ok;
    return line_world(r, &l, e);
}

static bool read_text(struct reader *r, struct slice text, struct err *e) {
    struct slice line, part;
    if (text.n > TEXT_MAX)
        return err_set(e, ERR_LIMIT, "a world may have %d bytes", TEXT_MAX);
    for (unsigned number = 1; slice_split(&text, '\n', &line); number++) {
        line = slice_sub(line, 0, sim_find_bare(line, '#'));
        while (line.n) {
            size_t at = sim_find_bare(line, ';');
            part = slice_sub(line, 0, at);
            line = slice_skip(line, ll_min_size(at + 1, line.n));
            if (!read_line(r, part, e))
                return err_context(e, "world line %u", number);
        }
    }
    return !r->block || sim_draft_seal(&r->draft, r->block, &r->w->arena, e);
}

/* What a world has that says nothing about itself. */
static bool fill_defaults(struct reader *r, struct err *e) {
    struct sim_world *w = r->w;
    if (w->n_interfaces == 1) {
        static const char *lines[] = {"interface sim0 192.0.2.1/24 2001:db8:ffff::1/64 fe80::1:1/64",
                                      "gateway 192.0.2.254", "gateway 2001:db8:ffff::fe"};
        size_t n = w->n_gateways > 0 ? 1 : LL_COUNT(lines);
        for (size_t i = 0; i < n; i++)
            if (!read_line(r, slice_of(lines[i]), e))
                return false;
    }
    rangeset_seal(&w->no_route);
    return true;
}

static bool read_world(struct sim_world *w, struct slice text, struct err *e) {
    struct reader r = {.w = w, .last_block = &w->blocks, .last_host = &w->hosts, .last_name = &w->names};
    sim_draft_init(&r.common);
    w->local.m = r.common.m;
    w->local.m.rtt = 20 * NS_PER_US;
    bool ok = read_line(&r, SLICE("interface lo raw mtu 65535 127.0.0.1/8 ::1/128"), e) && read_text(&r, text, e) &&
              fill_defaults(&r, e);
    sim_draft_finish(&r.common);
    sim_draft_finish(&r.draft);
    return ok;
}

struct sim_world *sim_world_create(struct slice text, struct err *e) {
    struct sim_world *w = calloc(1, sizeof *w);
    if (!w) {
        err_set(e, ERR_MEMORY, "out of memory");
        return NULL;
    }
    arena_init(&w->arena, "simulated world", ARENA_MAX);
    rangeset_init(&w->no_route);
    w->dns_latency = 10 * NS_PER_MS;
    w->dns_timeout = 4 * NS_PER_S;
    w->dns_tries = 2;
    w->dns_limit = 10000;
    w->dials = 1000;
    if (!read_world(w, text, e)) {
        sim_world_destroy(w);
        return NULL;
    }
    return w;
}

void sim_world_destroy(struct sim_world *w) {
    if (!w)
        return;
    rangeset_finish(&w->no_route);
    arena_finish(&w->arena);
    free(w);
}
