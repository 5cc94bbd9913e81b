/* One row a line in a compact array a protocol, and an index by port number over it: a name costs one look-up. Names
 * are offsets into the text, which is copied unless it is the built-in one. */
#include "model/services.h"
#include "base/num.h"
#include "model/ports_table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PORT_SPACE = 65536, LARGEST_TEXT = 16 << 20, LONGEST_NAME = 64, COLUMNS = 6 };

struct row {
    uint32_t iana;  /* offset of the registered name in the text */
    uint32_t shown; /* offset of the name for reports; a row may be there for its rank only */
    uint8_t iana_n;
    uint8_t shown_n;
    uint16_t port;
    uint32_t rank;
    double order; /* lower = likelier to be open; INFINITY = unranked */
};

struct table {
    struct row *rows;
    size_t n;
    size_t cap;
    uint32_t *row_of; /* by port: place in rows + 1, 0 = none */
    uint16_t *ranked; /* ports, likeliest first */
    size_t ranked_n;
};

struct services {
    char *copy; /* NULL for the built-in text */
    struct slice text;
    struct table tables[PROTO_COUNT];
};

/* One line of a file, before it is stored. */
struct entry {
    enum proto proto;
    uint16_t port;
    struct slice iana;
    struct slice shown;
    double order;
};

static bool proto_of(struct slice name, enum proto *out) {
    for (int p = 0; p < PROTO_COUNT; p++) {
        if (slice_eq_nocase(name, slice_of(proto_text((enum proto)p)))) {
            *out = (enum proto)p;
            return true;
        }
    }
    return false;
}

static bool port_of(struct slice number, enum proto p, uint16_t *out, struct err *e) {
    uint64_t port;
    if (!num_u64_max(number, p == PROTO_IP ? 255 : 65535, &port))
        return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is not a number of a port or protocol", SLICE_ARG(number));
    *out = (uint16_t)port;
    return true;
}

static bool is_none(struct slice column) {
    return slice_eq(column, SLICE("-"));
}

static bool split_columns(struct slice line, struct slice column[COLUMNS], struct err *e) {
    size_t n = 0;
    struct slice part;
    while (slice_split(&line, '\t', &part)) {
        if (n < COLUMNS)
            column[n] = part;
        n++;
    }
    if (n != COLUMNS)
        return err_set(e, ERR_INPUT, "%zu columns, where %d are expected, with a tab between them", n, COLUMNS);
    return true;
}

/* port, protocol, IANA's name, operators' name, reason for that, rank */
static bool read_columns(struct slice line, struct entry *out, struct err *e) {
    struct slice column[COLUMNS] = {{NULL, 0}};
    if (!split_columns(line, column, e))
        return false;
    if (!proto_of(column[1], &out->proto))
        return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is not tcp, udp, sctp or ip", SLICE_ARG(column[1]));
    if (!port_of(column[0], out->proto, &out->port, e))
        return false;
    out->iana = is_none(column[2]) ? (struct slice){NULL, 0} : column[2];
    out->shown = is_none(column[3]) ? out->iana : column[3];
    out->order = INFINITY;
    if (is_none(column[5])) {
        if (out->shown.n == 0)
            return err_set(e, ERR_INPUT, "neither a name nor a rank");
    } else {
        uint64_t rank;
        if (!num_u64_max(column[5], PORT_SPACE, &rank) || rank == 0)
            return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is not a rank", SLICE_ARG(column[5]));
        out->order = (double)rank;
    }
    return true;
}

/* The form of services(5), with a frequency where Nmap has one: name, port/protocol, frequency. `known` becomes false
 * for protocols that are not scanned. */
static bool read_words(struct slice line, struct entry *out, bool *known, struct err *e) {
    struct slice name = {NULL, 0};
    struct slice where = {NULL, 0};
    slice_word(&line, &name);
    slice_word(&line, &where);
    size_t slash = slice_find(where, '/');
    *known = proto_of(slice_skip(where, slash + 1), &out->proto);
    if (!*known)
        return true;
    if (!port_of(slice_sub(where, 0, slash), out->proto, &out->port, e))
        return false;
    out->iana = name;
    out->shown = name;
    out->order = INFINITY;
    struct slice frequency;
    double share;
    if (slice_word(&line, &frequency) && num_real(frequency, &share) && share > 0)
        out->order = -share;
    return true;
}

