#include "service/scene_test.h"
#include "service/versiondb_data.h"

static const char text[] =
    "# made for this test\n"
    "Exclude 53,T:9100-9107,U:30000-40000,67\n"
    "Probe TCP Quiet q||\n"
    "totalwaitms 7000\ntcpwrappedms 3000\n"
    "match ftp m/^220 Foo FTP ([\\d.]+)(?: on (\\S+))?\\r\\n/ p/Foo, / v/$1/ i/, port $3 ,/ h/$2/ o/Any$/ d/file "
    "server/ "
    "cpe:/a:foo:foo_ftp:$1/a cpe:/o:any:any/\n"
    "softmatch ftp m|^220 .*ftp|i\n"
    "match ssl/web m=^TLSWEB ([^ ]+)= p:Web: v|$SUBST(1,\"_\",\".\")| i/$P(1)/ cpe:/a:x:web:$SUBST(1,\"_\",\" B;\")/\n"
    "match num m/^N(.{4})(.)/s p/n/ v/$I(1,\">\")/ i/$I(1,\"<\") and $I(2,\">\")/ o/$I(3,\">\") x/ d/$1/\n"
    "Probe TCP Get q|GET \\x2f\\r\\n\\0\\\\|\n"
    "rarity 3\nports 80,8080-8081\nsslports 443\nfallback Second,Quiet\n"
    "softmatch both m/^B/\n"
    "match both m/^BO/ p/late/\n"
    "Probe UDP Get q*\\a\\b\\f\\n\\t\\v\\\\\\\"* no-payload\n"
    "match dns m/^220/ p/udp/\n"
    "Probe TCP Second q|x|\r\n"
    "match second m/^220 S(.)/ p/2 $1/\n";

static struct versiondb *parse(struct slice from) {
    struct err e = {0};
    return assert_good(versiondb_parse(from, "t", &e), &e);
}

static void statements(void **state) {
    (void)state;
    struct versiondb *db = parse(slice_of(text));
    const struct versiondb_probe *p;
    assert_int_equal(versiondb_probes(db, &p), 4);
    assert_int_equal(versiondb_patterns(db), 8);
    assert_text(p[0].name, "Quiet");
    assert_int_equal(p[0].payload.n, 0);
    assert_true(p[0].total_wait == 7 * NS_PER_S && p[0].wrapped_wait == 3 * NS_PER_S && p[0].rarity == 5);
    assert_text(p[1].name, "Get");
    assert_true(p[1].rarity == 3 && !p[1].udp && p[1].total_wait == 5 * NS_PER_S && p[1].wrapped_wait == 0);
    assert_true(slice_eq(p[1].payload, (struct slice){"GET /\r\n\0\\", 9}));
    assert_true(portset_has(&p[1].ports, 80) && portset_has(&p[1].ports, 8081) && !portset_has(&p[1].ports, 443));
    assert_true(portset_has(&p[1].tls_ports, 443) && portset_count(&p[1].tls_ports) == 1);
    assert_true(p[2].udp && p[2].no_payload && !p[1].no_payload);
    assert_text(p[2].payload, "\a\b\f\n\t\v\\\"");
    static const struct {
        uint8_t proto;
        uint16_t port;
        bool excluded;
    } cases[] = {{0, 53, true},    {1, 53, true},  {0, 9107, true}, {1, 9107, false},
                 {1, 40000, true}, {0, 67, false}, {1, 67, true},   {7, 53, false}};
    for (size_t i = 0; i < LL_COUNT(cases); i++)
        assert_int_equal(versiondb_excludes(db, cases[i].proto, cases[i].port), cases[i].excluded);
    assert_true(versiondb_knows(db, 1, SLICE("second")) && versiondb_knows(db, 1, SLICE("ftp")));
    assert_true(versiondb_knows(db, 3, SLICE("ftp")) && !versiondb_knows(db, 3, SLICE("dns")));
    assert_true(versiondb_knows(db, 2, SLICE("dns")) && !versiondb_knows(db, 2, SLICE("ftp")));
    versiondb_destroy(db);
    versiondb_destroy(NULL);
}

static enum versiondb_found match(struct versiondb *db, struct scene *s, size_t probe, struct slice answer,
                                  const char *soft) {
    s->r = (struct service_result){0};
    return versiondb_match(db, probe, answer, slice_of(soft), &s->a, &s->r);
}

