/* Feeds fixture runs through every writer and compares the bytes with the files under tests/golden/report.
 * LL_GOLDEN_UPDATE=1 writes the files anew; review the difference then. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "report/golden.h"
#include "report/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define T0 INT64_C(1795464211) /* Mon Nov 23 20:03:31 2026 UTC */
#define PORTS_MOST 65535

/* One run as the assembly would tell it. */
struct tape {
    const struct writer_type *type;
    struct writer *writer;
    struct run_info run;
    struct run_stats stats;
    struct port_result ports[PORTS_MOST];
    struct host_result host;
};

static void tell(struct tape *t, struct event e) {
    e.wall = e.wall != 0 ? e.wall : T0;
    t->type->event(t->writer, &e);
}

static void begin(struct tape *t) {
    t->type->begin(t->writer);
}

static void add_ports(struct tape *t, unsigned from, unsigned to, enum port_state s, enum reason why, unsigned ttl) {
    struct host_result *h = &t->host;
    h->ports = t->ports;
    h->scanned = true;
    for (unsigned p = from; p <= to; p++) {
        assert_true(h->n_ports < PORTS_MOST);
        t->ports[h->n_ports++] = (struct port_result){.port = (uint16_t)p,
                                                      .proto = PROTO_TCP,
                                                      .state = (uint8_t)s,
                                                      .reason = (uint8_t)why,
                                                      .ttl = (uint8_t)ttl,
                                                      .tries = why == REASON_NO_RESPONSE ? 3 : 1};
    }
}

static void new_host(struct tape *t, const char *ip) {
    memset(&t->host, 0, sizeof t->host);
    assert_true(addr_parse(slice_of(ip), &t->host.addr));
    t->host.state = HOST_UP;
}

static void time_host(struct tape *t, uint32_t srtt_us) {
    t->host.timed = true;
    t->host.srtt_us = srtt_us;
    t->host.rttvar_us = srtt_us / 4;
    t->host.timeout_us = 100000;
    t->host.wall_start = T0 + 1;
    t->host.wall_end = T0 + 23;
}

static void set_scan(struct tape *t, size_t n, const char *ports) {
    t->run.scans[0] = (struct scan_info){"syn", PROTO_TCP, n, slice_of(ports)};
    t->run.n_scans = 1;
}

static void set_stats(struct tape *t, double elapsed, uint64_t up, uint64_t total) {
    t->stats.wall_end = T0 + (int64_t)elapsed;
    t->stats.elapsed_s = elapsed;
    t->stats.hosts_up = up;
    t->stats.hosts_total = total;
    t->stats.hosts_down = total - up;
}

static void article_host(struct tape *t) {
    new_host(t, "192.0.2.10");
    t->host.given = SLICE("example.com");
    t->host.ptr = SLICE("www13376ue.example.net");
    t->host.reason = REASON_ECHO_REPLY;
    t->host.ttl = 47;
    time_host(t, 24000);
    add_ports(t, 1, 21, PORT_FILTERED, REASON_NO_RESPONSE, 0);
    add_ports(t, 22, 22, PORT_OPEN, REASON_SYN_ACK, 47);
    add_ports(t, 25, 25, PORT_OPEN, REASON_SYN_ACK, 47);
    add_ports(t, 26, 79, PORT_FILTERED, REASON_NO_RESPONSE, 0);
    add_ports(t, 80, 80, PORT_OPEN, REASON_SYN_ACK, 47);
    add_ports(t, 81, 994, PORT_FILTERED, REASON_NO_RESPONSE, 0);
    add_ports(t, 995, 995, PORT_CLOSED, REASON_RESET, 47);
    add_ports(t, 1000, 1004, PORT_FILTERED, REASON_NO_RESPONSE, 0);
    add_ports(t, 3000, 3000, PORT_CLOSED, REASON_RESET, 47);
    add_ports(t, 8080, 8080, PORT_CLOSED, REASON_RESET, 47);
    t->host.complete = (struct completeness){.measured = true, .loss = 0.029, .miss_limit = 8.1e-5, .silent = 994};
}