static bool has_words(struct slice line) {
    struct slice name, where;
    return slice_word(&line, &name) && slice_word(&line, &where) && slice_find(where, '/') < where.n;
}

static bool grow(struct table *t) {
    size_t cap = t->cap == 0 ? 1024 : t->cap * 2;
    struct row *rows = realloc(t->rows, cap * sizeof *rows);
    if (rows == NULL)
        return false;
    t->rows = rows;
    t->cap = cap;
    return true;
}

static uint32_t offset_of(const struct services *s, struct slice name) {
    return name.n == 0 ? 0 : (uint32_t)(name.p - s->text.p);
}

static bool store(struct services *s, const struct entry *entry, struct err *e) {
    struct table *t = &s->tables[entry->proto];
    if (entry->iana.n > LONGEST_NAME || entry->shown.n > LONGEST_NAME)
        return err_set(e, ERR_LIMIT, "a name is longer than %d characters", LONGEST_NAME);
    if (t->row_of == NULL)
        t->row_of = calloc(PORT_SPACE, sizeof *t->row_of);
    if (t->row_of == NULL || (t->n == t->cap && !grow(t)))
        return err_set(e, ERR_MEMORY, "no memory for the port table");
    t->rows[t->n] = (struct row){.iana = offset_of(s, entry->iana),
                                 .iana_n = (uint8_t)entry->iana.n,
                                 .shown = offset_of(s, entry->shown),
                                 .shown_n = (uint8_t)entry->shown.n,
                                 .port = entry->port,
                                 .order = entry->order};
    t->n++;
    t->row_of[entry->port] = (uint32_t)t->n;
    return true;
}

static const struct row *find(const struct services *s, enum proto p, uint16_t port) {
    const struct table *t = &s->tables[p];
    if (t->row_of == NULL || t->row_of[port] == 0)
        return NULL;
    return &t->rows[t->row_of[port] - 1];
}

static bool read_line(struct services *s, struct slice line, struct err *e) {
    line = slice_trim(slice_sub(line, 0, slice_find(line, '#')));
    if (line.n == 0)
        return true;
    struct entry entry = {0};
    bool known = true;
    bool words = has_words(line);
    if (words ? !read_words(line, &entry, &known, e) : !read_columns(line, &entry, e))
        return false;
    if (!known)
        return true;
    if (find(s, entry.proto, entry.port) != NULL) {
        /* services(5) may list a port again under another name; the first is the one to show */
        return words || err_set(e, ERR_INPUT, "%u/%s is there twice", entry.port, proto_text(entry.proto));
    }
    return store(s, &entry, e);
}

static int compare_order(const void *a, const void *b) {
    const struct row *x = *(struct row *const *)a;
    const struct row *y = *(struct row *const *)b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (x->port > y->port) - (x->port < y->port);
}

static bool rank_table(struct table *t) {
    if (t->n == 0)
        return true;
    struct row **sorted = calloc(t->n, sizeof(struct row *));
    t->ranked = calloc(t->n, sizeof *t->ranked);
    if (sorted == NULL || t->ranked == NULL) {
        free(sorted);
        return false;
    }
    for (size_t i = 0; i < t->n; i++) {
        if (isfinite(t->rows[i].order))
            sorted[t->ranked_n++] = &t->rows[i];
    }
    qsort(sorted, t->ranked_n, sizeof(struct row *), compare_order);
    for (size_t i = 0; i < t->ranked_n; i++) {
        t->ranked[i] = sorted[i]->port;
        sorted[i]->rank = (uint32_t)i + 1;
    }
    free(sorted);
    return true;
}

