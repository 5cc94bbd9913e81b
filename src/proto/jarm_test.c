/* The fingerprint against published pairs of answers and fingerprints; hellos and answers byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/binary.h"
#include "proto/jarm.h"

#include <string.h>

static const struct {
    const char *raw, *print;
} known[] = {
    /* From the documentation of BinaryEdge's JARM module. */
    {"c02b|0303|h2|0000-0017-ff01-000b-0023-0010,cc14|0303|h2|0000-0017-ff01-000b-0023-0010,"
     "cc14|0303|h2|0000-0017-ff01-000b-0023-0010,|||,cc14|0303||0000-0017-ff01-000b-0023,"
     "c009|0302|h2|0000-0017-ff01-000b-0023-0010,1302|0303||0033-002b,1303|0303||0033-002b,|||,1301|0303||0033-002b",
     "27d3ed3ed0003ed1dc42d43d00041d6183ff1bfae51ebd88d70384363d525c"},
    /* From the documentation of the R package jarmed. */
    {"009e|0303|h2|0000-ff01-0010,c030|0303|h2|0000-ff01-000b-0010,009f|0303|h2|0000-ff01-0010,"
     "c02f|0303||0000-ff01-000b,c02f|0303||0000-ff01-000b,|||,009e|0303|h2|0000-ff01-0010,"
     "c030|0303|h2|0000-ff01-000b-0010,009e|0303|h2|0000-ff01-0010,c02f|0303|h2|0000-ff01-000b-0010",
     "15d2ad16d29d29d00015d2ad15d29dd1c3ca624d74ad1df5cec63008795502"},
    {"|||,|||,|||,|||,|||,|||,|||,|||,|||,|||", "00000000000000000000000000000000000000000000000000000000000000"},
};

static void prints(void **state) {
    (void)state;
    char out[JARM_PRINT + 1];
    for (size_t i = 0; i < LL_COUNT(known); i++) {
        assert_true(jarm_print(slice_of(known[i].raw), out));
        assert_string_equal(out, known[i].print);
    }
    assert_false(jarm_print(SLICE(""), out));
    assert_false(jarm_print(SLICE("|||"), out));
    assert_false(jarm_print(SLICE("|||,|||,|||,|||,|||,|||,|||,|||,|||,|||,|||"), out));
    assert_false(jarm_print(SLICE("|||,|||,|||,|||,|||,|||,|||,|||,|||,||"), out));
    assert_false(jarm_print(SLICE("|||,|||,|||,|||,|||,|||,|||,|||,|||,c02|0303||"), out));
    assert_false(jarm_print(SLICE("|||,|||,|||,|||,|||,|||,|||,|||,|||,c02g|0303||"), out));
}

struct hello_view {
    uint16_t record, version, suites[80], types[16];
    size_t n_suites, n_types;
    struct slice alpn, versions, shares, name;
};

/* Reads one of our hellos; every length must fit exactly. */
static void view(unsigned number, struct buf *b, struct hello_view *v) {
    *v = (struct hello_view){0};
    buf_init(b, PARSER_ASK_MAX);
    jarm_hello(number, SLICE("h.example"), b);
    assert_false(b->failed);
    struct rd r = rd_from(buf_slice(b));
    size_t size;
    assert_int_equal(rd_u8(&r), 22);
    v->record = rd_u16(&r);
    size = rd_u16(&r);
    assert_int_equal(size, r.n);
    assert_int_equal(rd_u8(&r), 1);
    size = (size_t)rd_uint(&r, 3);
    assert_int_equal(size, r.n);
    v->version = rd_u16(&r);
    rd_skip(&r, 32);
    assert_int_equal(rd_u8(&r), 32);
    rd_skip(&r, 32);
    struct rd list = rd_sub(&r, rd_u16(&r));
    while (list.n && v->n_suites < LL_COUNT(v->suites))
        v->suites[v->n_suites++] = rd_u16(&list);
    assert_int_equal(rd_u16(&r), 0x0100);
    size = rd_u16(&r);
    assert_int_equal(size, r.n);
    while (r.n) {
        uint16_t type = v->types[v->n_types++] = rd_u16(&r);
        struct slice body = rd_slice(&r, rd_u16(&r));
        assert_false(r.bad);
        if (type == 0)
            v->name = body;
        if (type == 16)
            v->alpn = body;
        if (type == 43)
            v->versions = body;
        if (type == 51)
            v->shares = body;
    }
}

