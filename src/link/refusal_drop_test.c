/* Runs the program over frames in the kernel, and puts it on an interface in a network namespace of its own. Needs root
 * and Linux 6.6, else it is skipped and says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/loop_uv.h"
#include "link/network_linux.h"
#include "link/refusal_drop.h"

#include <errno.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NEXT UINT32_MAX
#define DROP 2U

static const struct link_filter ours = {61000, 61999};

struct sample {
    const char *what;
    uint32_t wanted;
    uint16_t ether_type; /* 0 = IPv4 */
    uint8_t first;       /* of the IP header; 0 = usual */
    uint16_t fragment;
    uint8_t proto; /* 0 = TCP */
    uint8_t flags;
    uint32_t seq;
    uint16_t port; /* 0 = one of ours */
    size_t cut;    /* bytes left out at the end */
};

static const struct sample samples[] = {
    {.what = "a refusal", .wanted = DROP, .flags = TCP_RST | TCP_ACK},
    {.what = "a refusal over IPv6", .wanted = DROP, .ether_type = ETH_TYPE_IP6, .flags = TCP_RST | TCP_ACK},
    {.what = "first port", .wanted = DROP, .flags = TCP_RST | TCP_ACK, .port = 61000},
    {.what = "last port", .wanted = DROP, .flags = TCP_RST | TCP_ACK, .port = 61999},
    {.what = "below", .wanted = NEXT, .flags = TCP_RST | TCP_ACK, .port = 60999},
    {.what = "above", .wanted = NEXT, .flags = TCP_RST | TCP_ACK, .port = 62000},
    {.what = "a port as bytes turned round", .wanted = NEXT, .flags = TCP_RST | TCP_ACK, .port = 0x48ee /* 61000 */},
    {.what = "an open port", .wanted = NEXT, .flags = TCP_SYN | TCP_ACK},
    {.what = "RST alone", .wanted = NEXT, .flags = TCP_RST},
    {.what = "end of a connection", .wanted = NEXT, .flags = TCP_RST | TCP_ACK, .seq = 1},
    {.what = "other bits beside", .wanted = DROP, .flags = TCP_RST | TCP_ACK | 0x40 /* ECE */},
    {.what = "IP options", .wanted = NEXT, .first = 0x46, .flags = TCP_RST | TCP_ACK},
    {.what = "first fragment", .wanted = NEXT, .fragment = 0x2000, .flags = TCP_RST | TCP_ACK},
    {.what = "later fragment", .wanted = NEXT, .fragment = 1, .flags = TCP_RST | TCP_ACK},
    {.what = "may not be fragmented", .wanted = DROP, .fragment = 0x4000, .flags = TCP_RST | TCP_ACK},
    {.what = "UDP", .wanted = NEXT, .proto = IP_PROTO_UDP, .flags = TCP_RST | TCP_ACK},
    {.what = "UDP over IPv6", .wanted = NEXT, .ether_type = ETH_TYPE_IP6, .proto = IP_PROTO_UDP, .flags = 20},
    {.what = "ARP", .wanted = NEXT, .ether_type = ETH_TYPE_ARP, .flags = TCP_RST | TCP_ACK},
    {.what = "cut", .wanted = NEXT, .flags = TCP_RST | TCP_ACK, .cut = 1},
    {.what = "cut over IPv6", .wanted = NEXT, .ether_type = ETH_TYPE_IP6, .flags = TCP_RST | TCP_ACK, .cut = 1},
};

static size_t build(const struct sample *s, uint8_t *out, size_t size) {
    struct wr w = wr_of(out, size);
    uint16_t type = s->ether_type ? s->ether_type : ETH_TYPE_IP4;
    uint8_t proto = s->proto ? s->proto : IP_PROTO_TCP;
    wr_zero(&w, 2 * MAC_LEN);
    wr_u16(&w, type);
    if (type == ETH_TYPE_IP6) {
        wr_u32(&w, 0x60000000);
        wr_u16(&w, TCP_LEN);
        wr_u8(&w, proto);
        wr_u8(&w, 64);
        wr_zero(&w, 32);
    } else {
        wr_u8(&w, s->first ? s->first : 0x45);
        wr_u8(&w, 0);
        wr_u16(&w, IP4_LEN + TCP_LEN);
        wr_u16(&w, 0);
        wr_u16(&w, s->fragment);
        wr_u8(&w, 64);
        wr_u8(&w, proto);
        wr_zero(&w, 10);
    }
    wr_u16(&w, 80);
    wr_u16(&w, s->port ? s->port : 61500);
    wr_u32(&w, s->seq);
    wr_u32(&w, 7);
    wr_u8(&w, 0x50);
    wr_u8(&w, s->flags);
    wr_zero(&w, 6);
    assert_false(w.bad);
    return w.n - s->cut;
}

static void drops_answers_of_closed_ports_and_nothing_else(void **state) {
    (void)state;
    int program = refusal_drop_load(&ours);
    if (program < 0) {
        print_message("SKIPPED: the kernel takes no program (%s); needs root and Linux 6.6\n", strerror(errno));
        skip();
    }
    for (size_t i = 0; i < LL_COUNT(samples); i++) {
        uint8_t frame[128];
        union bpf_attr a;
        memset(&a, 0, sizeof a);
        a.test.prog_fd = (uint32_t)program;
        a.test.data_in = (uintptr_t)frame;
        a.test.data_size_in = (uint32_t)build(&samples[i], frame, sizeof frame);
        a.test.repeat = 1;
        if (syscall(SYS_bpf, BPF_PROG_TEST_RUN, &a, sizeof a) != 0)
            fail_msg("%s: %s", samples[i].what, strerror(errno));
        if (a.test.retval != samples[i].wanted)
            fail_msg("%s: %u", samples[i].what, a.test.retval);
    }
    close(program);
}

/* Programs at an interface's ingress. */
static unsigned programs_at(const char *ifname) {
    union bpf_attr a;
    memset(&a, 0, sizeof a);
    a.query.target_fd = if_nametoindex(ifname); /* of tcx: the interface */
    a.query.attach_type = 46;                   /* BPF_TCX_INGRESS */
    if (syscall(SYS_bpf, BPF_PROG_QUERY, &a, sizeof a) != 0)
        assert_int_equal(errno, ENOENT);
    return a.query.prog_cnt;
}

static void is_there_as_long_as_the_network(void **state) {
    (void)state;
    if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0 ||
        system("ip link add ll0 type veth peer name ll1 && ip link set ll0 up && ip link set ll1 up") != 0 ||
        close(refusal_drop_load(&ours)) != 0) {
        print_message("SKIPPED: needs root, CLONE_NEWNET, ip(8) with veth and Linux 6.6\n");
        skip();
    }
    struct err e = {0};
    struct log log = {0};
    struct loop *loop = loop_uv_create(&e);
    assert_non_null(loop);
    struct network *net =
        network_linux_create(loop, &(struct network_linux_options){.interface = "ll0", .refusals = &ours}, &log, &e);
    assert_non_null(net);
    assert_int_equal(programs_at("ll0"), 0);
    for (int i = 0; i < 2; i++) {
        assert_true(net->ops->raw_allowed(net, &e));
        assert_int_equal(programs_at("ll0"), 1);
    }
    assert_int_equal(programs_at("ll1"), 0);
    net->ops->destroy(net);
    assert_int_equal(programs_at("ll0"), 0);
    loop->ops->destroy(loop);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(drops_answers_of_closed_ports_and_nothing_else),
                                       cmocka_unit_test(is_there_as_long_as_the_network)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