static bool read_all(struct services *s, const char *file, struct err *e) {
    struct slice rest = s->text;
    struct slice line;
    for (size_t number = 1; slice_split(&rest, '\n', &line); number++) {
        if (!read_line(s, line, e))
            return err_context(e, "%s:%zu", file, number);
    }
    for (int p = 0; p < PROTO_COUNT; p++) {
        if (!rank_table(&s->tables[p]))
            return err_set(e, ERR_MEMORY, "no memory for the port table");
    }
    return true;
}

static struct services *build(char *copy, struct slice text, const char *file, struct err *e) {
    struct services *s = calloc(1, sizeof *s);
    if (s == NULL) {
        free(copy);
        err_set(e, ERR_MEMORY, "no memory for the port table");
        return NULL;
    }
    s->copy = copy;
    s->text = text;
    if (!read_all(s, file, e)) {
        services_destroy(s);
        return NULL;
    }
    return s;
}

struct services *services_parse(struct slice text, const char *file, struct err *e) {
    if (text.n > LARGEST_TEXT) {
        err_set(e, ERR_LIMIT, "%s: larger than %d MiB, which no port table is", file, LARGEST_TEXT >> 20);
        return NULL;
    }
    char *copy = malloc(text.n + 1);
    if (copy == NULL) {
        err_set(e, ERR_MEMORY, "%s: no memory for a port table", file);
        return NULL;
    }
    if (text.n > 0)
        memcpy(copy, text.p, text.n);
    return build(copy, (struct slice){copy, text.n}, file, e);
}

struct services *services_builtin(struct err *e) {
    return build(NULL, (struct slice){ports_table, ports_table_size}, "ports.tsv", e);
}

void services_destroy(struct services *s) {
    if (s == NULL)
        return;
    for (int p = 0; p < PROTO_COUNT; p++) {
        free(s->tables[p].rows);
        free(s->tables[p].row_of);
        free(s->tables[p].ranked);
    }
    free(s->copy);
    free(s);
}

struct slice services_name(const struct services *s, enum proto p, uint16_t port) {
    const struct row *row = find(s, p, port);
    return row == NULL || row->shown_n == 0 ? (struct slice){NULL, 0}
                                            : (struct slice){s->text.p + row->shown, row->shown_n};
}

size_t services_match(const struct services *s, enum proto p, struct slice pattern, struct portset *out) {
    const struct table *t = &s->tables[p];
    size_t matched = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct row *row = &t->rows[i];
        struct slice shown = {s->text.p + row->shown, row->shown_n};
        struct slice iana = {s->text.p + row->iana, row->iana_n};
        if ((shown.n > 0 && slice_match(pattern, shown)) || (iana.n > 0 && slice_match(pattern, iana))) {
            portset_add(out, row->port);
            matched++;
        }
    }
    return matched;
}

void services_all(const struct services *s, enum proto p, struct portset *out) {
    const struct table *t = &s->tables[p];
    for (size_t i = 0; i < t->n; i++) {
        if (t->rows[i].shown_n > 0)
            portset_add(out, t->rows[i].port);
    }
}

size_t services_top(const struct services *s, enum proto p, size_t n, const struct portset *within,
                    struct portset *out) {
    const struct table *t = &s->tables[p];
    size_t added = 0;
    for (size_t i = 0; i < t->ranked_n && added < n; i++) {
        if (within == NULL || portset_has(within, t->ranked[i])) {
            portset_add(out, t->ranked[i]);
            added++;
        }
    }
    /* Whoever asks for more than are ranked gets the other known ports, lowest first. */
    for (uint32_t port = 0; t->n > t->ranked_n && port < PORT_SPACE && added < n; port++) {
        const struct row *row = find(s, p, (uint16_t)port);
        if (row != NULL && row->rank == 0 && (within == NULL || portset_has(within, row->port))) {
            portset_add(out, row->port);
            added++;
        }
    }
    return added;
}

size_t services_ranked(const struct services *s, enum proto p) {
    return s->tables[p].ranked_n;
}

unsigned services_rank(const struct services *s, enum proto p, uint16_t port) {
    const struct row *row = find(s, p, port);
    return row == NULL ? 0 : row->rank;
}
