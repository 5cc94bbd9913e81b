/* Strangers choose names, vendors, expressions and messages. Whatever bytes they choose, no report may hold a raw
 * control byte, an escape sequence or a broken line, XML must stay parseable, and JSON lines must stay JSON. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "report/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STRINGS 200
#define STRING_MOST 96
#define SEED 0x1ead11e5u

static const char *const nasty[] = {
    "\x1b[2J",      "\x1b]0;x\x07",
    "<script>",     "\"/><host>",
    "--",           "-->",
    "]]>",          "&#x1b;",
    "&lt;",         "'",
    "\r\n",         "\xc0\x80",
    "\xed\xa0\x80", "\xf4\x90\x80\x80",
    "\xef\xbf\xbe", "\xe2\x80\xae",
    "\xe2\x80\xa8", "\x9b\x33\x31m",
    "\xc2\x9b",     "\\x1b",
    "\\u0000",      "\"},{\"",
    "\x7f",         "\xf0\x9f\x98\x80",
    "\t",           "\xe2\x80",
    "%s%n",         "\\",
};

struct dice {
    uint32_t state;
};

static uint32_t roll(struct dice *d, uint32_t below) {
    d->state = d->state * 1664525u + 1013904223u;
    return (d->state >> 8) % below;
}

/* Raw bytes, nasty pieces, or both. */
static struct slice make_string(struct dice *d, char out[STRING_MOST]) {
    size_t n = 0, length = 1 + roll(d, STRING_MOST - 16);
    while (n < length) {
        if (roll(d, 3) == 0) {
            const char *piece = nasty[roll(d, LL_COUNT(nasty))];
            size_t k = strlen(piece);
            memcpy(out + n, piece, k);
            n += k;
        } else {
            out[n++] = (char)roll(d, 256);
        }
        if (n > STRING_MOST - 16) {
            break;
        }
    }
    return (struct slice){out, n};
}

static void collect(void *ctx, struct slice bytes) {
    assert_true(buf_put((struct buf *)ctx, bytes));
}

/* A run in which every string of strangers is `s`. */
static void run_with(const char *format, bool terminal, struct slice s, struct buf *got) {
    struct port_result ports[] = {
        {.port = 22, .proto = PROTO_TCP, .state = PORT_OPEN, .reason = REASON_SYN_ACK, .ttl = 9}};
    struct host_result h = {.given = s, .ptr = s, .vendor = s, .has_mac = true, .state = HOST_UP, .scanned = true};
    struct run_info run = {.version = "0",
                           .args = s,
                           .wall_start = 1,
                           .verbose = 2,
                           .debug = 1,
                           .service_scan = true,
                           .data_dir = s,
                           .stylesheet = s};
    struct run_stats stats = {.error = s, .wall_end = 2, .hosts_total = 1, .hosts_up = 1};
    const struct writer_type *type = writer_find(slice_of(format));
    assert_non_null(type);
    assert_true(addr_parse(SLICE("192.0.2.1"), &h.addr));
    h.others = &h.addr;
    h.n_others = 1;
    h.ports = ports;
    h.n_ports = 1;
    struct service_result service = {.port = 22,
                                     .proto = PROTO_TCP,
                                     .probed = true,
                                     .confidence = 10,
                                     .tunnel = TUNNEL_SSL,
                                     .name = s,
                                     .product = s,
                                     .version = s,
                                     .extra = s,
                                     .hostname = s,
                                     .os = s,
                                     .device = s,
                                     .cpe = {s},
                                     .n_cpe = 1,
                                     .print = slice_sub(s, 0, 8) /* one line of 74 columns */,
                                     .evidence = {.probe = s, .parser = s, .signature = s}};
    h.services = &service;
    h.n_services = 1;
    run.scans[0] = (struct scan_info){"syn", PROTO_TCP, 1, s};
    run.n_scans = 1;
    struct writer_options o = {.run = &run, .terminal = terminal};
    struct writer *w = type->create(&o, (struct sink){collect, got});
    assert_non_null(w);
    const struct event events[] = {
        {.kind = EVENT_TARGET_BAD, .text = s},
        {.kind = EVENT_PHASE_BEGIN, .phase = PHASE_SYN, .hosts = 1},
        {.kind = EVENT_PHASE_SCANNING, .phase = PHASE_SYN, .hosts = 1, .ports = 1, .host = &h},
        {.kind = EVENT_HOST_UP, .host = &h},
        {.kind = EVENT_PORT, .phase = PHASE_SYN, .host = &h, .port = ports},
        {.kind = EVENT_PHASE_END, .phase = PHASE_SYN, .hosts = 1, .ports = 1},
        {.kind = EVENT_HOST, .host = &h},
    };
    type->begin(w);
    for (size_t i = 0; i < LL_COUNT(events); i++) {
        type->event(w, &events[i]);
    }
    assert_true(type->end(w, &stats));
    type->destroy(w);
}