/* The phases of one host, in the order of Nmap's lines. */
static void article_events(struct tape *t) {
    struct host_result *h = &t->host;
    struct slice ptr = h->ptr;
    h->ptr = SLICE("");
    tell(t, (struct event){.kind = EVENT_PHASE_BEGIN, .phase = PHASE_PING, .hosts = 1});
    tell(t, (struct event){.kind = EVENT_PHASE_SCANNING, .phase = PHASE_PING, .hosts = 1, .ports = 4, .host = h});
    tell(t, (struct event){.kind = EVENT_HOST_UP, .host = h});
    tell(t, (struct event){.kind = EVENT_PHASE_END, .phase = PHASE_PING, .hosts = 1, .ports = 4, .elapsed_s = 0.04});
    tell(t, (struct event){.kind = EVENT_PHASE_BEGIN, .phase = PHASE_DNS, .hosts = 1});
    tell(t, (struct event){.kind = EVENT_PHASE_END, .phase = PHASE_DNS, .hosts = 1, .elapsed_s = 0.15});
    tell(t, (struct event){.kind = EVENT_PHASE_BEGIN, .phase = PHASE_SYN, .hosts = 1});
    tell(t, (struct event){.kind = EVENT_PHASE_SCANNING, .phase = PHASE_SYN, .hosts = 1, .ports = 1000, .host = h});
    h->ptr = ptr;
    static const unsigned found[] = {25, 80, 22};
    for (size_t i = 0; i < LL_COUNT(found); i++) {
        struct port_result p = {.port = (uint16_t)found[i],
                                .proto = PROTO_TCP,
                                .state = PORT_OPEN,
                                .reason = REASON_SYN_ACK,
                                .ttl = 47,
                                .tries = 1};
        tell(t, (struct event){.kind = EVENT_PORT, .phase = PHASE_SYN, .host = h, .port = &p});
    }
    struct event status = {.kind = EVENT_STATUS,
                           .wall = T0 + 6,
                           .phase = PHASE_SYN,
                           .elapsed_s = 6.2,
                           .hosts_up = 1,
                           .hosts_working = 1,
                           .progress = {29.5, 15, T0 + 21}};
    tell(t, status);
    status.kind = EVENT_PHASE_PROGRESS;
    status.progress = (struct progress){100, -1, 0};
    tell(t, status);
    tell(t, (struct event){.kind = EVENT_PHASE_END,
                           .wall = T0 + 22,
                           .phase = PHASE_SYN,
                           .hosts = 1,
                           .ports = 1000,
                           .elapsed_s = 22.1});
    tell(t, (struct event){.kind = EVENT_HOST, .wall = T0 + 22, .host = h});
}

static void play_article(struct tape *t) {
    t->run.args = SLICE("leadline -v example.com");
    t->run.verbose = 1;
    t->run.data_dir = SLICE("/usr/share/leadline");
    set_scan(t, 1000, "1-22,25-995,1000-1004,3000,8080");
    set_stats(t, 22.39, 1, 1);
    t->stats.raw = true;
    t->stats.sent_packets = 2963;
    t->stats.sent_bytes = 130348;
    t->stats.received_packets = 35;
    t->stats.received_bytes = 2268;
    begin(t);
    article_host(t);
    article_events(t);
}

/* No options at all: the report that everybody knows. */
static void play_plain(struct tape *t) {
    t->run.args = SLICE("leadline example.com");
    set_scan(t, 1000, "1-22,25-995,1000-1004,3000,8080");
    set_stats(t, 38.84, 1, 1);
    begin(t);
    article_host(t);
    t->host.srtt_us = 390000;
    tell(t, (struct event){.kind = EVENT_HOST_UP, .host = &t->host});
    tell(t, (struct event){.kind = EVENT_HOST, .wall = T0 + 38, .host = &t->host});
}

