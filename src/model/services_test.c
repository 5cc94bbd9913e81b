/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "model/services.h"
#include <string.h>

static const char table[] = "# port proto iana shown reason rank\n"
                            "22\ttcp\tssh\t-\t-\t2\n"
                            "80\ttcp\thttp\t-\t-\t1\n"
                            "80\tudp\thttp\t-\t-\t-\n"
                            "3128\ttcp\tndl-aas\tsquid-http\tSquid's usual port\t3\n"
                            "6443\ttcp\t-\tkubernetes-api\tKubernetes API server\t-\n"
                            "8080\ttcp\thttp-alt\thttp-proxy\tproxies listen there\t4\r\n"
                            "49152\ttcp\t-\t-\t-\t5\n"
                            "\n"
                            "1\tip\ticmp\t-\t-\t-\n";

static struct services *parse(const char *text) {
    struct err e = {0};
    struct services *s = services_parse(slice_of(text), "ports.tsv", &e);
    assert_string_equal(e.text, "");
    assert_non_null(s);
    return s;
}

static void assert_name(const struct services *s, enum proto p, uint16_t port, const char *expected) {
    struct slice name = services_name(s, p, port);
    if (expected == NULL)
        assert_null(name.p);
    else if (!slice_eq(name, slice_of(expected)))
        fail_msg("%u/%s is called " SLICE_FMT ", not %s", port, proto_text(p), SLICE_ARG(name), expected);
}

static void names_are_the_operators_else_ianas(void **state) {
    (void)state;
    struct services *s = parse(table);
    assert_name(s, PROTO_TCP, 22, "ssh");
    assert_name(s, PROTO_TCP, 3128, "squid-http");
    assert_name(s, PROTO_TCP, 6443, "kubernetes-api");
    assert_name(s, PROTO_TCP, 8080, "http-proxy");
    assert_name(s, PROTO_UDP, 80, "http");
    assert_name(s, PROTO_IP, 1, "icmp");
    assert_name(s, PROTO_TCP, 81, NULL);
    assert_name(s, PROTO_TCP, 49152, NULL);
    assert_name(s, PROTO_SCTP, 80, NULL);
    services_destroy(s);
}

static void patterns_match_both_names(void **state) {
    (void)state;
    static const struct {
        const char *pattern;
        enum proto proto;
        size_t count;
        uint16_t member;
    } cases[] = {
        {"ssh", PROTO_TCP, 1, 22},     {"HTTP*", PROTO_TCP, 2, 8080},    {"*http*", PROTO_TCP, 3, 3128},
        {"ndl-*", PROTO_TCP, 1, 3128}, {"http-alt", PROTO_TCP, 1, 8080}, {"http*", PROTO_UDP, 1, 80},
        {"s?h", PROTO_TCP, 1, 22},     {"*", PROTO_TCP, 5, 6443},        {"-", PROTO_TCP, 0, 0},
        {"nothing", PROTO_TCP, 0, 0},  {"*", PROTO_SCTP, 0, 0},
    };
    struct services *s = parse(table);
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct portset found;
        portset_clear(&found);
        assert_int_equal(services_match(s, cases[i].proto, slice_of(cases[i].pattern), &found), cases[i].count);
        assert_int_equal(portset_count(&found), cases[i].count);
        assert_int_equal(portset_has(&found, cases[i].member), cases[i].count > 0);
    }
    services_destroy(s);
}

static void all_are_the_ports_with_names(void **state) {
    (void)state;
    struct services *s = parse(table);
    struct portset all;
    portset_clear(&all);
    services_all(s, PROTO_TCP, &all);
    assert_int_equal(portset_count(&all), 5);
    assert_false(portset_has(&all, 49152));
    services_all(s, PROTO_SCTP, &all);
    assert_int_equal(portset_count(&all), 5);
    services_destroy(s);
}

static void top_follows_the_ranks(void **state) {
    (void)state;
    struct services *s = parse(table);
    assert_int_equal(services_rank(s, PROTO_TCP, 80), 1);
    assert_int_equal(services_rank(s, PROTO_TCP, 8080), 4);
    assert_int_equal(services_rank(s, PROTO_TCP, 6443), 0);
    assert_int_equal(services_rank(s, PROTO_TCP, 1), 0);
    struct portset top;
    portset_clear(&top);
    assert_int_equal(services_top(s, PROTO_TCP, 2, NULL, &top), 2);
    assert_true(portset_has(&top, 80) && portset_has(&top, 22) && portset_count(&top) == 2);
    portset_clear(&top);
    assert_int_equal(services_top(s, PROTO_TCP, 100, NULL, &top), 6);
    assert_true(portset_has(&top, 6443) && portset_has(&top, 49152));
    struct portset within;
    portset_clear(&within);
    portset_add_range(&within, 3000, 65535);
    portset_clear(&top);
    assert_int_equal(services_top(s, PROTO_TCP, 1, &within, &top), 1);
    assert_true(portset_has(&top, 3128));
    assert_int_equal(services_top(s, PROTO_SCTP, 5, NULL, &top), 0);
    assert_int_equal(services_top(s, PROTO_TCP, 0, NULL, &top), 0);
    services_destroy(s);
}

