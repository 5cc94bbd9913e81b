#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/wire.h"
#include "model/payloads.h"

#define HEAD "payload x\nsource RFC 1 2\n"

static void grammar(void **state) {
    (void)state;
    static const char text[] = "# comment\n\npayload one of them\n ports 7,65535\r\n\tsource RFC 1 2: why # not\n"
                               "bytes 00ff \"a # \\\"b\\\\\"0d0a #rest\nbytes 41*3\nbytes #nothing\n"
                               "payload two\nbytes \"\" 00\nsource S\nports 0";
    struct err e = {0};
    size_t n, ports;
    struct payloads *p = payloads_parse(SLICE(text), "t", &e);
    if (!p)
        fail_msg("%s", e.text);
    const struct payload *one = payloads_all(p, &n, &ports), *found = payloads_find(p, 65535);
    assert_true(n == 2 && ports == 3 && one == found && payloads_find(p, 7) == one);
    assert_true(slice_eq(one->name, SLICE("one of them")) && slice_eq(one->source, SLICE("RFC 1 2: why # not")));
    static const char bytes[] = "\0\xff"
                                "a # \"b\\\r\nAAA";
    assert_int_equal(one->bytes.n, sizeof bytes - 1);
    assert_memory_equal(one->bytes.p, bytes, sizeof bytes - 1);
    assert_int_equal(payloads_find(p, 0)->bytes.n, 1);
    assert_null(payloads_find(p, 8));
    payloads_destroy(p);
    p = payloads_parse(SLICE(""), "t", &e);
    assert_non_null(p);
    assert_null(payloads_find(p, 53));
    payloads_destroy(p);
    payloads_destroy(NULL);
}

static void faults_say_where(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"ports 7", "t:1: the first word must be \"payload\""},
        {"payload", "t:1: nothing follows \"payload\""},
        {HEAD "ports 7", "t:3: payload x lacks its bytes"},
        {HEAD "bytes 00", "t:3: payload x lacks its ports"},
        {"payload x\nports 7\nbytes 00\npayload y", "t:4: payload x lacks its source"},
        {HEAD "ports 7,65536", "\"65536\" is not a port"},
        {HEAD "ports 7, 8", "\" 8\" is not a port"},
        {HEAD "ports 7\nports 8", "is there twice"},
        {HEAD "source again", "is there twice"},
        {HEAD "ports 7,7", "port 7 has a payload already"},
        {HEAD "ports 9100", "belongs to printers"},
        {HEAD "ports 515", "belongs to printers"},
        {HEAD "bytes 0", "neither pairs"},
        {HEAD "bytes 0g", "no hex digit"},
        {HEAD "bytes AA", "no hex digit"},
        {HEAD "bytes 0000*2", "neither pairs"},
        {HEAD "bytes 00*", "a count is a number"},
        {HEAD "bytes 00*0", "a count is a number"},
        {HEAD "bytes 00*1233", "a count is a number"},
        {HEAD "bytes 00*1232 00", "more than 1232 bytes"},
        {HEAD "bytes \"abc", "quotation mark"},
        {HEAD "bytes \"a\\n\"", "backslash"},
        {HEAD "bytes \"a\tb\"", "printable ASCII"},
        {HEAD "ports 7,8\nbytes 00\nelsewhere 0005", "only one port can have answers from elsewhere"},
        {HEAD "elsewhere 000500", "told by their first two bytes"},
        {HEAD "elsewhere # 1", "told by their first two bytes"},
        {HEAD "frobnicate 1", "\"frobnicate\" is not payload"},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct err e = {0};
        assert_null(payloads_parse(slice_of(cases[i].text), "t", &e));
        if (!strstr(e.text, cases[i].says))
            fail_msg("\"%s\" said: %s", cases[i].text, e.text);
    }
}

/* ---- our own payloads: what their headers claim is what is there */

static struct rd bytes_of(const struct payloads *p, uint16_t port) {
    const struct payload *one = payloads_find(p, port);
    assert_non_null(one);
    return rd_of(one->bytes.p, one->bytes.n);
}

/* RFC 1035 4.1: one question, nothing behind it. */
static void is_dns_query(struct rd r, uint16_t type) {
    rd_skip(&r, 2);
    assert_int_equal(rd_u16(&r), 0);
    assert_int_equal(rd_u16(&r), 1);
    assert_int_equal(rd_uint(&r, 6), 0);
    for (size_t label = rd_u8(&r); label; label = rd_u8(&r)) {
        assert_true(label < 64);
        rd_skip(&r, label);
    }
    assert_int_equal(rd_u16(&r), type);
    assert_int_equal(rd_u16(&r), 1);
    assert_true(!r.bad && r.n == 0);
}