static void play_ipv6(struct tape *t) {
    t->run.args = SLICE("leadline -6 -vv --reason -p 20-25,80 fe80::1%4242 2001:db8::2");
    t->run.verbose = 2;
    t->run.show_reason = true;
    set_scan(t, 7, "20-25,80");
    set_stats(t, 0.4, 2, 2);
    begin(t);
    tell(t, (struct event){.kind = EVENT_PHASE_BEGIN, .phase = PHASE_SYN, .hosts = 2});
    tell(t, (struct event){.kind = EVENT_PHASE_SCANNING, .phase = PHASE_SYN, .hosts = 2, .ports = 7});
    new_host(t, "fe80::1%4242");
    t->host.reason = REASON_ND_RESPONSE;
    t->host.has_mac = true;
    memcpy(t->host.mac, "\x02\x00\x5e\x10\x00\x01", MAC_LEN);
    time_host(t, 240);
    add_ports(t, 20, 22, PORT_OPEN, REASON_SYN_ACK, 64);
    add_ports(t, 80, 80, PORT_CLOSED, REASON_RESET, 64);
    t->host.complete = (struct completeness){.measured = true};
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
    struct addr others[2];
    assert_true(addr_parse(SLICE("2001:db8::3"), &others[0]));
    assert_true(addr_parse(SLICE("198.51.100.7"), &others[1]));
    new_host(t, "2001:db8::2");
    t->host.index = 1;
    t->host.given = SLICE("six.example.org");
    t->host.ptr = SLICE("SIX.example.org");
    t->host.others = others;
    t->host.n_others = 2;
    t->host.reason = REASON_ECHO_REPLY;
    t->host.ttl = 61;
    time_host(t, 9960000);
    add_ports(t, 20, 21, PORT_FILTERED, REASON_NO_RESPONSE, 0);
    add_ports(t, 22, 25, PORT_FILTERED, REASON_ADMIN_PROHIBITED, 61);
    assert_true(addr_parse(SLICE("2001:db8:ffff::1"), &t->host.from_list[0]));
    t->host.n_from = 1;
    t->ports[3].from = 1;
    t->ports[4].from = 1;
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
    tell(t, (struct event){.kind = EVENT_PHASE_END, .phase = PHASE_SYN, .hosts = 2, .ports = 14, .elapsed_s = 0.3});
}

static void play_down(struct tape *t) {
    t->run.args = SLICE("leadline -v --reason 10.0.0.1");
    t->run.verbose = 1;
    t->run.show_reason = t->run.show_down = true;
    set_scan(t, 1, "80");
    set_stats(t, 3.07, 0, 1);
    t->stats.raw = true;
    t->stats.sent_packets = 8;
    t->stats.sent_bytes = 304;
    begin(t);
    new_host(t, "10.0.0.1");
    t->host.state = HOST_DOWN;
    t->host.reason = REASON_NO_RESPONSE;
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
}

static void play_all_ports(struct tape *t) {
    t->run.args = SLICE("leadline -p- --max-retries 1 10.0.0.2 10.0.0.3");
    set_scan(t, 65535, "1-65535");
    set_stats(t, 9.5, 2, 2);
    begin(t);
    new_host(t, "10.0.0.2");
    time_host(t, 1234);
    add_ports(t, 1, 20000, PORT_CLOSED, REASON_RESET, 64);
    add_ports(t, 20001, 20001, PORT_OPEN, REASON_SYN_ACK, 64);
    add_ports(t, 20002, 50000, PORT_FILTERED, REASON_NO_RESPONSE, 0);
    add_ports(t, 50001, 50040, PORT_FILTERED, REASON_HOST_UNREACH, 64);
    add_ports(t, 50041, 65535, PORT_CLOSED, REASON_RESET, 64);
    t->host.complete =
        (struct completeness){.measured = true, .loss = 0.11, .miss_limit = 0.012, .silent = 29999, .capped = 29999};
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
    new_host(t, "10.0.0.3");
    t->host.index = 1;
    add_ports(t, 1, 65535, PORT_CLOSED, REASON_RESET, 64);
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
}