static size_t count_lines(const struct buf *b) {
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        n += b->p[i] == '\n';
    }
    return n;
}

static void assert_clean(const struct buf *b, const char *what, unsigned k) {
    for (size_t i = 0; i < b->n; i++) {
        unsigned char c = (unsigned char)b->p[i];
        bool divider = c == '\n' || (c == '\t' && strcmp(what, "grep") == 0); /* counted by its check */
        if ((c < 0x20 && !divider) || c == 0x7f) {
            fail_msg("%s, string %u: raw byte %02x at %zu", what, k, c, i);
        }
        if (c == 0xc2 && i + 1 < b->n && (unsigned char)b->p[i + 1] < 0xa0) {
            fail_msg("%s, string %u: C1 control at %zu", what, k, i);
        }
    }
}

static bool is_known_reference(const char *p) {
    static const char *const known[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&apos;", "&#45;", "&#x9;", "&#xa;"};
    for (size_t i = 0; i < LL_COUNT(known); i++) {
        if (strncmp(p, known[i], strlen(known[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Tags are balanced, quotes pair up inside tags, comments hold no "--", references are among the few that we make. */
static void assert_xml(const struct buf *b, unsigned k) {
    size_t i = 0;
    int depth = 0;
    while (i < b->n) {
        const char *p = b->p + i;
        if (*p != '<') {
            assert_true(*p != '&' || is_known_reference(p)); /* in the text of an element */
            i++;
            continue;
        }
        if (strncmp(p, "<!--", 4) == 0) {
            const char *end = strstr(p + 4, "--");
            assert_non_null(end);
            assert_int_equal(end[2], '>');
            i = (size_t)(end + 3 - b->p);
            continue;
        }
        bool quoted = false;
        size_t j = i + 1;
        for (; j < b->n && (quoted || b->p[j] != '>'); j++) {
            quoted ^= b->p[j] == '"';
            assert_true(b->p[j] != '<');
            if (b->p[j] == '&') {
                assert_true(is_known_reference(b->p + j));
            }
        }
        if (j >= b->n) {
            fail_msg("string %u: a tag does not end", k);
        }
        if (p[1] != '?' && p[1] != '!') {
            depth += p[1] == '/' ? -1 : b->p[j - 1] == '/' ? 0 : 1;
        }
        i = j + 1;
    }
    assert_int_equal(depth, 0);
}

/* Braces balance outside of strings, and only valid escapes stand inside. */
static void assert_json_lines(const struct buf *b) {
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < b->n; i++) {
        char c = b->p[i];
        if (quoted) {
            if (c == '\\') {
                i++;
                assert_true(i < b->n && strchr("\"\\/bfnrtu", b->p[i]) != NULL);
            } else if (c == '"') {
                quoted = false;
            }
            continue;
        }
        quoted = c == '"';
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        assert_true(c != '\n' || depth == 0);
    }
    assert_false(quoted);
    assert_int_equal(depth, 0);
}

static void save(const char *name, unsigned k, const struct buf *b) {
    const char *dir = getenv("LL_HOSTILE_DIR"); /* for real parsers: tests/golden/hostile.py */
    char path[512];
    if (dir != NULL) {
        snprintf(path, sizeof path, "%s/%u.%s", dir, k, name);
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(b->p, 1, b->n, f), b->n);
        assert_int_equal(fclose(f), 0);
    }
}

static size_t count_bytes(const struct buf *b, char c) {
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        n += b->p[i] == c;
    }
    return n;
}

/* Fields stay fields: a line begins as it should, and a name brings no tab, parenthesis or comma of its own. */
static void assert_grepable(struct buf *b, unsigned k) {
    for (const char *line = buf_cstr(b), *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        if (*line == '#') {
            continue;
        }
        int name = -1, state = -1;
        sscanf(line, "Host: 192.0.2.1 (%*[^\t (),/]%n)\tStatus: Up%n", &name, &state);
        if (state >= 0) {
            continue;
        }
        int at = -1;
        sscanf(line, "Host: 192.0.2.1 (%*[^\t (),/])\tPorts: 22/open/tcp//ssl|%*[^\t (),/]//%*[^\t,/]/%n", &at);
        if (name < 0 || at != (int)(end - line)) {
            fail_msg("string %u: %.*s", k, (int)(end - line), line);
        }
    }
}

static void check_lines(struct buf *got, const struct buf *plain, unsigned k) {
    (void)k; /* an rDNS line appears in neither: given and reverse name are equal */
    assert_int_equal(count_lines(got), count_lines(plain));
}

static void check_screen(struct buf *got, const struct buf *plain, unsigned k) {
    check_lines(got, plain, k);
    save("screen", k, got);
}

static void check_xml(struct buf *got, const struct buf *plain, unsigned k) {
    (void)plain;
    buf_cstr(got);
    assert_xml(got, k);
    save("xml", k, got);
}

static void check_json(struct buf *got, const struct buf *plain, unsigned k) {
    check_lines(got, plain, k);
    assert_json_lines(got);
    save("jsonl", k, got);
}

static void check_grep(struct buf *got, const struct buf *plain, unsigned k) {
    check_lines(got, plain, k);
    assert_int_equal(count_bytes(got, '\t'), count_bytes(plain, '\t'));
    assert_grepable(got, k);
    save("gnmap", k, got);
}

/* Nothing that a stranger chose is in it. */
static void check_list(struct buf *got, const struct buf *plain, unsigned k) {
    (void)k;
    assert_int_equal(got->n, plain->n);
    assert_memory_equal(got->p, plain->p, got->n);
}

static const struct {
    const char *format;
    bool terminal;
    void (*check)(struct buf *got, const struct buf *plain, unsigned k);
} forms[] = {{"normal", true, check_screen}, {"normal", false, check_lines}, {"xml", false, check_xml},
             {"json", false, check_json},    {"grep", false, check_grep},    {"list", false, check_list}};

static void no_bytes_of_strangers_get_through(void **state) {
    (void)state;
    struct dice d = {SEED};
    for (unsigned k = 0; k < STRINGS; k++) {
        char text[STRING_MOST];
        struct slice s = make_string(&d, text);
        for (size_t f = 0; f < LL_COUNT(forms); f++) {
            struct buf got, plain;
            buf_init(&got, 1 << 20);
            buf_init(&plain, 1 << 20);
            run_with(forms[f].format, forms[f].terminal, s, &got);
            run_with(forms[f].format, forms[f].terminal, SLICE("plain"), &plain);
            assert_clean(&got, forms[f].format, k);
            forms[f].check(&got, &plain, k);
            buf_finish(&got);
            buf_finish(&plain);
        }
    }
}

int main(void) {
    setenv("TZ", "UTC", 1);
    tzset();
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_bytes_of_strangers_get_through)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
