/* Colour paints states and changes nothing else. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "report/list.h"

#include <string.h>

static void collect(void *ctx, struct slice bytes) {
    assert_true(buf_put((struct buf *)ctx, bytes));
}

static void play(bool color, struct buf *got) {
    static const enum port_state states[] = {PORT_OPEN,       PORT_CLOSED,        PORT_FILTERED,
                                             PORT_UNFILTERED, PORT_OPEN_FILTERED, PORT_CLOSED_FILTERED};
    struct run_info run = {.program = &program_own, .verbose = 1};
    struct writer_options o = {.run = &run, .terminal = true, .color = color};
    struct run_stats stats = {.hosts_total = 1, .hosts_up = 1};
    struct port_result ports[LL_COUNT(states)];
    struct host_result h = {.state = HOST_UP, .scanned = true, .ports = ports, .n_ports = LL_COUNT(ports)};
    assert_true(addr_parse(SLICE("10.0.0.1"), &h.addr));
    for (size_t i = 0; i < LL_COUNT(ports); i++)
        ports[i] = (struct port_result){.port = (uint16_t)(i + 1), .state = (uint8_t)states[i]};
    struct writer *w = writer_text.create(&o, (struct sink){collect, got});
    assert_non_null(w);
    buf_init(got, 1 << 20);
    writer_text.begin(w);
    writer_text.event(w, &(struct event){.kind = EVENT_PORT, .host = &h, .port = &ports[0]});
    writer_text.event(w, &(struct event){.kind = EVENT_HOST, .host = &h});
    assert_true(writer_text.end(w, &stats));
    writer_text.destroy(w);
}

/* Takes the colours out; says how many sequences there were. */
static size_t bleach(struct buf *b) {
    size_t to = 0, taken = 0;
    bool inside = false;
    for (size_t i = 0; i < b->n; i++) {
        inside = b->p[i] == '\x1b' || (inside && b->p[i - 1] != 'm');
        taken += b->p[i] == '\x1b';
        if (!inside)
            b->p[to++] = b->p[i];
    }
    b->n = to;
    return taken;
}

static void colour_only_paints(void **state) {
    (void)state;
    struct buf plain, painted;
    play(false, &plain);
    play(true, &painted);
    assert_null(memchr(plain.p, '\x1b', plain.n));
    assert_non_null(strstr(buf_cstr(&painted), "Discovered \x1b[32mopen\x1b[0m port 1/tcp"));
    assert_non_null(strstr(buf_cstr(&painted), "1/tcp \x1b[32mopen\x1b[0m "));
    assert_int_equal(bleach(&painted), 2 * (1 + 6));
    assert_string_equal(buf_cstr(&painted), buf_cstr(&plain));
    buf_finish(&plain);
    buf_finish(&painted);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(colour_only_paints)};
    return cmocka_run_group_tests_name("text_color", tests, NULL, NULL);
}
