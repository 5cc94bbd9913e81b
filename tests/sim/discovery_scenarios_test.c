/* Scenarios of discovery: which probes are sent, and what their answers say about a host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scenario.h"

#define S NS_PER_S
#define ANY UINT64_MAX

struct expectation {
    const char *name;
    const char *world;
    const char *command;
    bool connect;
    unsigned up, down;
    enum reason reason;                     /* of the last host */
    uint64_t syns, acks, echos, timestamps; /* sent; ANY = not checked */
    const char *says;                       /* part of the first warning; NULL: there is none */
    int64_t at_most;                        /* virtual time; 0 = 4 s */
};

static const struct expectation expectations[] = {
    {.name = "echo alone",
     .world = "host 10.0.0.5; default filtered",
     .command = "-n -sn -PE 10.0.0.5",
     .up = 1,
     .reason = REASON_ECHO_REPLY,
     .echos = 1},
    {.name = "echo alone is not answered",
     .world = "host 10.0.0.5; echo no; open 80",
     .command = "-n -sn -PE 10.0.0.5",
     .down = 1,
     .reason = REASON_NO_RESPONSE,
     .echos = ANY},
    {.name = "timestamp alone",
     .world = "host 10.0.0.5; default filtered; echo no",
     .command = "-n -sn -PP 10.0.0.5",
     .up = 1,
     .reason = REASON_TIMESTAMP_REPLY,
     .timestamps = 1},
    {.name = "address mask alone",
     .world = "host 10.0.0.5; default filtered; echo no; timestamp no; mask yes",
     .command = "-n -sn -PM 10.0.0.5",
     .up = 1,
     .reason = REASON_ADDRESSMASK_REPLY},
    {.name = "SYN to the usual port",
     .world = "host 10.0.0.5; default filtered; open 80",
     .command = "-n -sn -PS 10.0.0.5",
     .up = 1,
     .reason = REASON_SYN_ACK,
     .syns = 1},
    {.name = "SYN to several ports",
     .world = "host 10.0.0.5; default filtered; closed 25",
     .command = "-n -sn -PS22,25,110 10.0.0.5",
     .up = 1,
     .reason = REASON_RESET,
     .syns = 3},
    {.name = "ACK",
     .world = "host 10.0.0.5; default filtered; closed 22",
     .command = "-n -sn -PA22 10.0.0.5",
     .up = 1,
     .reason = REASON_RESET,
     .acks = 1},
    {.name = "UDP to a port of nobody",
     .world = "host 10.0.0.5; default filtered; udp closed 40125",
     .command = "-n -sn -PU 10.0.0.5",
     .up = 1,
     .reason = REASON_PORT_UNREACH},
    {.name = "UDP to a service",
     .world = "host 10.0.0.5; default filtered; udp open 53",
     .command = "-n -sn -PU53,161 10.0.0.5",
     .up = 1,
     .reason = REASON_UDP_RESPONSE},
    {.name = "UDP that nobody answers",
     .world = "host 10.0.0.5; default filtered; udp open 53",
     .command = "-n -sn -PU161 10.0.0.5",
     .down = 1,
     .reason = REASON_NO_RESPONSE},
    {.name = "UDP errors of a router say nothing good",
     .world = "host 10.0.0.5; default filtered; udp admin-prohibited 53",
     .command = "-n -sn -PU53 10.0.0.5",
     .down = 1,
     .reason = REASON_ADMIN_PROHIBITED},
    {.name = "UDP over IPv6",
     .world = "host 2001:db8::7; default filtered; udp closed 40125",
     .command = "-n -sn -PU 2001:db8::7",
     .up = 1,
     .reason = REASON_PORT_UNREACH},
    {.name = "the chosen replace the usual ones",
     .world = "host 10.0.0.5; default filtered; echo no; open 443",
     .command = "-n -sn -PS22 -PE 10.0.0.5",
     .down = 1,
     .reason = REASON_NO_RESPONSE,
     .syns = ANY,
     .echos = ANY},
    {.name = "an old name for three",
     .world = "host 10.0.0.5; default filtered; timestamp no; echo no",
     .command = "-n -sn -PB --max-retries 1 10.0.0.5",
     .down = 1,
     .reason = REASON_NO_RESPONSE,
     .acks = 2,
     .echos = 2,
     .timestamps = 2},
    {.name = "more kinds than bits in a word",
     .world = "host 10.0.0.5; default filtered; echo no; closed 200",
     .command = "-n -sn -PS1-200 10.0.0.5",
     .up = 1,
     .reason = REASON_RESET,
     .syns = ANY},
    {.name = "IPv6 by echo and SYN",
     .world = "host 2001:db8::7; default filtered; open 22",
     .command = "-n -sn -PS22 2001:db8::7",
     .up = 1,
     .reason = REASON_SYN_ACK,
     .syns = 1},
    {.name = "a kind that IPv6 does not have",
     .world = "host 2001:db8::7; open 22",
     .command = "-n -sn -PP 2001:db8::7 2001:db8::8",
     .down = 2,
     .reason = REASON_UNKNOWN,
     .says = "can be sent to 2001:db8::7",
     .at_most = S / 10},
    {.name = "both families, one without its kind",
     .world = "host 2001:db8::7; open 22",
     .command = "-n -sn -6 -PP -PE 2001:db8::7",
     .up = 1,
     .reason = REASON_ECHO_REPLY,
     .echos = 1,
     .says = "IPv4 only"},
    {.name = "excluded ports are not asked",
     .world = "host 10.0.0.5; default closed; echo no; timestamp no",
     .command = "-n -sn --exclude-ports 80,443 10.0.0.5",
     .down = 1,
     .reason = REASON_NO_RESPONSE,
     .echos = ANY,
     .timestamps = ANY},
    {.name = "excluded ports leave nothing",
     .world = "host 10.0.0.5; default closed",
     .command = "-n -sn -PS80 --exclude-ports 80 10.0.0.5",
     .down = 1,
     .reason = REASON_UNKNOWN,
     .says = "removes all ports of -PS"},
    {.name = "resets do not count",
     .world = "host 10.0.0.5; default closed; echo no; timestamp no",
     .command = "-n -sn --discovery-ignore-rst 10.0.0.5",
     .down = 1,
     .reason = REASON_NO_RESPONSE,
     .syns = 1,
     .acks = 1,
     .echos = ANY,
     .timestamps = ANY},
    {.name = "resets do not count, and nothing else was asked",
     .world = "host 10.0.0.5; default closed",
     .command = "-n -sn -PS22,23 --discovery-ignore-rst 10.0.0.5",
     .down = 1,
     .reason = REASON_NO_RESPONSE,
     .syns = 2,
     .at_most = S / 10},
    {.name = "resets do not count, but an open port does",
     .world = "host 10.0.0.5; default closed; open 23",
     .command = "-n -sn -PS22,23 --discovery-ignore-rst 10.0.0.5",
     .up = 1,
     .reason = REASON_SYN_ACK,
     .syns = 2},
    {.name = "errors for every kind end it",
     .world = "host 10.0.0.5; default host-unreach from 10.0.0.1; open 80",
     .command = "-n -sn -PS22,23 10.0.0.5",
     .down = 1,
     .reason = REASON_HOST_UNREACH,
     .syns = 2,
     .at_most = S / 10},
    {.name = "on the link ARP asks all the same",
     .world = "host 192.0.2.7; default filtered; echo no",
     .command = "-n -sn -PS22 192.0.2.7",
     .up = 1,
     .reason = REASON_ARP_RESPONSE},
    {.name = "on the link without ARP",
     .world = "host 192.0.2.7; default filtered; echo yes; known yes",
     .command = "-n -sn -PE --disable-arp-ping 192.0.2.7",
     .up = 1,
     .reason = REASON_ECHO_REPLY,
     .echos = 1},
    {.name = "-Pn is stronger",
     .world = "host 10.0.0.5; default filtered; open 22",
     .command = "-n -Pn -sn -PS80 10.0.0.5",
     .up = 1,
     .reason = REASON_USER_SET,
     .says = "-Pn takes every target as up"},
    {.name = "without privilege: connections to the ports of both",
     .world = "host 10.0.0.5; default filtered; closed 25",
     .command = "-n -sn -PS22 -PA25 10.0.0.5",
     .connect = true,
     .up = 1,
     .reason = REASON_CONN_REFUSED},
    {.name = "without privilege: connections in place of ICMP",
     .world = "host 10.0.0.5; default filtered; open 443",
     .command = "-n -sn -PE -PP 10.0.0.5",
     .connect = true,
     .up = 1,
     .reason = REASON_SYN_ACK,
     .says = "ports 80 and 443"},
    {.name = "without privilege: only the ports that were named",
     .world = "host 10.0.0.5; default filtered; open 443",
     .command = "-n -sn -PE -PS22 10.0.0.5",
     .connect = true,
     .down = 1,
     .reason = REASON_NO_RESPONSE,
     .says = "ports of -PS and -PA"},
    {.name = "without privilege: a refusal does not count",
     .world = "host 10.0.0.5; default closed",
     .command = "-n -sn --discovery-ignore-rst 10.0.0.5",
     .connect = true,
     .down = 1,
     .reason = REASON_NO_RESPONSE,
     .at_most = S / 10},
    {.name = "connect scan behind raw discovery",
     .world = "host 10.0.0.5; default filtered; open 22; latency 20ms",
     .command = "-n -sT -PE -p 20-25 10.0.0.5",
     .up = 1,
     .reason = REASON_ECHO_REPLY,
     .echos = ANY},
};