/* X.690 8.1.3: every length fits, down to the leaves. Octet strings may hold more of the same. */
static void is_ber(struct rd r) {
    while (r.n) {
        uint8_t tag = rd_u8(&r);
        size_t n = rd_u8(&r);
        if (n == 0x81)
            n = rd_u8(&r);
        assert_true(n <= 255);
        struct rd inner = rd_sub(&r, n);
        assert_false(inner.bad);
        if (tag & 0x20)
            is_ber(inner);
    }
    assert_false(r.bad);
}

/* A length field of `size` bytes at `at`, which counts everything from `from` on. */
static const struct length_row {
    uint16_t port;
    size_t at, size, from;
} lengths[] = {{427, 2, 3, 0},    {500, 24, 4, 0},   {500, 30, 2, 28},  {4500, 28, 4, 4},
               {1701, 2, 2, 0},   {2123, 2, 2, 4},   {2152, 2, 2, 8},   {3478, 2, 2, 20},
               {4433, 11, 2, 13}, {4433, 14, 3, 25}, {4433, 22, 3, 25}, {47808, 2, 2, 0},
               {623, 11, 1, 12},  {177, 4, 2, 6},    {1812, 2, 2, 0},   {1646, 21, 1, 20}};

static void our_own_are_well_formed(void **state) {
    (void)state;
    struct err e = {0};
    size_t n, ports;
    struct payloads *p = payloads_builtin(&e);
    if (!p)
        fail_msg("%s", e.text);
    const struct payload *v = payloads_all(p, &n, &ports);
    assert_true(n >= 30 && ports >= n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            assert_false(slice_eq(v[i].name, v[k].name));
    is_dns_query(bytes_of(p, 53), 2);
    is_dns_query(bytes_of(p, 137), 0x21);
    is_dns_query(bytes_of(p, 5353), 12);
    is_ber(bytes_of(p, 88));
    is_ber(bytes_of(p, 161));
    is_ber(bytes_of(p, 389));
    for (size_t i = 0; i < LL_COUNT(lengths); i++) {
        const struct length_row *row = &lengths[i];
        struct rd r = bytes_of(p, row->port);
        size_t whole = r.n;
        rd_skip(&r, row->at);
        uint64_t claimed = rd_uint(&r, row->size);
        bool part = row->port == 500 && row->at == 30; /* the first of several */
        if (part ? claimed > whole - row->from : claimed != whole - row->from)
            fail_msg("port %u: length at %zu says %u, %zu are there", row->port, row->at, (unsigned)claimed,
                     whole - row->from);
    }
    assert_int_equal(bytes_of(p, 443).n, 1200); /* RFC 9000 14.1 */
    assert_int_equal(bytes_of(p, 44818).n, 24);
    assert_int_equal(bytes_of(p, 123).n, 48);
    assert_int_equal(bytes_of(p, 520).n, 24);
    assert_int_equal(bytes_of(p, 521).n, 24);
    assert_int_equal(bytes_of(p, 111).n, 40);
    for (size_t i = 0; i < 2; i++) { /* RFC 3261 7.3: an empty line ends the head */
        struct rd r = bytes_of(p, i ? 1900 : 5060);
        assert_memory_equal(r.p + r.n - 4, "\r\n\r\n", 4);
    }
    payloads_destroy(p);
}

/* RFC 1350 4, 5: an error or data from a new port belongs to the read request; other openings to nothing. */
static void answers_from_elsewhere(void **state) {
    (void)state;
    struct err e;
    struct payloads *p = payloads_builtin(&e);
    assert_non_null(p);
    assert_int_equal(payloads_elsewhere(p, (struct slice){"\0\5\0\1no", 6}), 69);
    assert_int_equal(payloads_elsewhere(p, (struct slice){"\0\3", 2}), 69);
    assert_int_equal(payloads_elsewhere(p, (struct slice){"\0\4\0\1", 4}), 0);
    assert_int_equal(payloads_elsewhere(p, (struct slice){"\0", 1}), 0);
    assert_int_equal(payloads_elsewhere(p, (struct slice){0}), 0);
    payloads_destroy(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(grammar), cmocka_unit_test(faults_say_where),
                                       cmocka_unit_test(answers_from_elsewhere),
                                       cmocka_unit_test(our_own_are_well_formed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
