/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "model/portspec.h"
#include <string.h>

enum { TCP = 1 << PROTO_TCP, UDP = 1 << PROTO_UDP, SCTP = 1 << PROTO_SCTP, IP = 1 << PROTO_IP };

static const char table[] = "22\ttcp\tssh\t-\t-\t-\n"
                            "22\tsctp\tssh\t-\t-\t-\n"
                            "53\tudp\tdomain\t-\t-\t-\n"
                            "80\ttcp\thttp\t-\t-\t-\n"
                            "443\ttcp\thttps\t-\t-\t-\n"
                            "443\tudp\thttps\t-\t-\t-\n"
                            "8080\ttcp\thttp-alt\thttp-proxy\tproxies\t-\n"
                            "1\tip\ticmp\t-\t-\t-\n"
                            "6\tip\ttcp\t-\t-\t-\n";

static struct services *open_table(void) {
    struct services *s = services_parse(SLICE(table), "table", NULL);
    assert_non_null(s);
    return s;
}

static void assert_ports(const char *text, const struct portset *set, const char *expected) {
    struct buf b;
    buf_init(&b, 1 << 16);
    assert_true(portset_format(set, &b));
    if (strcmp(buf_cstr(&b), expected) != 0)
        fail_msg("\"%s\": %s, expected %s", text, buf_cstr(&b), expected);
    buf_finish(&b);
}

static void lists_become_sets(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned protos;
        const char *tcp;
        const char *udp;
        const char *sctp;
        const char *ip;
        bool duplicate;
    } cases[] = {
        {"22", TCP, "22", "", "", "", false},
        {"0", TCP, "0", "", "", "", false},
        {"22,80-82", TCP, "22,80-82", "", "", "", false},
        {"80-80", TCP, "80", "", "", "", false},
        {"-100", TCP, "1-100", "", "", "", false},
        {"0-100", TCP, "0-100", "", "", "", false},
        {"60000-", TCP, "60000-65535", "", "", "", false},
        {"-", TCP, "1-65535", "", "", "", false},
        {"-", IP, "", "", "", "0-255", false},
        {"-3,250-", IP, "", "", "", "0-3,250-255", false},
        {"53", TCP | UDP, "53", "53", "", "", false},
        {"T:21-25,80,U:53,111,S:9,P:6", TCP | UDP, "21-25,80", "53,111", "9", "6", false},
        {"53,T:80", TCP | UDP, "53,80", "53", "", "", false},
        {"80,U:80", TCP, "80", "80", "", "", false},
        {"80,80", TCP, "80", "", "", "", true},
        {"80,70-90", TCP, "70-90", "", "", "", true},
        {"1-10,10-20", TCP, "1-20", "", "", "", true},
        {"80,http", TCP, "80", "", "", "", true},
        {"ssh", TCP | UDP | SCTP, "22", "", "22", "", false},
        {"http*", TCP | UDP, "80,443,8080", "443", "", "", false},
        {"http-alt,http-proxy", TCP, "8080", "", "", "", true},
        {"?omain", TCP | UDP, "", "53", "", "", false},
        {"hTTpS", TCP, "443", "", "", "", false},
        {"icmp,tcp", IP, "", "", "", "1,6", false},
        {"[1-1024]", TCP, "22,80,443", "", "", "", false},
        {"[-]", TCP | UDP, "22,80,443,8080", "53,443", "", "", false},
        {"[80,81],81", TCP, "80-81", "", "", "", false},
        {"T:[1-50],60", TCP | UDP, "22,60", "", "", "", false},
        {"[U:1-60,443],60", TCP, "60", "53,443", "", "", false},
        {"[ssh],1", TCP, "1,22", "", "", "", false},
        {" 22 , 80 ", TCP, "22,80", "", "", "", false},
        {"00022", TCP, "22", "", "", "", false},
    };
    static struct portspec spec;
    struct services *s = open_table();
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct err e = {0};
        if (!portspec_parse(slice_of(cases[i].text), s, cases[i].protos, &spec, &e))
            fail_msg("\"%s\": %s", cases[i].text, e.text);
        assert_ports(cases[i].text, &spec.set[PROTO_TCP], cases[i].tcp);
        assert_ports(cases[i].text, &spec.set[PROTO_UDP], cases[i].udp);
        assert_ports(cases[i].text, &spec.set[PROTO_SCTP], cases[i].sctp);
        assert_ports(cases[i].text, &spec.set[PROTO_IP], cases[i].ip);
        if (spec.duplicate != cases[i].duplicate)
            fail_msg("\"%s\": duplicate is %d", cases[i].text, spec.duplicate);
    }
    services_destroy(s);
}

static void faults_name_the_item(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned protos;
        const char *message;
    } cases[] = {
        {"70000", TCP, "port \"70000\" is above 65535"},
        {"22,99999999999999999999999", TCP, "port \"99999999999999999999999\" is above 65535"},
        {"1-65536", TCP, "port \"65536\" is above 65535"},
        {"300", IP, "protocol \"300\" is above 255"},
        {"P:1-256", TCP, "protocol \"256\" is above 255"},
        {"100-20", TCP, "the range \"100-20\" runs downwards: write 20-100"},
        {"-0", TCP, "the range \"-0\" runs downwards"},
        {"", TCP, "the list of ports is empty"},
        {" ", TCP, "the list of ports is empty"},
        {"22,", TCP, "an item is missing"},
        {",22", TCP, "an item is missing"},
        {"22,,80", TCP, "an item is missing"},
        {"T:", TCP, "an item is missing"},
        {"[]", TCP, "an item is missing"},
        {"gopher", TCP, "\"gopher\" matches no service's name"},
        {"domain", TCP, "\"domain\" matches no service's name"},
        {"HTTP", TCP, "\"HTTP\" is neither"},
        {"1-2-3", TCP, "\"1-2-3\" is neither"},
        {"22;80", TCP, "\"22;80\" is neither"},
        {"+22", TCP, "\"+22\" is neither"},
        {"1 - 5", TCP, "\"1 - 5\" is neither"},
        {"X:22", TCP, "\"X:22\" does not begin with one of T:"},
        {"T:U:22", TCP, "\"U:22\" is neither"},
        {"[1-5", TCP, "the bracket in \"[1-5\" is not closed"},
        {"1-5]", TCP, "\"1-5]\" closes a bracket that was not opened"},
        {"[1,[2]]", TCP, "\"[2]]\" opens a bracket inside a bracket"},
        {"[1]2", TCP, "\"1]2\" is neither"},
    };
    static struct portspec spec;
    struct services *s = open_table();
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct err e = {0};
        if (portspec_parse(slice_of(cases[i].text), s, cases[i].protos, &spec, &e))
            fail_msg("\"%s\" was taken", cases[i].text);
        assert_int_equal(e.code, ERR_USAGE);
        if (!slice_starts(slice_of(e.text), slice_of(cases[i].message)))
            fail_msg("\"%s\": \"%s\" does not begin with \"%s\"", cases[i].text, e.text, cases[i].message);
    }
    services_destroy(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_become_sets),
        cmocka_unit_test(faults_name_the_item),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