static void files_in_the_form_of_services_are_read(void **state) {
    (void)state;
    struct services *s = parse("ssh\t22/tcp\t0.182286\t# secure shell\n"
                               "http\t80/tcp\t0.484143\n"
                               "www-http\t80/tcp\t0.1\n"
                               "domain\t53/udp\tn/d\n"
                               "rtmp 1/ddp # not scanned\n"
                               "https 443/tcp\n");
    assert_name(s, PROTO_TCP, 80, "http");
    assert_name(s, PROTO_UDP, 53, "domain");
    assert_int_equal(services_rank(s, PROTO_TCP, 80), 1);
    assert_int_equal(services_rank(s, PROTO_TCP, 22), 2);
    assert_int_equal(services_rank(s, PROTO_TCP, 443), 0);
    assert_int_equal(services_rank(s, PROTO_UDP, 53), 0);
    services_destroy(s);
}

static void faults_name_file_and_line(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"22\ttcp\tssh\t-\t-", "p:1: 5 columns"},
        {"22\ttcp\tssh\t-\t-\t-\t-", "p:1: 7 columns"},
        {"\n65536\ttcp\tx\t-\t-\t-", "p:2: \"65536\" is not a number"},
        {"256\tip\tx\t-\t-\t-", "p:1: \"256\" is not a number"},
        {"-1\ttcp\tx\t-\t-\t-", "p:1: \"-1\" is not a number"},
        {"1\tdccp\tx\t-\t-\t-", "p:1: \"dccp\" is not tcp"},
        {"1\ttcp\t-\t-\t-\t-", "p:1: neither a name nor a rank"},
        {"1\ttcp\tx\t-\t-\t0", "p:1: \"0\" is not a rank"},
        {"1\ttcp\tx\t-\t-\tfirst", "p:1: \"first\" is not a rank"},
        {"1\ttcp\tx\t-\t-\t-\n1\ttcp\ty\t-\t-\t-", "p:2: 1/tcp is there twice"},
        {"ssh 70000/tcp", "p:1: \"70000\" is not a number"},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct err e = {0};
        assert_null(services_parse(slice_of(cases[i].text), "p", &e));
        assert_int_equal(e.code, ERR_INPUT);
        if (!slice_starts(slice_of(e.text), slice_of(cases[i].message)))
            fail_msg("\"%s\" does not begin with \"%s\"", e.text, cases[i].message);
    }
}

static void the_text_need_not_outlive_the_table(void **state) {
    (void)state;
    char text[] = "22\ttcp\tssh\t-\t-\t1\n";
    struct err e;
    struct services *s = services_parse(slice_of(text), "p", &e);
    memset(text, 'x', sizeof text);
    assert_name(s, PROTO_TCP, 22, "ssh");
    services_destroy(s);
    services_destroy(NULL);
}

static void the_builtin_table_is_complete(void **state) {
    (void)state;
    static const struct {
        enum proto proto;
        uint16_t port;
        const char *name;
    } cases[] = {
        {PROTO_TCP, 22, "ssh"},          {PROTO_TCP, 25, "smtp"},   {PROTO_TCP, 80, "http"},
        {PROTO_TCP, 443, "https"},       {PROTO_TCP, 995, "pop3s"}, {PROTO_TCP, 3000, "ppp"},
        {PROTO_TCP, 8080, "http-proxy"}, {PROTO_TCP, 135, "msrpc"}, {PROTO_TCP, 445, "microsoft-ds"},
        {PROTO_TCP, 111, "rpcbind"},     {PROTO_UDP, 53, "domain"}, {PROTO_UDP, 161, "snmp"},
        {PROTO_SCTP, 3868, "diameter"},  {PROTO_IP, 6, "tcp"},      {PROTO_IP, 58, "ipv6-icmp"},
    };
    static const uint16_t likely[] = {22, 25, 80, 995, 3000, 8080};
    struct err e = {0};
    struct services *s = services_builtin(&e);
    assert_non_null(s);
    for (size_t i = 0; i < LL_COUNT(cases); i++)
        assert_name(s, cases[i].proto, cases[i].port, cases[i].name);
    for (size_t i = 0; i < LL_COUNT(likely); i++)
        assert_in_range(services_rank(s, PROTO_TCP, likely[i]), 1, 200);
    static const enum proto full[] = {PROTO_TCP, PROTO_UDP};
    for (size_t i = 0; i < LL_COUNT(full); i++) {
        struct portset top;
        portset_clear(&top);
        assert_int_equal(services_top(s, full[i], 1000, NULL, &top), 1000);
        uint16_t ports[1000];
        assert_int_equal(portset_list(&top, ports, LL_COUNT(ports)), 1000);
        for (size_t k = 0; k < LL_COUNT(ports); k++)
            assert_in_range(services_rank(s, full[i], ports[k]), 1, 1000);
    }
    services_destroy(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_the_operators_else_ianas),     cmocka_unit_test(patterns_match_both_names),
        cmocka_unit_test(all_are_the_ports_with_names),           cmocka_unit_test(top_follows_the_ranks),
        cmocka_unit_test(files_in_the_form_of_services_are_read), cmocka_unit_test(faults_name_file_and_line),
        cmocka_unit_test(the_text_need_not_outlive_the_table),    cmocka_unit_test(the_builtin_table_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
