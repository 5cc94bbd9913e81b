/* From captures and facts to the fields of a report: templates with `$1`, `${KEY}` and `$$`, and the writers that keep
 * strangers' bytes within SERVICE_TEXT_MAX and free of control bytes. */
#ifndef LL_SERVICE_TEMPLATE_H
#define LL_SERVICE_TEMPLATE_H

#include "base/arena.h"
#include "base/err.h"
#include "model/service.h"
#include "proto/facts.h"

/* A field while it is written. */
struct field {
    char p[SERVICE_TEXT_MAX];
    size_t n;
    bool full; /* something was cut off */
};

void field_clear(struct field *f);
void field_put(struct field *f, struct slice text);     /* without control bytes */
void field_put_cpe(struct field *f, struct slice part); /* as a part of a CPE 2.2 URI (NISTIR 7695 6.1) */
/* Without blanks, and bytes of `also`, at both ends; copied into `a`. False: no memory. Empty: {NULL, 0}. */
bool field_finish(struct field *f, struct slice also, struct arena *a, struct slice *out) LL_MUST_USE;
/* The same for a CPE URI: empty parts at the end are dropped. */
bool field_finish_cpe(struct field *f, struct arena *a, struct slice *out) LL_MUST_USE;

/* What a template may name. */
struct template_values {
    const struct slice *groups; /* [1] to [9] */
    const struct facts *facts;
};

/* The first value of a key; p == NULL: there is none. */
struct slice template_fact(const struct facts *f, struct slice key);

/* Is it well formed, and is there no `$N` behind `captures`? */
bool template_check(struct slice text, unsigned captures, struct err *e);
bool template_check_cpe(struct slice text, unsigned captures, struct err *e);
/* False: no memory. */
bool template_fill(struct slice text, const struct template_values *v, struct arena *a, struct slice *out) LL_MUST_USE;
/* Parts between "; " whose inserts all came out empty are left out. */
bool template_fill_list(struct slice text, const struct template_values *v, struct arena *a,
                        struct slice *out) LL_MUST_USE;
bool template_fill_cpe(struct slice text, const struct template_values *v, struct arena *a,
                       struct slice *out) LL_MUST_USE;

#endif
