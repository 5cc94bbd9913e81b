/* Fingerprints and traces: strangers' bytes in one printable line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "model/result.h"
#include "service/state.h"

static void put_utc(void) {
    setenv("TZ", "UTC", 1);
    tzset();
}

static void a_fingerprint_is_one_line(void **state) {
    (void)state;
    struct arena a;
    struct buf answers;
    struct service_result r = {.port = 1234, .proto = PROTO_TCP, .tunnel = TUNNEL_SSL};
    put_utc();
    arena_init(&a, "test", 1 << 16);
    buf_init(&answers, 1 << 16);
    assert_int_equal(print_line(&a, &answers, &r, 7, 0).n, 0); /* no answer, no line */
    print_add(&answers, "banner", SLICE("hi, a\"b\r\n\0\x1b[0m\xff"));
    print_add(&answers, "nothing", SLICE(""));
    struct slice line = print_line(&a, &answers, &r, 7, 0x5f000000);
    const char *want = "SF-Port1234-TCP:V=" LL_VERSION "%T=SSL%I=7%D=7/4%Time=5F000000%P=linux"
                       "%r(banner,F,\"hi,\\x20a\\\"b\\r\\n\\0\\x1b\\[0m\\xff\");";
    assert_int_equal(line.n, strlen(want));
    assert_memory_equal(line.p, want, line.n);
    buf_finish(&answers);
    arena_finish(&a);
}

static void fingerprints_have_a_ceiling(void **state) {
    (void)state;
    static char junk[60000];
    struct arena a;
    struct buf answers;
    struct service_result r = {.port = 65535, .proto = PROTO_UDP};
    arena_init(&a, "test", 1 << 20);
    buf_init(&answers, 4 * SERVICE_PRINT_MAX);
    memset(junk, 0xfe, sizeof junk);
    for (int i = 0; i < 50; i++)
        print_add(&answers, "junk", (struct slice){junk, sizeof junk});
    struct slice line = print_line(&a, &answers, &r, 9, 1);
    assert_true(line.n > 0 && line.n <= 4 * SERVICE_PRINT_MAX);
    for (size_t i = 0; i < line.n; i++)
        assert_true(line.p[i] > 0x1f && line.p[i] < 0x7f);
    buf_finish(&answers);
    arena_finish(&a);
}

struct heard {
    char text[1 << 18];
    size_t n, lines;
};

static void hear(void *ctx, struct slice line) {
    struct heard *h = ctx;
    h->lines++;
    h->n = ll_min_size(line.n, sizeof h->text);
    memcpy(h->text, line.p, h->n);
}

static void trace(struct heard *h, enum stream_kind kind, const char *addr, struct slice bytes) {
    struct service_trace t = {hear, h};
    struct stream_request s = {.kind = kind, .dport = 53};
    assert_true(addr_parse(slice_of(addr), &s.dst));
    service_trace_bytes(&t, &s, "dns", '<', bytes);
    h->text[h->n] = 0;
}

static void traces_name_the_conversation(void **state) {
    (void)state;
    static struct heard h;
    trace(&h, STREAM_TCP, "192.0.2.7", SLICE("a\r\n"));
    assert_string_equal(h.text, "SERVICE 192.0.2.7:53/tcp plain dns < \"a\\r\\n\"");
    trace(&h, STREAM_TLS, "2001:db8::1", SLICE("\"\\\t\x7f\0"));
    assert_string_equal(h.text, "SERVICE [2001:db8::1]:53/tcp tls dns < \"\\\"\\\\\\t\\x7f\\x00\"");
    trace(&h, STREAM_UDP, "192.0.2.7", SLICE(""));
    assert_string_equal(h.text, "SERVICE 192.0.2.7:53/udp plain dns < \"\"");
    trace(&h, STREAM_DTLS, "192.0.2.7", SLICE("x"));
    assert_string_equal(h.text, "SERVICE 192.0.2.7:53/udp dtls dns < \"x\"");
    assert_int_equal(h.lines, 4);
    service_trace_bytes(NULL, NULL, NULL, '<', SLICE("nobody looks"));
}

static void traces_are_printable_and_bounded(void **state) {
    (void)state;
    static struct heard h;
    static char junk[100000];
    for (size_t i = 0; i < sizeof junk; i++)
        junk[i] = (char)(i * 31 + i / 256);
    trace(&h, STREAM_TCP, "192.0.2.7", (struct slice){junk, sizeof junk});
    assert_int_equal(h.lines, 1);
    assert_true(h.n > 16 << 10 && h.n < 80 << 10);
    for (size_t i = 0; i < h.n; i++)
        assert_true(h.text[i] > 0x1f && h.text[i] < 0x7f);
    assert_int_equal(h.text[h.n - 1], '"');
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fingerprint_is_one_line),
        cmocka_unit_test(fingerprints_have_a_ceiling),
        cmocka_unit_test(traces_name_the_conversation),
        cmocka_unit_test(traces_are_printable_and_bounded),
    };
    return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
