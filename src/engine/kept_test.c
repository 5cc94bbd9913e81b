/* Kept results: whole copies, of named targets only, and never more than the ceiling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/kept.h"

static const uint64_t seed[2] = {1, 2};

static void copies_are_whole(void **state) {
    (void)state;
    struct kept_results k;
    char ptr[] = "www.example";
    struct port_result ports[] = {{.port = 22, .state = PORT_OPEN}, {.port = 80, .state = PORT_CLOSED}};
    struct host_result r = {.addr = addr_v4(0x0a000005),
                            .given = SLICE("a.example"),
                            .ptr = SLICE(ptr),
                            .state = HOST_UP,
                            .ports = ports,
                            .n_ports = 2};
    kept_init(&k, seed);
    kept_add(&k, &r);
    memset(ptr, 'x', sizeof ptr - 1); /* the host is gone */
    memset(ports, 0xff, sizeof ports);
    const struct host_result *got = kept_find(&k, &r.addr);
    assert_non_null(got);
    assert_true(slice_eq(got->ptr, SLICE("www.example")));
    assert_int_equal(got->n_ports, 2);
    assert_int_equal(got->ports[1].port, 80);
    assert_int_equal(got->ports[0].state, PORT_OPEN);
    struct addr other = addr_v4(0x0a000006);
    assert_null(kept_find(&k, &other));
    kept_finish(&k);
}

static void targets_without_names_are_not_kept(void **state) {
    (void)state;
    struct kept_results k;
    struct host_result r = {.addr = addr_v4(0x0a000005), .state = HOST_UP};
    kept_init(&k, seed);
    kept_add(&k, &r);
    assert_null(kept_find(&k, &r.addr));
    kept_finish(&k);
}

static void the_oldest_go_first(void **state) {
    (void)state;
    struct kept_results k;
    struct port_result *ports = calloc(65536, sizeof *ports);
    enum { MANY = 1000 };
    assert_non_null(ports);
    kept_init(&k, seed);
    for (uint32_t i = 0; i < MANY; i++) {
        struct host_result r = {.addr = addr_v4(0x0a000000 + i),
                                .given = SLICE("a.example"),
                                .state = HOST_UP,
                                .ports = ports,
                                .n_ports = i % 2 ? 65536 : 1000};
        kept_add(&k, &r);
        assert_true(k.bytes <= 16U << 20);
        assert_non_null(kept_find(&k, &r.addr));
    }
    struct addr first = addr_v4(0x0a000000), late = addr_v4(0x0a000000 + MANY - 10);
    assert_null(kept_find(&k, &first));
    assert_non_null(kept_find(&k, &late));
    kept_finish(&k);
    free(ports);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_whole),
        cmocka_unit_test(targets_without_names_are_not_kept),
        cmocka_unit_test(the_oldest_go_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