static void play_ping(struct tape *t) {
    t->run.args = SLICE("leadline -sn 10.0.0.0/30");
    t->run.ping_only = true;
    set_stats(t, 1.26, 2, 4);
    begin(t);
    new_host(t, "10.0.0.1");
    t->host.has_mac = true;
    memcpy(t->host.mac, "\x00\x00\x5e\x00\x53\x01", MAC_LEN);
    t->host.vendor = SLICE("Icann, Iana & Department");
    t->host.reason = REASON_ARP_RESPONSE;
    time_host(t, 11);
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
    new_host(t, "10.0.0.2");
    t->host.index = 1;
    t->host.ptr = SLICE("two.example.net");
    t->host.reason = REASON_LOCALHOST;
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
    new_host(t, "10.0.0.3"); /* not shown: nobody asked for down hosts */
    t->host.state = HOST_DOWN;
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
}

static void play_list(struct tape *t) {
    t->run.args = SLICE("leadline -sL example.com 10.0.0.9");
    t->run.list_only = true;
    set_stats(t, 0.01, 0, 2);
    begin(t);
    tell(t, (struct event){.kind = EVENT_PHASE_BEGIN, .phase = PHASE_LIST, .hosts = 2});
    new_host(t, "192.0.2.10");
    t->host.given = SLICE("example.com");
    t->host.ptr = SLICE("www.example.net");
    t->host.state = HOST_UNKNOWN;
    t->host.reason = REASON_USER_SET;
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
    new_host(t, "10.0.0.9");
    t->host.index = 1;
    t->host.state = HOST_UNKNOWN;
    t->host.reason = REASON_USER_SET;
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
}

static void play_hostile(struct tape *t) {
    t->run.args = SLICE("leadline --reason -d \x1b[2J --open \"a--b\" --");
    t->run.debug = t->run.verbose = 1;
    t->run.data_dir = SLICE("/tmp/\n\x07");
    set_scan(t, 2, "1-2");
    set_stats(t, 0.5, 1, 1);
    begin(t);
    tell(t, (struct event){.kind = EVENT_TARGET_BAD, .text = SLICE("no\x00such\xff\"<&>'host\xe2\x80\xae")});
    new_host(t, "10.0.0.4");
    t->host.given = SLICE("\x1b]0;owned\x07<script>&amp;'\"");
    t->host.ptr = SLICE("caf\xc3\xa9--\xc0\x80\xed\xa0\x80.\x9b\x31m\r\n\t.\\x41");
    t->host.has_mac = true;
    t->host.vendor = SLICE("V\x00<\x7f>");
    add_ports(t, 1, 1, PORT_OPEN, REASON_SYN_ACK, 255);
    add_ports(t, 2, 2, PORT_CLOSED, REASON_RESET, 1);
    tell(t, (struct event){.kind = EVENT_HOST_UP, .host = &t->host});
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
}

static void play_timeout(struct tape *t) {
    t->run.args = SLICE("leadline --host-timeout 800ms 10.0.0.5");
    set_scan(t, 60, "1-60");
    set_stats(t, 1.2, 1, 3);
    t->stats.interrupted = true;
    begin(t);
    new_host(t, "10.0.0.5");
    t->host.timed_out = true;
    time_host(t, 100);
    add_ports(t, 1, 4, PORT_CLOSED, REASON_RESET, 64);
    add_ports(t, 5, 40, PORT_UNKNOWN, REASON_NO_RESPONSE, 0);
    add_ports(t, 41, 41, PORT_OPEN, REASON_SYN_ACK, 64);
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
}

