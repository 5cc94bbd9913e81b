/* What strangers send, given to every probe: the first byte chooses the link, the rest is the packet. A verdict must
 * say only what the packet says. */
#include <stdlib.h>

#include "probe/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(bool good) {
    if (!good)
        abort();
}

static void check_verdict(const struct probe *p, const struct frame *f, const struct verdict *v) {
    bool error = f->kind == FRAME_ICMP_ERROR, tcp = f->kind == FRAME_TCP;
    check(v->kind == (error ? VERDICT_ERROR : VERDICT_ANSWER));
    check(v->peer.family == ADDR_V4 ? p->v4 : v->peer.family == ADDR_V6 && p->v6);
    check(v->port == (error ? f->quoted.dport : tcp || f->kind == FRAME_UDP ? f->sport : 0));
    check(!error || (f->quoted.ok && addr_eq(&v->peer, &f->quoted.ip.dst)));
    check(!v->has_echo || p->echo_bits > 0);
    check(!v->rst_due || (tcp && v->has_echo && !(f->tcp.flags & TCP_RST)));
    check(v->reason < REASON_COUNT && v->state < PORT_STATE_COUNT && v->host <= HOST_SKIPPED);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct frame f;
    if (size == 0 || !frame_read(bytes[0] & 1 ? FRAME_RAW_IP : FRAME_ETHERNET, bytes + 1, size - 1, 3, &f))
        return 0;
    for (size_t i = 0; probe_list[i]; i++) {
        struct verdict v = {0};
        if (probe_list[i]->via == PROBE_FRAME && probe_list[i]->classify(&f, &v))
            check_verdict(probe_list[i], &f, &v);
    }
    return 0;
}
