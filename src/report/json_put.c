/* Members and elements of JSON (RFC 8259). */
#include "report/json_put.h"

#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <time.h>

static void put_key(struct buf *b, const char *key) {
    char last = b->n > 0 ? b->p[b->n - 1] : '\n';
    if (last != '{' && last != '[' && last != '\n') {
        buf_put_char(b, ',');
    }
    if (key != NULL) {
        buf_printf(b, "\"%s\":", key);
    }
}

void json_open(struct buf *b, const char *key, char bracket) {
    put_key(b, key);
    buf_put_char(b, bracket);
}

void json_close(struct buf *b, char bracket) {
    buf_put_char(b, bracket);
}

void json_null(struct buf *b, const char *key) {
    put_key(b, key);
    buf_put_str(b, "null");
}

void json_bool(struct buf *b, const char *key, bool v) {
    put_key(b, key);
    buf_put_str(b, v ? "true" : "false");
}

void json_uint(struct buf *b, const char *key, uint64_t v) {
    put_key(b, key);
    buf_printf(b, "%" PRIu64, v);
}

void json_real(struct buf *b, const char *key, double v, int decimals) {
    if (!isfinite(v)) {
        json_null(b, key);
        return;
    }
    put_key(b, key);
    buf_printf(b, "%.*f", decimals, v);
}

void json_float(struct buf *b, const char *key, double v) {
    if (!isfinite(v)) {
        json_null(b, key);
        return;
    }
    put_key(b, key);
    buf_printf(b, "%.6g", v);
}

void json_word(struct buf *b, const char *key, const char *text) {
    put_key(b, key);
    buf_printf(b, "\"%s\"", text);
}

void json_text(struct buf *b, const char *key, struct slice text) {
    if (text.n == 0) {
        json_null(b, key);
        return;
    }
    put_key(b, key);
    buf_put_char(b, '"');
    text_json(b, text);
    buf_put_char(b, '"');
}

void json_addr(struct buf *b, const char *key, const struct addr *a) {
    char text[ADDR_TEXT_MAX];
    if (a == NULL || a->family == ADDR_NONE) {
        json_null(b, key);
        return;
    }
    /* a zone may be an interface name, which can hold any byte but '/' and blanks */
    json_text(b, key, slice_of(addr_format(a, text)));
}

void json_time(struct buf *b, const char *key, int64_t wall) {
    struct tm tm;
    char text[64];
    time_t t = (time_t)wall;
    if (wall == 0 || gmtime_r(&t, &tm) == NULL || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) {
        json_null(b, key);
        return;
    }
    json_word(b, key, text);
}