static const struct {
    uint16_t record, version, first, second, last;
    size_t suites, types;
    struct slice alpn; /* how the names begin */
    struct slice versions;
} shapes[JARM_HELLOS] = {
    {0x0303,
     0x0303,
     0x0016,
     0x0033,
     0x0005,
     69,
     12,
     {"\x02hq\x03h2c\x06spdy/3\x02h2\x06spdy/2", 24},
     {"\x06\3\3\3\2\3\1", 7}},
    {0x0303, 0x0303, 0x0005, 0x0004, 0x0016, 69, 12, {"\x08http/0.9", 9}, {"\x06\3\1\3\2\3\3", 7}},
    {0x0303, 0x0303, 0xc012, 0xc007, 0x0016, 35, 11, {"\x08http/0.9\x08http/1.0\x08http/1.1", 27}, {NULL, 0}},
    {0x0303, 0x0303, 0xc013, 0xc027, 0x0005, 34, 11, {"\x08http/0.9\x08http/1.0\x06spdy/1", 25}, {NULL, 0}},
    {0x0303, 0x0303, 0x0a0a, 0xc012, 0x0016, 70, 12, {"\x02hq\x03h2c\x06spdy/3\x06spdy/2", 21}, {NULL, 0}},
    {0x0302, 0x0302, 0x0016, 0x0033, 0x0005, 69, 11, {"\x08http/0.9", 9}, {NULL, 0}},
    {0x0301, 0x0303, 0x0016, 0x0033, 0x0005, 69, 12, {"\x02hq", 3}, {"\x08\3\4\3\3\3\2\3\1", 9}},
    {0x0301, 0x0303, 0x0005, 0x0004, 0x0016, 69, 12, {"\x08http/0.9", 9}, {"\x08\3\1\3\2\3\3\3\4", 9}},
    {0x0301, 0x0303, 0x0016, 0x0033, 0x0005, 64, 12, {"\x08http/0.9", 9}, {"\x08\3\1\3\2\3\3\3\4", 9}},
    {0x0301, 0x0303, 0x0a0a, 0xc012, 0x0016, 70, 13, {"\x02hq", 3}, {"\x0a\x0a\x0a\3\4\3\3\3\2\3\1", 11}},
};

static void hellos(void **state) {
    (void)state;
    for (unsigned i = 0; i < JARM_HELLOS; i++) {
        struct hello_view v;
        struct buf b;
        view(i, &b, &v);
        assert_int_equal(v.record, shapes[i].record);
        assert_int_equal(v.version, shapes[i].version);
        assert_int_equal(v.n_suites, shapes[i].suites);
        assert_int_equal(v.suites[0], shapes[i].first);
        assert_int_equal(v.suites[1], shapes[i].second);
        assert_int_equal(v.suites[v.n_suites - 1], shapes[i].last);
        assert_int_equal(v.n_types, shapes[i].types);
        assert_true(slice_starts(slice_skip(v.alpn, 2), shapes[i].alpn));
        assert_true(slice_eq(v.versions, shapes[i].versions));
        assert_true(slice_eq(v.name, SLICE("\x00\x0c\x00\x00\x09h.example")));
        assert_int_equal(v.shares.n, v.suites[0] == 0x0a0a ? 2 + 5 + 36 : 2 + 36);
        for (size_t k = 1; k < v.n_suites; k++)
            for (size_t m = 0; m < k; m++)
                assert_int_not_equal(v.suites[k], v.suites[m]);
        buf_finish(&b);
    }
}

/* Middle-out goes on with the later neighbour, then the earlier one. */
static void middle_out(void **state) {
    (void)state;
    struct hello_view v, forward;
    struct buf b, c;
    view(4, &b, &v);
    view(0, &c, &forward);
    assert_int_equal(v.suites[1], forward.suites[34]);
    assert_int_equal(v.suites[2], forward.suites[35]);
    assert_int_equal(v.suites[3], forward.suites[33]);
    assert_int_equal(v.suites[4], forward.suites[36]);
    assert_int_equal(v.suites[69], forward.suites[0]);
    buf_finish(&b);
    buf_finish(&c);
}

