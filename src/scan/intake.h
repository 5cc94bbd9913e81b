/* Where targets come from: expressions of the command line and of files become the target space, names are looked up on
 * the way (many at once, appended in the order in which they were written), excludes first. */
#ifndef LL_SCAN_INTAKE_H
#define LL_SCAN_INTAKE_H

#include "base/log.h"
#include "io/names.h"
#include "model/event.h"
#include "model/settings.h"
#include "target/target.h"

struct intake_item;
struct intake {
    const struct settings *settings;
    struct names *names;
    struct target_space *space;
    struct rangeset excludes;
    const struct log *log;
    uint32_t zone;               /* for link-local targets that name none; 0 = there is none */
    uint64_t seed;               /* of random targets */
    void (*on_ready)(void *ctx); /* excludes are sealed: the walk may begin */
    void (*on_added)(void *ctx);
    void (*on_sealed)(void *ctx);
    void (*on_bad)(void *ctx, struct slice text); /* a target expression that cannot be used; already said */
    void (*on_fatal)(void *ctx, const struct err *e);
    void *ctx;
    struct intake_item *first, *last; /* waiting in order */
    struct intake_item *excluded;     /* names whose addresses are still asked for */
    struct slice file;                /* being read; empty: expressions of the command line */
    size_t line;
    bool reading; /* files are being read: nothing is sealed yet */
    bool sealed, failed, walking;
    uint64_t given; /* expressions seen */
};

bool intake_init(struct intake *t, struct err *e);
/* Begins: on_ready, on_added, on_sealed follow, at once or later. False: a file could not be read or an exclude is
 * wrong. */
bool intake_start(struct intake *t, struct err *e);
void intake_finish(struct intake *t);

#endif