static void play_failed(struct tape *t) {
    t->run.args = SLICE("leadline 10.0.0.6");
    t->stats.error = SLICE("eth0: the interface went away");
    set_stats(t, 0.1, 0, 0);
    begin(t);
}

static void play_open_only(struct tape *t) {
    t->run.args = SLICE("leadline --open -p 1-11 10.0.0.7 10.0.0.8");
    t->run.open_only = true;
    set_scan(t, 11, "1-11");
    set_stats(t, 0.1, 2, 2);
    begin(t);
    new_host(t, "10.0.0.7");
    add_ports(t, 1, 11, PORT_CLOSED, REASON_RESET, 64);
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
    new_host(t, "10.0.0.8");
    add_ports(t, 1, 10, PORT_CLOSED, REASON_RESET, 64);
    add_ports(t, 11, 11, PORT_OPEN, REASON_SYN_ACK, 64);
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
}

static void play_sampled(struct tape *t) {
    set_stats(t, 60, 1, 1);
    begin(t);
    new_host(t, "10.0.0.9");
    add_ports(t, 1, 3, PORT_OPEN, REASON_SYN_ACK, 64);
    t->host.not_asked = 900;
    t->stats.interrupted = t->stats.out_of_time = true;
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
}

/* Open ports in the order of the answers, of all kinds of addresses. */
static void play_pipe(struct tape *t) {
    static const struct {
        const char *ip;
        uint16_t port;
        enum proto proto;
        enum port_state state;
    } seen[] = {
        {"10.0.0.9", 443, PROTO_TCP, PORT_OPEN},         {"2001:db8::9", 22, PROTO_TCP, PORT_OPEN},
        {"fe80::9%4242", 80, PROTO_TCP, PORT_OPEN},      {"10.0.0.9", 53, PROTO_UDP, PORT_OPEN},
        {"10.0.0.9", 67, PROTO_UDP, PORT_OPEN_FILTERED}, {"10.0.0.9", 22, PROTO_TCP, PORT_OPEN},
    };
    t->run.args = SLICE("leadline -oL - 10.0.0.9 2001:db8::9 fe80::9%4242");
    t->run.stylesheet = SLICE("a?>\"&b.xsl");
    set_scan(t, 3, "22,80,443");
    set_stats(t, 0.3, 3, 3);
    begin(t);
    for (size_t i = 0; i < LL_COUNT(seen); i++) {
        new_host(t, seen[i].ip);
        struct port_result p = {.port = seen[i].port,
                                .proto = (uint8_t)seen[i].proto,
                                .state = (uint8_t)seen[i].state,
                                .reason = REASON_SYN_ACK,
                                .ttl = 64};
        tell(t, (struct event){.kind = EVENT_PORT, .phase = PHASE_SYN, .host = &t->host, .port = &p});
    }
    new_host(t, "10.0.0.9");
    t->host.ptr = SLICE("a/b (c), Ports: 1/open/tcp//x///");
    add_ports(t, 22, 22, PORT_OPEN, REASON_SYN_ACK, 64);
    add_ports(t, 54321, 54321, PORT_OPEN, REASON_SYN_ACK, 64);
    t->host.complete.measured = true;
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
}

/* Under the name `nmap`. */
static void play_as_nmap(struct tape *t) {
    t->run.args = SLICE("nmap -v -oA x 10.0.0.1");
    t->run.program = &program_as_nmap;
    t->run.verbose = 1;
    set_scan(t, 2, "22,80");
    set_stats(t, 0.3, 1, 1);
    begin(t);
    new_host(t, "10.0.0.1");
    add_ports(t, 22, 22, PORT_OPEN, REASON_SYN_ACK, 64);
    add_ports(t, 80, 80, PORT_CLOSED, REASON_RESET, 64);
    t->host.complete.measured = true;
    tell(t, (struct event){.kind = EVENT_HOST, .host = &t->host});
}