static void fields(void **state) {
    (void)state;
    struct versiondb *db = parse(slice_of(text));
    struct scene s;
    open_scene(&s);
    assert_int_equal(match(db, &s, 0, SLICE("220 Foo FTP 1.2 on ho\x01st\r\n"), ""), VERSIONDB_HARD);
    assert_text(s.r.name, "ftp");
    assert_text(s.r.product, "Foo");
    assert_text(s.r.version, "1.2");
    assert_text(s.r.extra, "port");
    assert_text(s.r.hostname, "host");
    assert_text(s.r.os, "Any$");
    assert_text(s.r.device, "file server");
    assert_int_equal(s.r.n_cpe, 2);
    assert_text(s.r.cpe[0], "cpe:/a:foo:foo_ftp:1.2");
    assert_text(s.r.cpe[1], "cpe:/o:any:any");
    assert_text(s.r.evidence.signature, "versiondb:6");
    assert_int_equal(s.r.confidence, 10);
    assert_int_equal(match(db, &s, 0,
                           SLICE("TLSWEB 1_\xe4"
                                 "2_3 "),
                           ""),
                     VERSIONDB_HARD);
    assert_text(s.r.name, "web");
    assert_int_equal(s.r.tunnel, TUNNEL_SSL);
    assert_text(s.r.version, "1.\xe4"
                             "2.3");
    assert_text(s.r.extra, "1_2_3");
    assert_text(s.r.cpe[0], "cpe:/a:x:web:1_b%3b%e4"
                            "2_b%3b3");
    assert_int_equal(match(db, &s, 0, (struct slice){"N\0\1\0\2\xff", 6}, ""), VERSIONDB_HARD);
    assert_text(s.r.version, "65538");
    assert_text(s.r.extra, "33554688 and 255");
    assert_text(s.r.os, "");     /* no number: no field */
    assert_text(s.r.device, ""); /* control bytes only */
    close_scene(&s);
    versiondb_destroy(db);
}

static void order(void **state) {
    (void)state;
    struct versiondb *db = parse(slice_of(text));
    struct scene s;
    open_scene(&s);
    assert_int_equal(match(db, &s, 0, SLICE("220 a FTP"), ""), VERSIONDB_SOFT);
    assert_text(s.r.name, "ftp");
    assert_int_equal(s.r.confidence, 8);
    /* A later hard one beats an earlier soft one. */
    assert_int_equal(match(db, &s, 1, SLICE("BO"), ""), VERSIONDB_HARD);
    assert_text(s.r.product, "late");
    assert_int_equal(match(db, &s, 1, SLICE("BA"), ""), VERSIONDB_SOFT);
    /* Own patterns, fallbacks in their order, then the listening probe's. */
    assert_int_equal(match(db, &s, 1, SLICE("220 Sx ftp"), ""), VERSIONDB_HARD);
    assert_text(s.r.product, "2 x");
    assert_int_equal(match(db, &s, 3, SLICE("220 Foo FTP 1\r\n"), ""), VERSIONDB_HARD);
    assert_text(s.r.product, "Foo");
    assert_int_equal(match(db, &s, 3, SLICE("BO"), ""), VERSIONDB_NONE);
    /* UDP answers meet UDP patterns only. */
    assert_int_equal(match(db, &s, 2, SLICE("220 Foo FTP 1\r\n"), ""), VERSIONDB_HARD);
    assert_text(s.r.product, "udp");
    assert_int_equal(match(db, &s, 2, SLICE("BO"), ""), VERSIONDB_NONE);
    /* After a soft match only its service counts. */
    assert_int_equal(match(db, &s, 1, SLICE("220 Sx ftp"), "ftp"), VERSIONDB_SOFT);
    assert_int_equal(match(db, &s, 1, SLICE("220 Sx ftp"), "both"), VERSIONDB_NONE);
    assert_int_equal(match(db, &s, 1, SLICE(""), ""), VERSIONDB_NONE);
    assert_int_equal(match(db, &s, 4, SLICE("220"), ""), VERSIONDB_NONE);
    /* No memory: as if nothing had matched. */
    s.a.ceiling = s.a.used;
    assert_int_equal(match(db, &s, 1, SLICE("BO"), ""), VERSIONDB_NONE);
    assert_null(s.r.product.p);
    close_scene(&s);
    versiondb_destroy(db);
}

