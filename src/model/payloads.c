#include "model/payloads.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/num.h"
#include "model/payloads_table.h"

enum { PORT_SPACE = 65536, LARGEST_TEXT = 1 << 20, ARENA_MAX = 4 << 20 };

struct payloads {
    struct arena arena;
    struct payload v[PAYLOADS_MAX];
    size_t n, ports;
    uint8_t of[PORT_SPACE]; /* place in v + 1 */
};

/* One payload while its lines are read. */
struct draft {
    struct payload *p; /* NULL before the first */
    uint8_t bytes[PAYLOAD_MAX];
    size_t n;
    size_t n_ports;
};

static int digit_of(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool add_byte(struct draft *d, uint8_t b, struct err *e) {
    if (d->n == sizeof d->bytes)
        return err_set(e, ERR_LIMIT, "more than %d bytes", PAYLOAD_MAX);
    d->bytes[d->n++] = b;
    return true;
}

/* Takes a quoted text from *rest; a backslash stands before a quotation mark or a backslash. */
static bool read_string(struct slice *rest, struct draft *d, struct err *e) {
    for (size_t i = 1; i < rest->n; i++) {
        char c = rest->p[i];
        if (c == '"') {
            *rest = slice_skip(*rest, i + 1);
            return true;
        }
        if (c == '\\' && ++i < rest->n) {
            c = rest->p[i];
            if (c != '"' && c != '\\')
                return err_set(e, ERR_INPUT, "only \\\" and \\\\ may follow a backslash; write other bytes in hex");
        }
        if (c < ' ' || c > '~')
            return err_set(e, ERR_INPUT, "a text has printable ASCII only; write other bytes in hex");
        if (!add_byte(d, (uint8_t)c, e))
            return false;
    }
    return err_set(e, ERR_INPUT, "the quotation mark that ends the text is missing");
}

/* "0a1b", or "00*16". */
static bool read_hex(struct slice word, struct draft *d, struct err *e) {
    size_t star = slice_find(word, '*');
    struct slice hex = slice_sub(word, 0, star);
    uint64_t times = 1;
    if (hex.n == 0 || hex.n % 2 || (star < word.n && hex.n != 2))
        return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is neither pairs of hex digits nor one pair and a count",
                       SLICE_ARG(slice_sub(word, 0, 40)));
    if (star < word.n && (!num_u64_max(slice_skip(word, star + 1), PAYLOAD_MAX, &times) || times == 0))
        return err_set(e, ERR_INPUT, "a count is a number from 1 to %d", PAYLOAD_MAX);
    for (size_t i = 0; i < hex.n; i += 2) {
        int high = digit_of(hex.p[i]), low = digit_of(hex.p[i + 1]);
        if (high < 0 || low < 0)
            return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" has a character that is no hex digit (0-9, a-f)",
                           SLICE_ARG(slice_sub(word, 0, 40)));
        for (uint64_t k = 0; k < times; k++)
            if (!add_byte(d, (uint8_t)(high << 4 | low), e))
                return false;
    }
    return true;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static bool read_bytes(struct slice rest, struct draft *d, struct err *e) {
    for (;;) {
        while (rest.n && is_blank(rest.p[0]))
            rest = slice_skip(rest, 1);
        if (rest.n == 0 || rest.p[0] == '#')
            return true;
        if (rest.p[0] == '"') {
            if (!read_string(&rest, d, e))
                return false;
            continue;
        }
        size_t n = 0;
        while (n < rest.n && !is_blank(rest.p[n]) && rest.p[n] != '"' && rest.p[n] != '#')
            n++;
        if (!read_hex(slice_sub(rest, 0, n), d, e))
            return false;
        rest = slice_skip(rest, n);
    }
}

/* Printers put on paper whatever arrives (RFC 1179, and raw printing). */
static bool is_printer(uint64_t port) {
    return port == 515 || port == 631 || (port >= 9100 && port <= 9107);
}

static bool read_ports(struct payloads *all, struct slice list, struct draft *d, struct err *e) {
    struct slice word;
    while (slice_split(&list, ',', &word)) {
        uint64_t port;
        if (!num_u64_max(word, PORT_SPACE - 1, &port))
            return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is not a port", SLICE_ARG(slice_sub(word, 0, 40)));
        if (is_printer(port))
            return err_set(e, ERR_INPUT, "port %u belongs to printers: nothing is sent there", (unsigned)port);
        if (all->of[port])
            return err_set(e, ERR_INPUT, "port %u has a payload already", (unsigned)port);
        all->of[port] = (uint8_t)all->n;
        all->ports++;
        if (d->n_ports++ == 0)
            d->p->port = (uint16_t)port;
    }
    return true;
}

static bool copy_text(struct payloads *all, struct slice text, struct slice *to, struct err *e) {
    *to = arena_copy(&all->arena, text);
    return to->p || err_set(e, ERR_MEMORY, "no memory for the payloads");
}

/* RFC 1350 4: a server may answer from a port of its own choice. That such an answer belongs to this question is seen
 * from how it begins. */
