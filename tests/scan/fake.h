/* What tests of src/scan put behind the door: names that are answered when the test says so, and a log that is kept. */
#ifndef FAKE_H
#define FAKE_H

#include "base/log.h"
#include "io/names.h"

#define FAKE_QUERIES_MAX 4096
#define FAKE_TEXT_MAX 4096

struct fake_query {
    char what[128]; /* the name, or the address */
    enum addr_family family;
    names_fn fn;
    void *ctx;
    bool open;
};

struct fake_names {
    struct names names;
    struct fake_query *v; /* FAKE_QUERIES_MAX */
    size_t n, limit;      /* further queries are refused */
};

void fake_names_init(struct fake_names *f);
void fake_names_finish(struct fake_names *f);
size_t fake_names_open(const struct fake_names *f);
/* Answers the oldest open query for `name`. addresses: separated by blanks; NULL: it fails. */
void fake_names_resolve(struct fake_names *f, const char *name, const char *addresses);
void fake_names_reverse(struct fake_names *f, const char *address, const char *name); /* NULL: none */

struct fake_log {
    struct log log;
    char text[FAKE_TEXT_MAX]; /* one line a message */
};
void fake_log_init(struct fake_log *l);

#endif