static void prefixes(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *prefix;
    } cases[] = {{"^abc", "abc"},    {"abc", ""},
                 {"^ab|c", ""},      {"^ab(?:x|y)c", "ab"},
                 {"^abc?", "ab"},    {"^abc*d", "ab"},
                 {"^ab{0}", "a"},    {"^ab[|]c", "ab"},
                 {"^a\\|b", "a|b"},  {"^\\x41\\r\\nB", "A\r\nB"},
                 {"^a\\d", "a"},     {"^a\\Qb|c\\E", ""},
                 {"^a(?#|)b", ""},   {"(?i)^ab", ""},
                 {"^a(?x)b |c", ""}, {"^a[]|]b", "a"},
                 {"^a[^]|]b", "a"},  {"^", ""},
                 {"^^a", ""},        {"^a[[:alpha:]|]b", "a"},
                 {"^a$|b", ""},      {"^\\101", ""},
                 {"^ab+", "a"},      {"(*CR)^ab", ""},
                 {"^(a|b)", ""},     {"^\\+OK \\.", "+OK ."}};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct arena a;
        arena_init(&a, "prefix", 1 << 12);
        assert_text(vdb_prefix(slice_of(cases[i].pattern), &a), cases[i].prefix);
        arena_finish(&a);
    }
}

static void runs(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *run;
    } cases[] = {{"^ab.*cdef", "cdef"},
                 {"a|b", ""},
                 {"abc?d", "ab"},
                 {"abc+d", "abc"},
                 {"abc{2}de", "ab"},
                 {"ab{cde", "cde"},
                 {"a(?:long)?bc", "bc"},
                 {"(longer)[longer]ab", "ab"},
                 {"a\\x41\\.b\\d", "aA.b"},
                 {"ab\\x{41}cdef", ""},
                 {"ab\\cCdef", ""},
                 {"ab\\12cd", ""},
                 {"(.)ab\\1cde", "cde"},
                 {"a\\bbcd$ef", "bcd"},
                 {"ab[^]x(]cd(e[)]|fgh)i", "ab"},
                 {"(?i)AbC", "AbC"},
                 {"(?x)ab cd", ""},
                 {"ab(?=cdef)g", "ab"},
                 {"ab(*COMMIT)cd", ""},
                 {"ab++cdx*?yzz", "yzz"},
                 {"\\Aab\\z", "ab"},
                 {"", ""}};
    static char run[VDB_LINE_MAX];
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        size_t n = vdb_run(slice_of(cases[i].pattern), run);
        assert_text((struct slice){run, n}, cases[i].run);
    }
}

static bool is_candidate(struct versiondb *db, size_t i, const char *answer) {
    return vdb_index_find(&db->index, slice_of(answer))[i / 64] >> i % 64 & 1;
}

/* Patterns without the bytes that they need are not even tried; those of which nothing is known always are. */
static void index_finds(void **state) {
    (void)state;
    struct versiondb *db = parse(SLICE("Probe TCP A q|x|\nmatch a m/^Common (?:x|y) Kratron/\n"
                                       "match b m/^Common z Lumonet/i\nmatch c m/^a.c/\n"
                                       "match d m/^Common z Kratron/\n"));
    assert_true(is_candidate(db, 0, "Common y Kratron 1") && is_candidate(db, 1, "COMMON Z LUMONET"));
    assert_true(is_candidate(db, 3, "Common z Kratron") && is_candidate(db, 2, ""));
    assert_false(is_candidate(db, 0, "Common y") || is_candidate(db, 1, "Kratron") || is_candidate(db, 3, "other"));
    versiondb_destroy(db);
}

#define PROBE "Probe TCP A q|x|\n"

