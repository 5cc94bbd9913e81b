#include "service/scene_test.h"
#include "service/signature_data.h"

#define HEAD "signature x\nparser ssh\n"
#define TAIL "captured s\n"

static struct signatures *parse(const char *text) {
    struct err e = {0};
    return assert_good(signatures_parse(slice_of(text), "t", &e), &e);
}

static void fields(void **state) {
    (void)state;
    struct signatures *db =
        parse("# c\n" HEAD "service sshx\nwhen ssh.software ~ ^Open(\\S+)_(\\S+)\n"
              "when ssh.comment ~? ^(De\\S+)\r\nwhen ssh.protocol = 2.0\nproduct P$1 $$\nversion $2\n"
              "extra $3; protocol ${ssh.protocol};  $3\nos ${ssh.none}\ndevice d\nhostname h$2\n"
              "cpe cpe:/a:v:p:$2:$3\ncpe cpe:/o:v:${ssh.comment}\ncaptured s\n");
    struct scene s;
    open_scene(&s);
    facts_put_str(&s.f, "ssh.software", "OpenSSH_9.2 p");
    facts_put_str(&s.f, "ssh.protocol", "1.99");
    facts_put_str(&s.f, "ssh.protocol", "2.0");
    facts_put_str(&s.f, "ssh.comment", "A (b)\xff\x01");
    assert_true(signatures_match(db, SLICE("ssh"), &s.f, &s.a, &s.r));
    assert_text(s.r.name, "sshx");
    assert_text(s.r.product, "PSSH $");
    assert_text(s.r.version, "9.2");
    assert_text(s.r.extra, "protocol 1.99");
    assert_text(s.r.os, "");
    assert_text(s.r.device, "d");
    assert_text(s.r.hostname, "h9.2");
    assert_int_equal(s.r.n_cpe, 2);
    assert_text(s.r.cpe[0], "cpe:/a:v:p:9.2");
    assert_text(s.r.cpe[1], "cpe:/o:v:a_%28b%29%ff");
    assert_text(s.r.evidence.signature, "x");
    assert_int_equal(s.r.confidence, 10);
    assert_false(s.r.evidence.documented);
    assert_false(signatures_match(db, SLICE("http"), &s.f, &s.a, &s.r));
    close_scene(&s);
    signatures_destroy(db);
}

static void rank_and_order(void **state) {
    (void)state;
    struct signatures *db = parse("signature a\nparser p\nwhen p.k ~ a\nrank 40\ncaptured s\n"
                                  "signature b\nparser p\nwhen p.j exists\ndocumented s : RFC 1 2\n"
                                  "signature c\nparser p\nwhen p.k ~ b\ncaptured s\n"
                                  "signature d\nparser p\nwhen p.k ~? z\nwhen p.k ~ c\nrank 51\ncaptured s\n");
    static const struct {
        const char *k, *wins;
        bool j;
    } cases[] = {{"a", "a", false},  {"ab", "c", false}, {"ab", "b", true},
                 {"abc", "d", true}, {"a", "b", true},   {"z", NULL, false}};
    assert_int_equal(signatures_count(db), 4);
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct scene s;
        open_scene(&s);
        s.r.confidence = 3;
        facts_put_str(&s.f, "p.k", cases[i].k);
        if (cases[i].j)
            facts_put_str(&s.f, "p.j", "");
        bool found = signatures_match(db, SLICE("p"), &s.f, &s.a, &s.r);
        assert_int_equal(found, cases[i].wins != NULL);
        assert_text(s.r.evidence.signature, cases[i].wins ? cases[i].wins : "");
        bool documented = found && cases[i].wins[0] == 'b';
        assert_int_equal(s.r.confidence, !found ? 3 : documented ? 7 : 10);
        assert_int_equal(s.r.evidence.documented, documented);
        close_scene(&s);
    }
    signatures_destroy(db);
}

