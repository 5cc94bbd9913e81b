/* Lines about services, and quoted texts in the world format. */
#include "sim_service.h"

#include "base/buf.h"
#include "sim_words.h"

enum { TEXT_LONGEST = 64 << 10 };

size_t sim_find_bare(struct slice s, char c) {
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        if (!quoted && s.p[i] == c)
            return i;
        if (s.p[i] == '"')
            quoted = !quoted;
        else if (quoted && s.p[i] == '\\')
            i++;
    }
    return s.n;
}

bool sim_next_word(struct slice *rest, struct slice *word) {
    while (rest->n && strchr(" \t\r\n", rest->p[0]) && rest->p[0])
        *rest = slice_skip(*rest, 1);
    if (!rest->n || rest->p[0] != '"')
        return slice_word(rest, word);
    size_t n = 1;
    for (; n < rest->n && rest->p[n] != '"'; n++)
        n += rest->p[n] == '\\';
    n = ll_min_size(n + 1, rest->n);
    *word = slice_sub(*rest, 0, n);
    *rest = slice_skip(*rest, n);
    return true;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "text with \r \n \t \0 \\ \" and \x1b" */
static bool word_quoted(struct slice w, struct arena *a, struct slice *out, struct err *e) {
    static const char names[] = "rnt0\\\"", values[] = "\r\n\t\0\\\"";
    struct buf b;
    bool ok = w.n >= 2 && w.p[0] == '"' && w.p[w.n - 1] == '"';
    buf_init(&b, TEXT_LONGEST);
    for (size_t i = 1; ok && i + 1 < w.n; i++) {
        char c = w.p[i];
        if (c == '\\' && i + 3 < w.n - 1 && w.p[i + 1] == 'x') {
            int high = hex_digit(w.p[i + 2]), low = hex_digit(w.p[i + 3]);
            ok = high >= 0 && low >= 0;
            c = (char)(high * 16 + low);
            i += 3;
        } else if (c == '\\') {
            const char *at = i + 2 < w.n && w.p[i + 1] ? strchr(names, w.p[i + 1]) : NULL;
            ok = at != NULL;
            c = at ? values[at - names] : 0;
            i++;
        }
        buf_put_char(&b, c);
    }
    *out = ok && !b.failed ? arena_copy(a, buf_slice(&b)) : (struct slice){0};
    buf_finish(&b);
    return out->p || err_set(e, ERR_INPUT, "a text stands in quotes, with \\r \\n \\t \\0 \\\\ \\\" \\xHH");
}

static bool add_answer(struct sim_service *v, const struct sim_line *l, size_t at, struct arena *a, struct err *e) {
    struct sim_words_rule **last = &v->rules;
    while (*last)
        last = &(*last)->next;
    struct sim_words_rule *rule = arena_alloc(a, sizeof *rule);
    if (!rule)
        return err_set(e, ERR_LIMIT, "the world is too large");
    *last = rule;
    return word_quoted(l->w[at], a, &rule->to, e) && word_quoted(l->w[at + 1], a, &rule->text, e);
}

/* Words without a value. */
static bool read_flag(struct sim_service *v, struct slice k) {
    bool mute = false;
    const struct {
        struct slice word;
        bool *flag;
    } flags[] = {{SLICE("mute"), &mute},
                 {SLICE("closes"), &v->closes},
                 {SLICE("once"), &v->once},
                 {SLICE("elsewhere"), &v->elsewhere},
                 {SLICE("alpn-only"), &v->alpn_only},
                 {SLICE("alpn-must"), &v->alpn_must}};
    for (size_t i = 0; i < LL_COUNT(flags); i++)
        if (slice_eq(k, flags[i].word))
            return *flags[i].flag = true;
    return false;
}

/* The words after the ports. */
static bool read_traits(struct sim_service *v, const struct sim_line *l, size_t at, struct arena *a, struct err *e) {
    while (at < l->n) {
        struct slice k = l->w[at];
        size_t left = l->n - at - 1, values = 1;
        bool ok = true;
        if (slice_eq(k, SLICE("says")) && left >= 1)
            ok = word_quoted(l->w[at + 1], a, &v->says, e);
        else if (slice_eq(k, SLICE("endless")) && left >= 1)
            ok = word_quoted(l->w[at + 1], a, &v->endless, e);
        else if (slice_eq(k, SLICE("after")) && left >= 1)
            ok = sim_word_time(l->w[at + 1], &v->after, e);
        else if (slice_eq(k, SLICE("shakes")) && left >= 1)
            ok = sim_word_time(l->w[at + 1], &v->shakes, e);
        else if (slice_eq(k, SLICE("drip")) && left >= 1)
            ok = sim_word_time(l->w[at + 1], &v->drip, e);
        else if (slice_eq(k, SLICE("tls")) && left >= 1)
            ok = word_quoted(l->w[at + 1], a, &v->alpn, e) && (v->tls = true);
        else if (slice_eq(k, SLICE("answers")) && left >= 2 && (values = 2) != 0)
            ok = add_answer(v, l, at + 1, a, e);
        else if (!(values = 0) && !read_flag(v, k))
            ok = err_set(e, ERR_INPUT, "a service says, answers, is endless, mute or once, closes; after, drip, tls");
        if (!ok)
            return false;
        at += 1 + values;
    }
    return true;
}

/* service [udp] PORTS WORDS ... */
bool sim_service_line(struct sim_service **services, const struct sim_line *l, struct arena *a, struct err *e) {
    struct sim_service one = {.udp = slice_eq(l->w[1], SLICE("udp"))};
    size_t at = one.udp ? 2 : 1;
    struct slice list = at < l->n ? l->w[at] : (struct slice){0};
    bool bad = false;
    if (!list.n)
        return err_set(e, ERR_INPUT, "ports are missing");
    if (!read_traits(&one, l, at + 1, a, e))
        return false;
    while (sim_word_ports(&list, &one.first, &one.last, &bad, e)) {
        struct sim_service *v = arena_alloc(a, sizeof *v);
        if (!v)
            return err_set(e, ERR_LIMIT, "the world is too large");
        *v = one;
        v->next = *services; /* later lines win */
        *services = v;
    }
    return !bad;
}

const struct sim_service *sim_block_service(const struct sim_block *b, bool udp, uint16_t port) {
    const struct sim_service *v = b->services;
    while (v && (v->udp != udp || port < v->first || port > v->last))
        v = v->next;
    return v;
}