static void faults_say_where(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "t: there is no Probe"},
        {"\nmatch a m/b/", "t:2: \"match\" stands before the first Probe"},
        {"Exclude 1\nExclude 2", "t:2: Exclude stands once"},
        {PROBE "Exclude 1", "t:2: Exclude stands once"},
        {"Exclude 1,X:2", "t:1: \"X:2\": a protocol is"},
        {"Exclude 70000", "\"70000\" is neither a port"},
        {"Exclude 9-3", "\"9-3\" is neither a port"},
        {"Probe SCTP A q|x|", "over TCP or UDP"},
        {"Probe TCP A x", "expected: Probe"},
        {"Probe TCP A q|x", "the '|' that ends"},
        {"Probe TCP A q|\\q|", "\"\\q\" is not an escape"},
        {"Probe TCP A q|\\x4|", "is not an escape"},
        {"Probe TCP A q|x| yes", "\"yes\" behind"},
        {"Probe UDP A q||", "a UDP probe needs a text"},
        {"Probe TCP A q||\nProbe TCP B q||", "t:2: a second probe without a text"},
        {PROBE PROBE, "t:2: probe A is there already"},
        {PROBE "rarity 0", "t:2: a rarity is a number"},
        {PROBE "rarity 1\nrarity 1", "t:3: rarity is there twice"},
        {PROBE "totalwaitms 99", "milliseconds from 100"},
        {PROBE "tcpwrappedms 300001", "milliseconds from 100"},
        {PROBE "ports 1,", "\"\" is neither a port"},
        {PROBE "ports T:1", "\"T:1\" is neither a port"},
        {PROBE "fallback B", "t:2: fallback: there is no TCP probe B"},
        {PROBE "fallback a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a", "more than 17 probes"},
        {PROBE "colour red", "\"colour\" is no statement"},
        {PROBE "match", "expected: match SERVICE"},
        {PROBE "match a b", "\"b\": expected a pattern"},
        {PROBE "match a m/b", "the second '/' is missing"},
        {PROBE "match a m/b/x", "behind a pattern stand i, s"},
        {PROBE "match a m/(/", "t:2: the pattern is not valid after 1 characters"},
        {PROBE "match a m/b*/", "matches an empty answer"},
        {PROBE "match a m/b/ x/y/", "expected p, v, i, h, o, d"},
        {PROBE "match a m/b/ p/y", "p: the second '/' is missing"},
        {PROBE "match a m/b/ p/y/v/z/", "expected a blank"},
        {PROBE "match a m/b/ p/y/ p/z/", "p is there twice"},
        {PROBE "match a m/b/ cpe:/x:y/", "a CPE begins with"},
        {PROBE "match a m/b/ p/$SUBST(1,\"a\")/", "p: \"$SUBST(1,\"a\")\" is not"},
        {PROBE "match a m/b/ v/$I(1,\"=\")/", "v: \"$I(1,\"=\")\" is not"},
        {PROBE "match a m/b/ v/$P(0)/", "v: \"$P(0)\" is not"},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct err e = {0};
        assert_fault(i, versiondb_parse(slice_of(cases[i].text), "t", &e), &e, cases[i].says);
    }
}

static void faults_of_files(void **state) {
    (void)state;
    char line[9000];
    struct err e = {0};
    memset(line, '#', sizeof line);
    assert_null(versiondb_parse((struct slice){line, sizeof line}, "t", &e));
    assert_string_equal(e.text, "t:1: longer than 8191 bytes");
    assert_null(versiondb_read("/nonexistent/patterns", &e));
    assert_non_null(strstr(e.text, "cannot open \"/nonexistent/patterns\""));
    assert_null(versiondb_read("/proc/self/mem", &e));
    assert_non_null(strstr(e.text, "cannot read"));
}

/* Patterns and answers that would take for ever run into the limits, which is no match. */
static void limits(void **state) {
    (void)state;
    struct err e = {0};
    assert_fault(0,
                 versiondb_parse(SLICE(PROBE "match slow m/^(?:a|aa|a?)+$/\nmatch deep m/^((?:x|y)*)*z/\n"), "t", &e),
                 &e, "t:2: the pattern matches an empty");
    struct versiondb *db = parse(SLICE(PROBE "match slow m/^b?(?:a|aa|aaa)+$/\nmatch deep m/^(?:(?:x|y)+)+z/\n"));
    static char bytes[1 << 16];
    struct scene s;
    open_scene(&s);
    memset(bytes, 'a', sizeof bytes);
    bytes[sizeof bytes - 1] = 'b';
    assert_int_equal(match(db, &s, 0, (struct slice){bytes, sizeof bytes}, ""), VERSIONDB_NONE);
    memset(bytes, 'x', sizeof bytes);
    assert_int_equal(match(db, &s, 0, (struct slice){bytes, sizeof bytes}, ""), VERSIONDB_NONE);
    close_scene(&s);
    versiondb_destroy(db);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(statements),     cmocka_unit_test(fields),
                                       cmocka_unit_test(order),          cmocka_unit_test(prefixes),
                                       cmocka_unit_test(runs),           cmocka_unit_test(index_finds),
                                       cmocka_unit_test(limits),         cmocka_unit_test(faults_say_where),
                                       cmocka_unit_test(faults_of_files)};
    return cmocka_run_group_tests_name("versiondb", tests, NULL, NULL);
}
