#include "patterns.h"

#include "base/rng.h"

enum { FILE_CEILING = 64 << 20, PROBES = 40 };

struct maker {
    struct rng rng;
    struct buf re, banner; /* of the pattern that is being made */
    char name[24];
    unsigned captures;
};

static size_t below(struct maker *m, size_t n) {
    return (size_t)rng_below(&m->rng, n);
}

/* A text that stands as it is. */
static void lit(struct maker *m, const char *text) {
    static const struct slice special = {"^$.[]|()?*+{}\\", 14};
    for (const char *c = text; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        buf_put_char(&m->banner, *c);
        if (byte == '\r' || byte == '\n')
            buf_put_str(&m->re, byte == '\r' ? "\\r" : "\\n");
        else if (byte < ' ' || byte > '~' || byte == '%') /* the mark around patterns */
            buf_printf(&m->re, "\\x%02x", byte);
        else if (slice_find(special, *c) < special.n)
            buf_printf(&m->re, "\\%c", *c);
        else
            buf_put_char(&m->re, *c);
    }
}

/* A piece of pattern that matches this text. */
static void as(struct maker *m, const char *re, const char *text) {
    buf_put_str(&m->re, re);
    buf_put_str(&m->banner, text);
}

static void version(struct maker *m) {
    static const char *const forms[] = {"([\\d.]+)", "([\\w._-]+)", "(\\d[-.\\w]+)", "v?([\\d.]+)"};
    char text[32];
    snprintf(text, sizeof text, "%zu.%zu.%zu", below(m, 10), below(m, 30), below(m, 30));
    as(m, forms[below(m, LL_COUNT(forms))], text);
    m->captures++;
}

static void filler(struct maker *m) {
    static const char *const forms[] = {".*", "[^\\r\\n]*", ".+", "[ -~]*"};
    char text[40];
    size_t n = 1 + below(m, sizeof text - 2);
    for (size_t i = 0; i < n; i++)
        text[i] = (char)('a' + below(m, 26));
    text[n] = 0;
    as(m, forms[below(m, LL_COUNT(forms))], text);
}

static void name(struct maker *m) {
    static const char *const parts[] = {"ba",  "cor", "dex",  "el", "fi",  "gam", "hu",  "ix",
                                        "jo",  "kra", "lum",  "mo", "net", "or",  "pex", "qua",
                                        "ril", "sy",  "tron", "ux", "vel", "wy",  "xo",  "zet"};
    struct buf b;
    buf_init(&b, sizeof m->name - 1);
    for (size_t i = 0; i < 3 + below(m, 2); i++)
        buf_put_str(&b, parts[below(m, LL_COUNT(parts))]);
    if (b.n)
        b.p[0] = (char)(b.p[0] - 'a' + 'A');
    snprintf(m->name, sizeof m->name, "%s", buf_cstr(&b));
    buf_finish(&b);
}

static void http_head(struct maker *m) {
    as(m, "^HTTP/1\\.[01] ", "HTTP/1.1 ");
    as(m, "\\d\\d\\d ", "200 ");
    as(m, ".*", "OK\r\nDate: today\r\nConnection: close");
}

/* Without four literal bytes in a row. */
static const char *binary(struct maker *m) {
    char bytes[3] = {(char)(0x80 + below(m, 0x7f)), (char)(1 + below(m, 0xfe)), 0};
    as(m, "^", "");
    lit(m, bytes);
    as(m, "(..)[\\x00-\\x20].{2}", "\x01\x02\x03zz");
    m->captures++;
    lit(m, bytes);
    return "s";
}

/* Those that speak first. Returns the flags. */
static const char *greeting(struct maker *m) {
    switch (below(m, 8)) {
    case 0:
        as(m, "^220 ", "220 ");
        lit(m, m->name);
        lit(m, " FTP server (");
        version(m);
        lit(m, ") ready.\r\n");
        return "";
    case 1:
        as(m, "^220 ([-\\w_.]+) ", "220 mail.example ");
        m->captures++;
        lit(m, "ESMTP ");
        lit(m, m->name);
        as(m, "(?: \\(.*\\))? ", " (quiet) ");
        version(m);
        return "i";
    case 2:
        as(m, "^SSH-([\\d.]+)-", "SSH-2.0-");
        m->captures++;
        lit(m, m->name);
        lit(m, "_");
        version(m);
        return "";
    case 3:
        as(m, "^", "");
        lit(m, "\xff\xfb\x01\xff\xfb\x03");
        filler(m);
        lit(m, m->name);
        as(m, ".*login: $", " rack 7 login: ");
        return "s";
    case 4:
        as(m, "^\\+OK ", "+OK ");
        lit(m, m->name);
        lit(m, " POP3 ");
        version(m);
        as(m, "(?: <[\\d.]+@([-\\w_.]+)>)?\\r\\n", " <12.34@pop.example>\r\n");
        return "";
    case 5:
        as(m, "^(?=.{4,})(?!SSH)", "");
        filler(m);
        lit(m, m->name);
        lit(m, " service ");
        version(m);
        return "s";
    case 6:
        return binary(m);
    default:
        as(m, "^..", "\x01\x02");
        lit(m, "\x03\x04");
        lit(m, m->name);
        as(m, ".{1,6}\\x07", "abc\x07");
        return "s";
    }
}