static const struct {
    const char *name;
    void (*play)(struct tape *t);
} plays[] = {
    {"article", play_article}, {"plain", play_plain},         {"ipv6", play_ipv6},           {"down", play_down},
    {"ping", play_ping},       {"all_ports", play_all_ports}, {"list", play_list},           {"hostile", play_hostile},
    {"timeout", play_timeout}, {"failed", play_failed},       {"open_only", play_open_only}, {"pipe", play_pipe},
    {"as_nmap", play_as_nmap}, {"sampled", play_sampled},
};

static const struct {
    const char *suffix;
    const char *writer;
    bool terminal;
} forms[] = {{"screen.txt", "normal", true}, {"file.txt", "normal", false}, {"xml", "xml", false},
             {"jsonl", "json", false},       {"gnmap", "grep", false},      {"list", "list", false}};

/* Every call must bring whole lines: a reader of a pipe never sees half an element. */
static void collect(void *ctx, struct slice bytes) {
    struct buf *b = (struct buf *)ctx;
    assert_true(bytes.n > 0 && bytes.p[bytes.n - 1] == '\n');
    assert_true(buf_put(b, bytes));
}

static void play(size_t p, size_t form, struct services *services, struct buf *got) {
    static struct tape t;
    memset(&t, 0, sizeof t);
    t.run.version = "0.1.0";
    t.run.wall_start = T0;
    t.type = writer_find(slice_of(forms[form].writer));
    assert_non_null(t.type);
    struct writer_options o = {.run = &t.run, .services = services, .terminal = forms[form].terminal};
    t.writer = t.type->create(&o, (struct sink){collect, got});
    assert_non_null(t.writer);
    plays[p].play(&t);
    assert_true(t.type->end(t.writer, &t.stats));
    t.type->destroy(t.writer);
}

static void reports_are_as_recorded(void **state) {
    struct services *services = (struct services *)*state;
    for (size_t p = 0; p < LL_COUNT(plays); p++) {
        for (size_t form = 0; form < LL_COUNT(forms); form++) {
            char path[512];
            struct buf got;
            buf_init(&got, 1 << 20);
            play(p, form, services, &got);
            golden_path(path, plays[p].name, forms[form].suffix);
            golden_compare(path, &got);
            buf_finish(&got);
        }
    }
}

static void formats_are_found_by_name(void **state) {
    (void)state;
    assert_ptr_equal(writer_find(SLICE("xml")), &writer_xml);
    assert_ptr_equal(writer_find(SLICE("normal")), &writer_text);
    assert_null(writer_find(SLICE("XML")));
    assert_null(writer_find(SLICE("")));
}

/* The names of the article, so that the table of the product may grow without touching the reports. */
static const char ports[] = "1\ttcp\ttcpmux\t-\t-\t-\n"
                            "2\ttcp\tcompressnet\t-\t-\t-\n"
                            "20\ttcp\tftp-data\t-\t-\t-\n"
                            "21\ttcp\tftp\t-\t-\t-\n"
                            "22\ttcp\tssh\t-\t-\t-\n"
                            "25\ttcp\tsmtp\t-\t-\t-\n"
                            "80\ttcp\thttp\t-\t-\t-\n"
                            "995\ttcp\tpop3s\t-\t-\t-\n"
                            "3000\ttcp\tremoteware-cl\tppp\t-\t-\n"
                            "8080\ttcp\thttp-alt\thttp-proxy\t-\t-\n";

int main(void) {
    setenv("TZ", "UTC", 1);
    tzset();
    struct err e = {0};
    struct services *services = services_parse(slice_of(ports), "ports", &e);
    if (services == NULL) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    struct CMUnitTest tests[] = {cmocka_unit_test_prestate(reports_are_as_recorded, services),
                                 cmocka_unit_test(formats_are_found_by_name)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    services_destroy(services);
    return failed;
}
