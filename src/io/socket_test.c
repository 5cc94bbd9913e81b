#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/socket.h"

#include <errno.h>
#include <unistd.h>

static void a_socket_that_meets_itself_is_seen(void **state) {
    (void)state;
    static const int families[] = {AF_INET, AF_INET6};
    static const uint8_t one[16] = {[15] = 1};
    for (size_t i = 0; i < LL_COUNT(families); i++) {
        union socket_address at;
        struct addr a = families[i] == AF_INET ? addr_v4(INADDR_LOOPBACK) : addr_v6(one, 0);
        socklen_t n = socket_address_of(&a, 0, &at);
        int on = 1, fd = socket(families[i], SOCK_STREAM | SOCK_CLOEXEC, 0);
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        assert_int_equal(bind(fd, &at.any, n), 0);
        assert_false(socket_is_own_echo(fd));
        assert_int_equal(getsockname(fd, &at.any, &n), 0);
        assert_int_equal(connect(fd, &at.any, n), 0);
        assert_true(socket_is_own_echo(fd));
        close(fd);
    }
}

static void addresses_keep_port_and_zone(void **state) {
    (void)state;
    static const uint8_t local[16] = {0xfe, 0x80, [15] = 9};
    union socket_address at;
    struct addr v4 = addr_v4(0x0a000005), v6 = addr_v6(local, 7);
    assert_int_equal(socket_address_of(&v4, 80, &at), sizeof at.v4);
    assert_int_equal(ntohl(at.v4.sin_addr.s_addr), 0x0a000005);
    assert_int_equal(ntohs(at.v4.sin_port), 80);
    assert_int_equal(socket_address_of(&v6, 65535, &at), sizeof at.v6);
    assert_memory_equal(&at.v6.sin6_addr, local, 16);
    assert_int_equal(at.v6.sin6_scope_id, 7);
    assert_int_equal(ntohs(at.v6.sin6_port), 65535);
}

static void lacks_have_their_words(void **state) {
    (void)state;
    assert_int_equal(socket_lack(EMFILE), EMFILE);
    assert_int_equal(socket_lack(EADDRINUSE), EADDRNOTAVAIL);
    assert_int_equal(socket_lack(ENOMEM), ENOBUFS);
    assert_int_equal(socket_lack(0), 0);
    assert_int_equal(socket_lack(EINPROGRESS), 0);
    assert_int_equal(socket_lack(ECONNREFUSED), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_socket_that_meets_itself_is_seen),
        cmocka_unit_test(addresses_keep_port_and_zone),
        cmocka_unit_test(lacks_have_their_words),
    };
    return cmocka_run_group_tests_name("socket", tests, NULL, NULL);
}