static void keep_reason(void *ctx, const struct event *ev, struct sim *sim) {
    (void)sim;
    if (ev->kind == EVENT_HOST)
        *(enum reason *)ctx = ev->host->reason;
}

static void count_is(const char *name, const char *what, uint64_t expected, uint64_t got) {
    if (expected != ANY && expected != got)
        fail_msg("%s: %llu %s, expected %llu", name, (unsigned long long)got, what, (unsigned long long)expected);
}

static void check(const struct expectation *x) {
    enum reason reason = REASON_UNKNOWN;
    struct scenario s = {.world = x->world, .command = x->command, .seed = 7, .connect = x->connect};
    struct scenario_result r = {.on_event = keep_reason, .ctx = &reason};
    if (!scenario_run(&s, &r))
        fail_msg("%s: %s", x->name, r.error.text);
    if (r.up != x->up || r.down != x->down || reason != x->reason)
        fail_msg("%s: %u up, %u down, %s", x->name, r.up, r.down, reason_text(reason));
    if (x->says ? !strstr(r.first_message, x->says) : r.messages > 0)
        fail_msg("%s: it says \"%s\"", x->name, r.first_message);
    if (!x->connect) {
        count_is(x->name, "SYNs", x->syns, r.count.syns);
        count_is(x->name, "ACKs", x->acks, r.count.acks);
        count_is(x->name, "echo requests", x->echos, r.count.echos);
        count_is(x->name, "timestamp requests", x->timestamps, r.count.timestamps);
    }
    if (r.elapsed > (x->at_most ? x->at_most : 4 * S))
        fail_msg("%s: %.3f s", x->name, (double)r.elapsed / 1e9);
}

static void every_probe_finds_what_answers_it(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(expectations); i++)
        check(&expectations[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_probe_finds_what_answers_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
