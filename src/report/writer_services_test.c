/* What service detection found, through every writer; bytes under tests/golden/report/services.*. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "report/golden.h"
#include "report/list.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define T0 INT64_C(1795464211)

static const struct service_fact web_facts[] = {{{"tls.version", 11}, {"TLSv1.3", 7}},
                                                {{"tls.subject", 11}, {"CN=<\x1b]0;x>", 10}},
                                                {{"tls.san", 7}, {"www.example.com", 15}},
                                                {{"tls.san", 7}, {"example.com", 11}}};

static const struct {
    uint16_t port;
    enum proto proto;
    const char *table;
    struct service_result r;
} rows[] = {
    {22,
     PROTO_TCP,
     "ssh",
     {.probed = true,
      .confidence = 10,
      .name = {"ssh", 3},
      .product = {"OpenSSH", 7},
      .version = {"9.2p1", 5},
      .extra = {"Debian-2+deb12u7; protocol 2.0", 30},
      .os = {"Linux", 5},
      .cpe = {{"cpe:/a:openbsd:openssh:9.2p1", 28}, {"cpe:/o:linux:linux_kernel", 25}},
      .n_cpe = 2,
      .evidence = {.probe = {"banner", 6},
                   .parser = {"ssh", 3},
                   .signature = {"openssh", 7},
                   .rtt_us = 210,
                   .bytes = 40,
                   .hash = 0x0123456789abcdef}}},
    {25,
     PROTO_TCP,
     "smtp",
     {.probed = true,
      .confidence = 10,
      .name = {"smtp", 4},
      .product = {"Postfix smtpd", 13},
      .hostname = {"mail.example.com", 16}}},
    {443,
     PROTO_TCP,
     "https",
     {.probed = true,
      .confidence = 10,
      .tunnel = TUNNEL_SSL,
      .name = {"http", 4},
      .product = {"nginx", 5},
      .version = {"1.22.1", 6},
      .cpe = {{"cpe:/a:igor_sysoev:nginx:1.22.1", 31}},
      .n_cpe = 1,
      .facts = web_facts,
      .n_facts = LL_COUNT(web_facts)}},
    {993, PROTO_TCP, "imaps", {.confidence = 3, .tunnel = TUNNEL_SSL}},
    {1234,
     PROTO_TCP,
     NULL,
     {.confidence = 3,
      .print = {"SF-Port1234-TCP:V=0.1.0%I=7%D=11/23%Time=6B0,5C13%P=linux%r(banner,5,\"hello\");", 78}}},
    {2000,
     PROTO_TCP,
     "cisco-sccp",
     {.confidence = 8, .probed = true, .name = {"tcpwrapped", 10}, .end = SERVICE_END_WRAPPED}},
    {3001, PROTO_TCP, NULL, {.confidence = 3, .end = SERVICE_END_BYTES}},
    {3002, PROTO_TCP, "nessus", {.confidence = 3, .end = SERVICE_END_TIME}},
    {3003, PROTO_TCP, NULL, {.confidence = 3, .end = SERVICE_END_SILENT}},
    {8080,
     PROTO_TCP,
     "http-proxy",
     {.probed = true,
      .confidence = 7,
      .name = {"http", 4},
      .product = {"Example/Server, with a slash", 28},
      .device = {"printer", 7},
      .evidence = {.probe = {"http", 4}, .documented = true}}},
    {9100, PROTO_TCP, "jetdirect", {.confidence = 3, .end = SERVICE_END_EXCLUDED}},
    {53,
     PROTO_UDP,
     "domain",
     {.probed = true, .confidence = 10, .name = {"domain", 6}, .product = {"ISC BIND", 8}, .version = {"9.18.49", 7}}},
};

static const struct {
    const char *suffix;
    const char *writer;
    bool terminal;
} forms[] = {{"screen.txt", "normal", true},
             {"file.txt", "normal", false},
             {"xml", "xml", false},
             {"jsonl", "json", false},
             {"gnmap", "grep", false}};

static void collect(void *ctx, struct slice bytes) {
    assert_true(buf_put((struct buf *)ctx, bytes));
}

static void play(size_t form, const struct services *services, struct buf *got) {
    struct port_result ports[LL_COUNT(rows)];
    struct service_result results[LL_COUNT(rows)];
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        ports[i] = (struct port_result){.port = rows[i].port,
                                        .proto = (uint8_t)rows[i].proto,
                                        .state = PORT_OPEN,
                                        .reason = rows[i].proto == PROTO_UDP ? REASON_UDP_RESPONSE : REASON_SYN_ACK,
                                        .tries = 1};
        results[i] = rows[i].r;
        results[i].port = rows[i].port;
        results[i].proto = (uint8_t)rows[i].proto;
    }
    struct host_result h = {.state = HOST_UP,
                            .reason = REASON_ECHO_REPLY,
                            .scanned = true,
                            .ports = ports,
                            .n_ports = LL_COUNT(rows),
                            .services = results,
                            .n_services = LL_COUNT(rows),
                            .alike = 76,
                            .complete = {.measured = true}};
    assert_true(addr_parse(SLICE("192.0.2.10"), &h.addr));
    struct run_info run = {
        .version = "0.1.0", .wall_start = T0, .service_scan = true, .args = SLICE("leadline -sV 192.0.2.10")};
    struct run_stats stats = {.wall_end = T0 + 2, .elapsed_s = 2.1, .hosts_up = 1, .hosts_total = 1};
    const struct writer_type *type = writer_find(slice_of(forms[form].writer));
    struct writer_options o = {.run = &run, .services = services, .terminal = forms[form].terminal};
    struct writer *w = type->create(&o, (struct sink){collect, got});
    assert_non_null(w);
    type->begin(w);
    type->event(w, &(struct event){.kind = EVENT_HOST, .wall = T0 + 2, .host = &h});
    assert_true(type->end(w, &stats));
    type->destroy(w);
}

static void services_are_as_recorded(void **state) {
    struct buf table;
    struct err e;
    (void)state;
    buf_init(&table, 1 << 16);
    for (size_t i = 0; i < LL_COUNT(rows); i++)
        if (rows[i].table)
            buf_printf(&table, "%u\t%s\t%s\t-\t-\t-\n", rows[i].port, rows[i].proto == PROTO_UDP ? "udp" : "tcp",
                       rows[i].table);
    struct services *services = services_parse(buf_slice(&table), "table", &e);
    assert_non_null(services);
    for (size_t form = 0; form < LL_COUNT(forms); form++) {
        char path[512];
        struct buf got;
        buf_init(&got, 1 << 20);
        play(form, services, &got);
        golden_path(path, "services", forms[form].suffix);
        golden_compare(path, &got);
        buf_finish(&got);
    }
    services_destroy(services);
    buf_finish(&table);
}

int main(void) {
    setenv("TZ", "UTC", 1);
    tzset();
    const struct CMUnitTest tests[] = {cmocka_unit_test(services_are_as_recorded)};
    return cmocka_run_group_tests_name("services", tests, NULL, NULL);
}
