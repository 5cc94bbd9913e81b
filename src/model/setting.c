#include "model/setting.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"

struct shown setting_show(struct slice value) {
    enum { KEEP = 60 };
    struct shown out = {""};
    struct buf b;
    buf_init(&b, 1024); /* a byte becomes at most four */
    bool cut = value.n > KEEP;
    text_plain(&b, slice_sub(value, 0, KEEP));
    size_t room = sizeof out.text - sizeof "...";
    if (b.n > room) {
        cut = true;
        b.n = room;
    }
    snprintf(out.text, sizeof out.text, "%.*s%s", (int)b.n, b.p ? b.p : "", cut ? "..." : "");
    buf_finish(&b);
    return out;
}

bool setting_bad(struct err *e, const struct option_row *row, struct slice value, const char *fmt, ...) {
    char what[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    return err_set(e, ERR_USAGE, "%s%s \"%s\": %s", option_dashes(row), row->name, setting_show(value).text, what);
}

bool setting_number(const struct option_row *row, struct slice value, uint64_t min, uint64_t max, uint64_t *out,
                    struct err *e) {
    if (!num_u64_max(value, max, out) || *out < min)
        return setting_bad(e, row, value, "must be a whole number from %llu to %llu", (unsigned long long)min,
                           (unsigned long long)max);
    return true;
}

bool setting_time(const struct option_row *row, struct slice value, double suspicious, int64_t *out, struct err *e) {
    bool has_unit;
    if (!num_duration_ns(value, out, &has_unit) || *out < 0)
        return setting_bad(e, row, value, "must be a time such as 500ms, 2s, 5m or 1h (no unit means seconds)");
    if (!has_unit && (double)*out >= suspicious * (double)NS_PER_S) {
        const char *shown = setting_show(value).text;
        return setting_bad(e, row, value,
                           "a time without a unit is in seconds, and this one is very long; write %sms or %ss", shown,
                           shown);
    }
    return true;
}

bool setting_text(struct settings *s, const struct option_row *row, struct slice value, struct slice *out,
                  struct err *e) {
    if (value.n == 0)
        return setting_bad(e, row, value, "the value is empty");
    struct slice copy = arena_copy(&s->arena, value);
    if (!copy.p)
        return err_set(e, ERR_MEMORY, "no memory for the settings");
    *out = copy;
    return true;
}

bool setting_list_add(struct settings *s, struct text_list *l, struct slice text, struct err *e) {
    if (!text_list_add(l, &s->arena, text))
        return err_set(e, ERR_MEMORY, "no memory for the settings");
    return true;
}
