/* Tests of addresses as values and as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/addr.h"

static struct addr parse(const char *text) {
    struct addr a;
    if (!addr_parse(slice_of(text), &a))
        fail_msg("%s was not accepted", text);
    return a;
}

static void assert_text(const struct addr *a, const char *expected) {
    char text[ADDR_TEXT_MAX];
    assert_string_equal(addr_format(a, text), expected);
}

static void test_text_is_canonical(void **state) {
    (void)state;
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"0.0.0.0", "0.0.0.0"},
        {"255.255.255.255", "255.255.255.255"},
        {"192.0.2.10", "192.0.2.10"},
        {"010.001.00.9", "10.1.0.9"},
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"2001:DB8::1", "2001:db8::1"},
        {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
        {"0:0:3:4:5:6:7:8", "::3:4:5:6:7:8"},
        {"0:2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"2001:0db8:00a0:0f00:1000:0001:0010:0100", "2001:db8:a0:f00:1000:1:10:100"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
        {"::ffff:c000:201", "::ffff:192.0.2.1"},
        {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
        {"::1.2.3.4", "::102:304"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        struct addr a = parse(rows[i].in);
        assert_text(&a, rows[i].out);
        struct addr again = parse(rows[i].out);
        assert_true(addr_eq(&a, &again));
    }
}

static void test_other_text_is_refused(void **state) {
    (void)state;
    static const char *rows[] = {"",
                                 ".",
                                 "1.2.3",
                                 "1.2.3.",
                                 ".1.2.3",
                                 "1.2.3.4.",
                                 "1.2.3.4.5",
                                 "1.2.3.256",
                                 "1.2.3.0004",
                                 "1.2.3.-4",
                                 "1.2.3.+4",
                                 " 1.2.3.4",
                                 "1.2.3.4 ",
                                 "1.2.3.0x4",
                                 "1.2.3.4/32",
                                 "1.2.3.4%1",
                                 ":",
                                 ":::",
                                 "1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:8:9",
                                 "1::2::3",
                                 "12345::",
                                 "::g",
                                 "::1/64",
                                 "[::1]",
                                 "::1.2.3.256",
                                 "fe80::1%",
                                 "fe80::1%0",
                                 "fe80::1%4294967296",
                                 "fe80::1%no such name",
                                 "fe80::1%nosuchinterface0123456789",
                                 "fe80::1%1%1",
                                 "2001:db8::1%1",
                                 "::1%lo",
                                 "1111:2222:3333:4444:5555:6666:7777:88888888888888888888",
                                 "localhost"};
    struct addr a;
    for (size_t i = 0; i < LL_COUNT(rows); i++)
        if (addr_parse(slice_of(rows[i]), &a))
            fail_msg("\"%s\" was accepted", rows[i]);
    assert_false(addr_parse((struct slice){NULL, 0}, &a));
    assert_false(addr_parse((struct slice){"::1\0", 4}, &a));
    assert_false(addr_parse((struct slice){"1.2.3.4\0", 8}, &a));
    assert_true(addr_parse((struct slice){"1.2.3.456", 7}, &a));
    assert_text(&a, "1.2.3.4");
}

static void test_zone(void **state) {
    (void)state;
    struct addr named = parse("fe80::1%lo"), numbered = parse("fe80::1%1"), far = parse("ff02::1%2000000000");
    assert_int_equal(numbered.zone, 1);
    assert_true(addr_eq(&named, &numbered));
    assert_text(&numbered, "fe80::1%lo");
    assert_text(&far, "ff02::1%2000000000");
    struct addr bare = parse("fe80::1");
    assert_false(addr_eq(&bare, &named));
    assert_true(addr_cmp(&bare, &named) < 0);
    assert_true(addr_cmp(&named, &bare) > 0);
    struct addr longest = parse("fe80:1111:2222:3333:4444:5555:6666:7777");
    longest.zone = INT32_MAX;
    assert_text(&longest, "fe80:1111:2222:3333:4444:5555:6666:7777%2147483647");
}

static void test_order(void **state) {
    (void)state;
    static const char *sorted[] = {"0.0.0.0", "1.0.0.255", "1.0.1.0", "255.255.255.255", "::", "::1", "ff::", "100::"};
    for (size_t i = 0; i < LL_COUNT(sorted); i++)
        for (size_t j = 0; j < LL_COUNT(sorted); j++) {
            struct addr a = parse(sorted[i]), b = parse(sorted[j]);
            int order = addr_cmp(&a, &b);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

static void test_number(void **state) {
    (void)state;
    struct addr a = addr_v4(0xc0000201);
    assert_text(&a, "192.0.2.1");
    assert_int_equal(addr_v4_value(&a), 0xc0000201);
    assert_true(addr_number(&a) == 0xc0000201);
    struct addr back = addr_from_number(ADDR_V4, addr_number(&a), 7);
    assert_true(addr_eq(&a, &back));
    struct addr six = parse("2001:db8::ff");
    assert_int_equal(addr_v4_value(&six), 0);
    struct addr next = addr_from_number(ADDR_V6, addr_number(&six) + 1, 0);
    assert_text(&next, "2001:db8::100");
    struct addr top = addr_from_number(ADDR_V6, ~(u128)0, 3);
    assert_int_equal(top.zone, 3);
    assert_true(addr_number(&top) == ~(u128)0);
    struct addr none = {0};
    assert_int_equal(addr_bytes(&none), 0);
    assert_text(&none, "");
}

static void test_reverse_name(void **state) {
    (void)state;
    char name[80];
    struct addr four = parse("192.0.2.10"), six = parse("2001:db8::567:89ab"), none = {0};
    assert_true(addr_reverse_name(&four, name));
    assert_string_equal(name, "10.2.0.192.in-addr.arpa");
    assert_true(addr_reverse_name(&six, name));
    assert_string_equal(name, "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    assert_false(addr_reverse_name(&none, name));
}

static void test_scopes(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool loopback, link_local, multicast;
    } rows[] = {
        {"127.0.0.1", true, false, false},
        {"127.255.255.255", true, false, false},
        {"128.0.0.1", false, false, false},
        {"169.254.0.1", false, true, false},
        {"169.253.0.1", false, false, false},
        {"224.0.0.1", false, false, true},
        {"239.255.255.255", false, false, true},
        {"240.0.0.1", false, false, false},
        {"255.255.255.255", false, false, true},
        {"::1", true, false, false},
        {"::", false, false, false},
        {"fe80::1", false, true, false},
        {"febf::1", false, true, false},
        {"fec0::1", false, false, false},
        {"ff02::1", false, false, true},
        {"7f00:1::", false, false, false},
    };
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        struct addr a = parse(rows[i].text);
        assert_int_equal(addr_is_loopback(&a), rows[i].loopback);
        assert_int_equal(addr_is_link_local(&a), rows[i].link_local);
        assert_int_equal(addr_is_multicast(&a), rows[i].multicast);
    }
}

static void test_prefix(void **state) {
    (void)state;
    static const struct {
        const char *a, *net;
        unsigned bits;
        bool in;
    } rows[] = {
        {"10.1.2.3", "10.0.0.0", 8, true},
        {"11.1.2.3", "10.0.0.0", 8, false},
        {"10.1.2.3", "255.0.0.0", 0, true},
        {"10.1.2.3", "10.1.2.2", 31, true},
        {"10.1.2.4", "10.1.2.2", 31, false},
        {"10.1.2.3", "10.1.2.3", 32, true},
        {"10.1.2.3", "10.1.2.2", 32, false},
        {"10.1.2.3", "10.1.2.3", 200, true},
        {"172.31.255.255", "172.16.0.0", 12, true},
        {"172.32.0.0", "172.16.0.0", 12, false},
        {"2001:db8::1", "2001:db8::", 32, true},
        {"2001:db9::1", "2001:db8::", 32, false},
        {"2001:db9::1", "2001:db8::", 31, true},
        {"::1", "::", 127, true},
        {"::1", "::", 128, false},
        {"::", "0.0.0.0", 0, false},
    };
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        struct addr a = parse(rows[i].a), net = parse(rows[i].net);
        if (addr_in_prefix(&a, &net, rows[i].bits) != rows[i].in)
            fail_msg("%s in %s/%u", rows[i].a, rows[i].net, rows[i].bits);
    }
}

static void test_multicast_names(void **state) {
    (void)state;
    struct addr a = parse("fe80::2aa:ff:fe28:9c5a%1");
    struct addr group = addr_solicited_node(&a);
    assert_int_equal(group.zone, 1);
    group.zone = 0;
    assert_text(&group, "ff02::1:ff28:9c5a");
    uint8_t mac[MAC_LEN];
    char text[18];
    addr_multicast_mac(&group, mac);
    assert_string_equal(mac_format(mac, text), "33:33:FF:28:9C:5A");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_canonical),
        cmocka_unit_test(test_other_text_is_refused),
        cmocka_unit_test(test_zone),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_reverse_name),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_multicast_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
