/* Errors as values; see err.h. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>

/* Cuts long texts visibly, so that nobody takes the rest for the whole. */
static void store(struct err *e, const char *text, size_t n) {
    static const char cut[] = "...";
    if (n < sizeof e->text) {
        memcpy(e->text, text, n + 1);
        return;
    }
    size_t keep = sizeof e->text - sizeof cut;
    memcpy(e->text, text, keep);
    memcpy(e->text + keep, cut, sizeof cut);
}

/* The arguments may point into the text that is replaced, so the new text is made elsewhere first. */
struct draft {
    char text[sizeof(((struct err *)0)->text) * 2];
    size_t n;
};

static void draft_add(struct draft *d, const char *fmt, va_list args) {
    int n = vsnprintf(d->text + d->n, sizeof d->text - d->n, fmt, args);
    if (n > 0)
        d->n = ll_min_size(d->n + (size_t)n, sizeof d->text - 1);
    d->text[d->n] = '\0';
}

static void draft_add_text(struct draft *d, const char *text) {
    size_t n = ll_min_size(strlen(text), sizeof d->text - 1 - d->n);
    memcpy(d->text + d->n, text, n);
    d->n += n;
    d->text[d->n] = '\0';
}

bool err_set(struct err *e, enum err_code code, const char *fmt, ...) {
    if (!e)
        return false;
    struct draft d = {.n = 0};
    va_list args;
    va_start(args, fmt);
    draft_add(&d, fmt, args);
    va_end(args);
    e->code = code;
    e->os = 0;
    store(e, d.text, d.n);
    return false;
}

bool err_os(struct err *e, int os, const char *fmt, ...) {
    if (!e)
        return false;
    struct draft d = {.n = 0};
    va_list args;
    va_start(args, fmt);
    draft_add(&d, fmt, args);
    va_end(args);
    char reason[128];
    draft_add_text(&d, ": ");
    draft_add_text(&d, strerror_r(os, reason, sizeof reason));
    e->code = os == EPERM || os == EACCES ? ERR_PRIVILEGE : ERR_OS;
    e->os = os;
    store(e, d.text, d.n);
    return false;
}

bool err_context(struct err *e, const char *fmt, ...) {
    if (!e)
        return false;
    struct draft d = {.n = 0};
    va_list args;
    va_start(args, fmt);
    draft_add(&d, fmt, args);
    va_end(args);
    draft_add_text(&d, ": ");
    draft_add_text(&d, e->text);
    store(e, d.text, d.n);
    return false;
}

void err_clear(struct err *e) {
    if (e)
        *e = (struct err){.code = ERR_NONE};
}
