/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
/* The command's own files are not in the library. */
#include "cli/iflist.c"

static struct addr parsed(const char *text) {
    struct addr a;
    assert_true(addr_parse(slice_of(text), &a));
    return a;
}

static void columns_are_as_wide_as_their_cells(void **state) {
    (void)state;
    struct iflist f = {0};
    struct netlink_link lo = {.ifindex = 1, .name = "lo", .type = ARPHRD_LOOPBACK, .flags = IFF_UP, .mtu = 65536};
    struct netlink_link eth = {
        .ifindex = 2, .name = "eth0", .type = ARPHRD_ETHER, .has_mac = true, .mac = {2, 0, 0, 0, 0, 1}, .mtu = 1500};
    struct netlink_address a = {.ifindex = 1, .bits = 8, .addr = parsed("127.0.0.1")};
    struct netlink_address b = {.ifindex = 1, .bits = 128, .addr = parsed("::1")};
    iflist_see_link(&f, &lo);
    iflist_see_link(&f, &eth);
    iflist_see_address(&f, &a);
    iflist_see_address(&f, &b);
    iflist_interfaces(&f);
    struct netlink_entry way = {
        .dst = parsed("0.0.0.0"), .oif = 2, .metric = 100, .has_gateway = true, .gateway = parsed("192.0.2.1")};
    struct netlink_entry odd = {.dst = parsed("2001:db8::"), .bits = 32};
    iflist_see_route(&f, &way);
    iflist_see_route(&f, &odd);
    struct buf text;
    buf_init(&text, 4096);
    iflist_put(&text, "INTERFACES", &f.interfaces);
    iflist_put(&text, "ROUTES", &f.routes);
    assert_string_equal(buf_cstr(&text), "************************INTERFACES************************\n"
                                         "DEV  (SHORT) IP/MASK     TYPE     UP   MTU   MAC\n"
                                         "lo   (lo)    127.0.0.1/8 loopback up   65536\n"
                                         "lo   (lo)    ::1/128     loopback up   65536\n"
                                         "eth0 (eth0)  (none)/0    ethernet down 1500  02:00:00:00:00:01\n"
                                         "**************************ROUTES**************************\n"
                                         "0.0.0.0/0     eth0      100 192.0.2.1\n"
                                         "2001:db8::/32 (several) 0\n");
    buf_finish(&text);
    free(f.links);
    free(f.addresses);
    free(f.interfaces.rows);
    free(f.routes.rows);
}

static void this_machine_has_interfaces(void **state) {
    (void)state;
    struct buf text;
    struct err e = {0};
    buf_init(&text, 1 << 20);
    assert_true(iflist_text(&text, &e));
    assert_non_null(strstr(buf_cstr(&text), "lo"));
    assert_non_null(strstr(buf_cstr(&text), "\nDST/MASK"));
    buf_finish(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_their_cells),
        cmocka_unit_test(this_machine_has_interfaces),
    };
    return cmocka_run_group_tests_name("iflist", tests, NULL, NULL);
}