/* Answers to a question of the web. */
static const char *page(struct maker *m) {
    switch (below(m, 7)) {
    case 0:
    case 1:
        http_head(m);
        lit(m, "\r\nServer: ");
        lit(m, m->name);
        lit(m, "/");
        version(m);
        return "s";
    case 2:
        as(m, "^HTTP/1\\.[01] 401 .*", "HTTP/1.0 401 No\r\n");
        lit(m, "WWW-Authenticate: Basic realm=\"");
        lit(m, m->name);
        as(m, " ([^\"]+)\"", " box 7\"");
        m->captures++;
        return "s";
    case 3:
        http_head(m);
        lit(m, "<title>");
        lit(m, m->name);
        as(m, "([^<]*)", " panel");
        m->captures++;
        lit(m, "</title>");
        return "si";
    case 4:
        as(m, "^HTTP/1\\.1 \\d\\d\\d (?!.*Nothing-like-it)(?:[^\\r\\n]*\\r\\n(?!\\r\\n))*?Server: ",
           "HTTP/1.1 200 OK\r\nAge: 1\r\nServer: ");
        lit(m, m->name);
        lit(m, "-");
        version(m);
        return "";
    case 5:
        http_head(m);
        lit(m, "X-Powered-By: ");
        lit(m, m->name);
        as(m, " ([\\d.]+)\\r\\n(.*)$", " 4.2\r\nbody");
        m->captures += 2;
        return "s";
    default:
        http_head(m);
        lit(m, "Set-Cookie: ");
        lit(m, m->name);
        as(m, "=[0-9a-f]{8,}; path=/", "=0123456789ab; path=/");
        return "s";
    }
}

static const char *any(struct maker *m) {
    switch (below(m, 60)) {
    case 0: /* not anchored */
        as(m, "", "noise ");
        lit(m, m->name);
        lit(m, " daemon ");
        version(m);
        return "";
    case 1:
        as(m, "^(\\w+) ", "twice ");
        lit(m, m->name);
        as(m, " \\1 ", " twice ");
        m->captures++;
        version(m);
        return "";
    default:
        return greeting(m);
    }
}

static void put_match(struct patterns *p, struct maker *m, size_t probe, const char *flags, size_t i) {
    bool soft = i % 60 == 59;
    buf_printf(&p->file, "%s svc%zu m%%", soft ? "softmatch" : "match", i % 211);
    buf_put(&p->file, buf_slice(&m->re));
    buf_printf(&p->file, "%%%s p/%s server/", flags, m->name);
    if (m->captures)
        buf_put_str(&p->file, " v/$1/");
    if (m->captures > 1)
        buf_put_str(&p->file, " i/with $2/");
    if (i % 2)
        buf_printf(&p->file, " cpe:/a:%s:server:$1/", m->name);
    buf_put_char(&p->file, '\n');
    /* Places of the bytes move while the buffer grows: until the end, p holds the offset. */
    p->v[i] = (struct banner){probe, {NULL, m->banner.n}};
    buf_put(&p->room, buf_slice(&m->banner));
}

static void put_probe(struct patterns *p, size_t probe) {
    if (probe == 0)
        buf_put_str(&p->file, "Probe TCP Listen q||\n");
    else if (probe == 1)
        buf_put_str(&p->file, "Probe TCP Page q|GET / HTTP/1.0\\r\\n\\r\\n|\nports 80,8080-8090\n");
    else
        buf_printf(&p->file, "Probe TCP Ask%zu q|ask %zu\\r\\n|\nrarity %zu\nfallback Page\n", probe, probe,
                   1 + probe % 9);
}

bool patterns_make(struct patterns *p, uint64_t seed, size_t n) {
    struct maker m = {.captures = 0};
    rng_seed(&m.rng, seed);
    *p = (struct patterns){.v = calloc(n ? n : 1, sizeof *p->v), .n = n};
    buf_init(&p->file, FILE_CEILING);
    buf_init(&p->room, FILE_CEILING);
    buf_init(&m.re, 1 << 16);
    buf_init(&m.banner, 1 << 16);
    size_t last = PROBES;
    for (size_t i = 0; p->v && i < n; i++) {
        /* A third speaks first, two fifths are web servers, the rest is spread. */
        size_t probe = i * 3 < n ? 0 : i * 15 < n * 11 ? 1 : 2 + (i * 15 - n * 11) * (PROBES - 2) / (n * 4);
        if (probe != last)
            put_probe(p, probe);
        last = probe;
        buf_clear(&m.re);
        buf_clear(&m.banner);
        m.captures = 0;
        name(&m);
        put_match(p, &m, probe, probe == 1 ? page(&m) : any(&m), i);
    }
    size_t at = 0;
    for (size_t i = 0; p->v && i < n; at += p->v[i].bytes.n, i++)
        p->v[i].bytes.p = p->room.p + at;
    bool ok = p->v && !p->file.failed && !p->room.failed && !m.re.failed && !m.banner.failed;
    buf_finish(&m.re);
    buf_finish(&m.banner);
    return ok;
}

void patterns_finish(struct patterns *p) {
    buf_finish(&p->file);
    buf_finish(&p->room);
    free(p->v);
    p->v = NULL;
}
