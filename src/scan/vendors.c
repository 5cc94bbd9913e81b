#include "scan/vendors.h"

#include "scan/file_text.h"

#define VENDOR_FILE "/usr/share/ieee-data/oui.txt"
#define VENDOR_ROWS_MAX 200000
#define LOCAL_BIT 0x02 /* locally administered: nobody's block */

struct vendor_row {
    uint32_t prefix; /* 24 bits */
    struct slice name;
};

void vendors_init(struct vendors *v) {
    *v = (struct vendors){0};
}

void vendors_finish(struct vendors *v) {
    free(v->rows);
    buf_finish(&v->text);
    vendors_init(v);
}

static int vendors_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool vendors_line(struct slice line, struct vendor_row *out) {
    static const struct slice mark = {"(base 16)", 9};
    if (line.n < 7)
        return false;
    out->prefix = 0;
    for (size_t i = 0; i < 6; i++) {
        int d = vendors_digit(line.p[i]);
        if (d < 0)
            return false;
        out->prefix = out->prefix << 4 | (uint32_t)d;
    }
    struct slice rest = slice_trim(slice_skip(line, 6));
    if (!slice_starts(rest, mark))
        return false;
    out->name = slice_trim(slice_skip(rest, mark.n));
    return out->name.n > 0;
}

static int vendors_compare(const void *a, const void *b) {
    uint32_t x = ((const struct vendor_row *)a)->prefix, y = ((const struct vendor_row *)b)->prefix;
    return x < y ? -1 : x > y;
}

bool vendors_parse(struct vendors *v, struct slice text) {
    size_t cap = 0;
    struct slice line;
    while (slice_split(&text, '\n', &line)) {
        struct vendor_row row;
        if (v->n >= VENDOR_ROWS_MAX || !vendors_line(line, &row))
            continue;
        if (v->n == cap) {
            cap = cap ? cap * 2 : 4096;
            struct vendor_row *more = realloc(v->rows, cap * sizeof *more);
            if (!more)
                return false;
            v->rows = more;
        }
        v->rows[v->n++] = row;
    }
    if (v->n)
        qsort(v->rows, v->n, sizeof *v->rows, vendors_compare);
    return true;
}

struct slice vendors_find(struct vendors *v, const uint8_t mac[MAC_LEN]) {
    struct slice none = {0};
    if (mac[0] & LOCAL_BIT)
        return none;
    if (!v->loaded) {
        struct err e;
        v->loaded = true;
        if (file_text_read(&v->text, SLICE(VENDOR_FILE), &e))
            vendors_parse(v, buf_slice(&v->text));
    }
    struct vendor_row key = {.prefix = (uint32_t)mac[0] << 16 | (uint32_t)mac[1] << 8 | mac[2]};
    const struct vendor_row *row = v->n ? bsearch(&key, v->rows, v->n, sizeof key, vendors_compare) : NULL;
    return row ? row->name : none;
}