/* Strangers' bytes: cut at the limit between two characters, no control bytes; limits of patterns are no hang. */
static void hostile_values(void **state) {
    (void)state;
    struct signatures *db =
        parse("signature a\nparser p\nwhen p.k ~ ^((?:.|\\n)*)$\nproduct $1\ncpe cpe:/a:v:$1\ncaptured s\n"
              "signature slow\nparser p\nwhen p.slow ~ ^(?:a|aa|a?)+$\ncaptured s\n");
    struct scene s;
    char bytes[FACT_VALUE_MAX];
    open_scene(&s);
    memset(bytes, 'A', sizeof bytes);
    bytes[3] = '\x1b';
    bytes[4] = '\n';
    for (size_t i = 0; i < 3; i++) /* U+65E5 over the limit */
        bytes[256 + i] = "\xe6\x97\xa5"[i];
    facts_put(&s.f, "p.k", (struct slice){bytes, 512});
    assert_true(signatures_match(db, SLICE("p"), &s.f, &s.a, &s.r));
    assert_int_equal(s.r.product.n, 254);
    assert_int_equal(s.r.cpe[0].n, 256);
    close_scene(&s);
    open_scene(&s);
    memset(bytes, 'a', sizeof bytes);
    bytes[sizeof bytes - 1] = 'b';
    facts_put(&s.f, "p.slow", (struct slice){bytes, sizeof bytes});
    assert_false(signatures_match(db, SLICE("p"), &s.f, &s.a, &s.r));
    close_scene(&s);
    /* No memory for the result: as if nothing had matched. */
    open_scene(&s);
    facts_put_str(&s.f, "p.k", "v");
    s.a.ceiling = s.a.used;
    assert_false(signatures_match(db, SLICE("p"), &s.f, &s.a, &s.r));
    assert_null(s.r.product.p);
    close_scene(&s);
    signatures_destroy(db);
}

static void faults_say_where(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"parser x", "t:1: the first word must be \"signature\""},
        {"signature", "t:1: nothing follows \"signature\""},
        {"signature A", "t:1: a name has letters"},
        {HEAD, "t:3: signature x has no \"when\" line"},
        {HEAD "when a.b ~? x\n" TAIL, "that must be met"},
        {"signature x\nwhen a.b ~ x\n" TAIL, "has no \"parser\" line"},
        {HEAD "when a.b ~ x\nsignature y", "t:4: signature x names no sample"},
        {HEAD "when a.b ~ x(\n", "t:3: the pattern is not valid after 2 characters"},
        {HEAD "when a.b ~ (*UTF)x\n", "t:3: the pattern is not valid"},
        {HEAD "when a.b ~\n", "t:3: no pattern follows"},
        {HEAD "when a.b is x\n", "\"is\" is not ~"},
        {HEAD "when a.b\n", "t:3: expected: when KEY"},
        {HEAD "when a.b exists x\n", "nothing follows \"exists\""},
        {HEAD "when a.b ~ (((((((((()))))))))) \n", "more than 9 captures"},
        {HEAD "product a\nproduct b\n", "t:4: this line is there twice"},
        {HEAD "when a.b ~ (x)\nversion $2\n" TAIL, "version: $2, but the \"when\" lines have only 1"},
        {HEAD "when a.b ~ (x)\nversion $\n" TAIL, "behind a $"},
        {HEAD "when a.b ~ (x)\nversion ${}\n" TAIL, "behind a $"},
        {HEAD "when a.b ~ (x)\ncpe cpe:/x:a\n" TAIL, "cpe: a CPE begins with"},
        {HEAD "when a.b ~ (x)\ncpe cpe:/a:a b\n" TAIL, "without blanks"},
        {HEAD "rank 100\n", "a rank is one number"},
        {HEAD "colour red\n", "\"colour\" is no line"},
        {HEAD "documented s\n", "expected: documented SAMPLE"},
        {HEAD "documented s :\n", "expected: documented SAMPLE"},
        {HEAD "documented : RFC 1\n", "no sample is named"},
        {HEAD "captured s : RFC 1\n", "needs no source"},
        {HEAD "captured S\n", "is not the name of a sample"},
        {HEAD "when a.b ~ x\n" TAIL HEAD "when a.b ~ x\n" TAIL, "t:5: signature x is there already (t:1)"},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct err e = {0};
        assert_fault(i, signatures_parse(slice_of(cases[i].text), "t", &e), &e, cases[i].says);
    }
}

static void builtin(void **state) {
    (void)state;
    struct err e = {0};
    struct signatures *db = assert_good(signatures_builtin(&e), &e);
    assert_true(signatures_count(db) >= 2);
    signatures_destroy(db);
    db = parse("");
    assert_int_equal(signatures_count(db), 0);
    signatures_destroy(db);
    signatures_destroy(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(fields), cmocka_unit_test(rank_and_order),
                                       cmocka_unit_test(hostile_values), cmocka_unit_test(faults_say_where),
                                       cmocka_unit_test(builtin)};
    return cmocka_run_group_tests_name("signatures", tests, NULL, NULL);
}