static bool read_elsewhere(struct payloads *all, struct slice list, struct draft *d, struct err *e) {
    struct draft answers = {0};
    if (!read_bytes(list, &answers, e))
        return false;
    if (answers.n == 0 || answers.n % 2)
        return err_set(e, ERR_INPUT, "answers from elsewhere are told by their first two bytes");
    return copy_text(all, (struct slice){(const char *)answers.bytes, answers.n}, &d->p->elsewhere, e);
}

static bool finish_payload(struct payloads *all, struct draft *d, struct err *e) {
    struct payload *p = d->p;
    if (!p)
        return true;
    if (p->elsewhere.n && d->n_ports != 1)
        return err_set(e, ERR_INPUT, "payload " SLICE_FMT ": only one port can have answers from elsewhere",
                       SLICE_ARG(p->name));
    if (!d->n_ports || p->source.n == 0 || d->n == 0)
        return err_set(e, ERR_INPUT, "payload " SLICE_FMT " lacks its %s", SLICE_ARG(p->name),
                       !d->n_ports        ? "ports"
                       : p->source.n == 0 ? "source"
                                          : "bytes");
    return copy_text(all, (struct slice){(const char *)d->bytes, d->n}, &p->bytes, e);
}

static bool begin_payload(struct payloads *all, struct slice name, struct draft *d, struct err *e) {
    if (!finish_payload(all, d, e))
        return false;
    if (all->n == PAYLOADS_MAX)
        return err_set(e, ERR_LIMIT, "more than %d payloads", PAYLOADS_MAX);
    *d = (struct draft){.p = &all->v[all->n++]};
    return copy_text(all, name, &d->p->name, e);
}

static bool read_line(struct payloads *all, struct slice line, struct draft *d, struct err *e) {
    struct slice word;
    if (!slice_statement(line, &word, &line))
        return true;
    if (line.n == 0)
        return err_set(e, ERR_INPUT, "nothing follows \"" SLICE_FMT "\"", SLICE_ARG(slice_sub(word, 0, 40)));
    if (slice_eq(word, SLICE("payload")))
        return begin_payload(all, line, d, e);
    if (!d->p)
        return err_set(e, ERR_INPUT, "the first word must be \"payload\"");
    if (slice_eq(word, SLICE("ports")) && !d->n_ports)
        return read_ports(all, line, d, e);
    if (slice_eq(word, SLICE("source")) && d->p->source.n == 0)
        return copy_text(all, line, &d->p->source, e);
    if (slice_eq(word, SLICE("bytes")))
        return read_bytes(line, d, e);
    if (slice_eq(word, SLICE("elsewhere")) && d->p->elsewhere.n == 0)
        return read_elsewhere(all, line, d, e);
    return err_set(e, ERR_INPUT,
                   "\"" SLICE_FMT "\" is not payload, ports, source, bytes or elsewhere, or is there twice",
                   SLICE_ARG(slice_sub(word, 0, 40)));
}

static bool read_text(struct payloads *all, struct slice text, const char *name, struct err *e) {
    struct draft d = {0};
    struct slice line;
    unsigned number = 0;
    if (text.n > LARGEST_TEXT)
        return err_set(e, ERR_LIMIT, "%s: larger than %d bytes", name, LARGEST_TEXT);
    while (slice_split(&text, '\n', &line)) {
        number++;
        if (!read_line(all, line, &d, e))
            return err_context(e, "%s:%u", name, number);
    }
    return finish_payload(all, &d, e) || err_context(e, "%s:%u", name, number);
}

struct payloads *payloads_parse(struct slice text, const char *name, struct err *e) {
    struct payloads *all = calloc(1, sizeof *all);
    if (!all) {
        err_set(e, ERR_MEMORY, "no memory for the payloads");
        return NULL;
    }
    arena_init(&all->arena, "payloads", ARENA_MAX);
    if (read_text(all, text, name, e))
        return all;
    payloads_destroy(all);
    return NULL;
}

struct payloads *payloads_builtin(struct err *e) {
    return payloads_parse((struct slice){payloads_table, payloads_table_size}, "payloads.txt", e);
}

void payloads_destroy(struct payloads *p) {
    if (!p)
        return;
    arena_finish(&p->arena);
    free(p);
}

const struct payload *payloads_find(const struct payloads *p, uint16_t port) {
    return p->of[port] ? &p->v[p->of[port] - 1] : NULL;
}

uint16_t payloads_elsewhere(const struct payloads *p, struct slice said) {
    for (size_t i = 0; i < p->n; i++)
        for (struct slice rest = p->v[i].elsewhere; rest.n >= 2; rest = slice_skip(rest, 2))
            if (slice_eq(slice_sub(rest, 0, 2), slice_sub(said, 0, 2)))
                return p->v[i].port;
    return 0;
}

const struct payload *payloads_all(const struct payloads *p, size_t *n, size_t *ports) {
    *n = p->n;
    *ports = p->ports;
    return p->v;
}