#define RANDOM "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"
#define B(text)                                                                                                        \
    { text, sizeof(text) - 1 }

static const struct {
    const char *name;
    struct slice in;
    enum jarm_answer got;
    const char *raw;
    uint16_t version;
} answers[] = {
    {"alpn",
     B("\x16\x03\x03\x00\x41\x02\x00\x00\x3d\x03\x03" RANDOM
       "\x00\xc0\x2f\x00\x00\x15\x00\x00\x00\x00\xff\x01\x00\x01\x00\x00\x10\x00\x05\x00\x03\x02h2\x16\x03\x03"),
     JARM_REFUSED, "|||", 0}, /* the last extension is cut */
    {"alpn, certificate behind",
     B("\x16\x03\x03\x00\x43\x02\x00\x00\x3e\x03\x03" RANDOM "\x00\xc0\x2f\x00\x00\x16\x00\x00\x00\x00\xff\x01\x00\x01"
       "\x00\x00\x10\x00\x05\x00\x03\x02h2\x00\x17\x00\x00\x0b"),
     JARM_CHOSE, "c02f|0303|h2|0000-ff01-0010-0017", 0x0303},
    {"no extensions", B("\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01" RANDOM "\x00\x00\x05\x00"), JARM_CHOSE,
     "0005|0301||", 0x0301},
    {"in two records", B("\x16\x03\x01\x00\x05\x02\x00\x00\x26\x03\x16\x03\x01\x00\x25\x01" RANDOM "\x00\x00\x05\x00"),
     JARM_CHOSE, "0005|0301||", 0x0301},
    {"1.3", B("\x16\x03\x03\x00\x32\x02\x00\x00\x2e\x03\x03" RANDOM "\x00\x13\x01\x00\x00\x06\x00\x2b\x00\x02\x03\x04"),
     JARM_CHOSE, "1301|0303||002b", 0x0304},
    {"alert", B("\x15\x03\x03\x00\x02\x02\x28"), JARM_REFUSED, "|||", 0},
    {"text", B("HTTP/1.0 400 Bad Request\r\n"), JARM_REFUSED, "|||", 0},
    {"cut", B("\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01rrr"), JARM_MORE, "|||", 0},
    {"nothing", B(""), JARM_MORE, "|||", 0},
    {"version of nobody", B("\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x7f\x01" RANDOM "\x00\x00\x05\x00"), JARM_REFUSED,
     "|||", 0},
    {"comma in a name",
     B("\x16\x03\x03\x00\x34\x02\x00\x00\x30\x03\x03" RANDOM "\x00\xc0\x2f\x00\x00\x08\x00\x10\x00\x04\x00\x02\x01,"),
     JARM_REFUSED, "|||", 0},
    {"another message", B("\x16\x03\x01\x00\x04\x0e\x00\x00\x00"), JARM_REFUSED, "|||", 0},
};

static void reads(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(answers); i++) {
        struct buf raw;
        uint16_t version = 0;
        buf_init(&raw, JARM_RAW_MAX);
        enum jarm_answer got = jarm_read(answers[i].in, false, &raw, &version);
        if (got != answers[i].got)
            fail_msg("%s: %d", answers[i].name, got);
        assert_true(got != JARM_MORE || raw.n == 0);
        buf_clear(&raw);
        got = jarm_read(answers[i].in, true, &raw, &version);
        if (got == JARM_MORE || strcmp(buf_cstr(&raw), answers[i].raw) != 0)
            fail_msg("%s: %s", answers[i].name, buf_cstr(&raw));
        assert_int_equal(version, answers[i].version);
        for (size_t n = 0; n < answers[i].in.n; n++) {
            buf_clear(&raw);
            (void)jarm_read(slice_sub(answers[i].in, 0, n), n % 2, &raw, &version);
        }
        buf_finish(&raw);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(prints), cmocka_unit_test(hellos), cmocka_unit_test(middle_out),
                                       cmocka_unit_test(reads)};
    return cmocka_run_group_tests_name("jarm", tests, NULL, NULL);
}
