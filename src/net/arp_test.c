/* Tests of ARP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/arp.h"

static const uint8_t request[ARP_LEN] = {0,   1, 8, 0, 6, 4, 0, 1, 2, 0, 0,   0, 0, 1,
                                         192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 192, 0, 2, 9};

static void test_round_trip(void **state) {
    (void)state;
    struct arp a = {.op = ARP_REQUEST,
                    .sender_mac = {2, 0, 0, 0, 0, 1},
                    .sender = addr_v4(0xc0000201),
                    .target = addr_v4(0xc0000209)};
    uint8_t bytes[ARP_LEN];
    struct wr w = wr_of(bytes, sizeof bytes);
    arp_write(&w, &a);
    assert_false(w.bad);
    assert_int_equal(w.n, ARP_LEN);
    assert_memory_equal(bytes, request, sizeof request);
    struct arp back;
    struct rd r = rd_of(bytes, sizeof bytes);
    assert_true(arp_read(&r, &back));
    assert_int_equal(back.op, ARP_REQUEST);
    assert_memory_equal(back.sender_mac, a.sender_mac, 6);
    assert_memory_equal(back.target_mac, a.target_mac, 6);
    assert_true(addr_eq(&back.sender, &a.sender));
    assert_true(addr_eq(&back.target, &a.target));
}

static void test_other_kinds_are_refused(void **state) {
    (void)state;
    struct arp a;
    for (size_t i = 0; i < 6; i++) { /* hardware, protocol, both lengths */
        uint8_t bytes[ARP_LEN];
        memcpy(bytes, request, sizeof bytes);
        bytes[i] ^= 0x10;
        struct rd r = rd_of(bytes, sizeof bytes);
        assert_false(arp_read(&r, &a));
    }
    for (size_t n = 0; n < ARP_LEN; n++) {
        struct rd r = rd_of(request, n);
        assert_false(arp_read(&r, &a));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_other_kinds_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
