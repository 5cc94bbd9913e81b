#include "proto/binary.h"

#define UTF16_LONGEST 256

void ask_uint(struct buf *ask, uint64_t v, size_t n) {
    while (n-- > 0)
        buf_put_char(ask, (char)(uint8_t)(v >> (8 * n)));
}

void ask_patch_length(struct buf *ask, size_t at) {
    if (ask->failed || ask->n < at + 2)
        return;
    size_t n = ask->n - at - 2;
    ask->p[at] = (char)(uint8_t)(n >> 8);
    ask->p[at + 1] = (char)(uint8_t)n;
}

void facts_put_hex(struct facts *f, const char *key, struct slice bytes) {
    static const char digits[] = "0123456789abcdef";
    char text[2 * HEX_LONGEST];
    size_t n = ll_min_size(bytes.n, HEX_LONGEST);
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[(uint8_t)bytes.p[i] >> 4];
        text[2 * i + 1] = digits[(uint8_t)bytes.p[i] & 15];
    }
    facts_put(f, key, (struct slice){text, 2 * n});
}

static size_t utf8_put(char *to, uint32_t c) {
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
    to[0] = (char)(uint8_t)(lead[more] | c >> (6 * more));
    for (size_t i = 1; i <= more; i++)
        to[i] = (char)(uint8_t)(0x80 | (c >> (6 * (more - i)) & 0x3f));
    return more + 1;
}

void facts_put_utf16(struct facts *f, const char *key, struct slice bytes, bool big) {
    char text[UTF16_LONGEST * 3 + 4];
    size_t n = 0;
    struct rd r = rd_from(slice_sub(bytes, 0, 2 * UTF16_LONGEST));
    while (r.n >= 2) {
        uint32_t c = (uint32_t)(big ? rd_u16(&r) : rd_little(&r, 2));
        struct rd after = r;
        uint32_t low = (uint32_t)(big ? rd_u16(&after) : rd_little(&after, 2));
        if (c >= 0xd800 && c < 0xdc00 && !after.bad && low >= 0xdc00 && low < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            r = after;
        } else if (c >= 0xd800 && c < 0xe000) {
            c = 0xfffd;
        }
        n += utf8_put(text + n, c);
    }
    facts_put(f, key, (struct slice){text, n});
}

void facts_put_addr(struct facts *f, const char *key, struct slice bytes) {
    char text[ADDR_TEXT_MAX];
    struct addr a;
    if (bytes.n == 4)
        a = addr_v4((uint32_t)rd_uint(&(struct rd){(const uint8_t *)bytes.p, 4, false}, 4));
    else if (bytes.n == 16)
        a = addr_v6((const uint8_t *)bytes.p, 0);
    else
        return;
    facts_put_str(f, key, addr_format(&a, text));
}

/* Days since 1970-01-01 to a date of the Gregorian calendar: years begin in March, eras have 400 years. */
void facts_put_time(struct facts *f, const char *key, int64_t unix_seconds) {
    if (unix_seconds < 0 || unix_seconds > INT64_C(253402300799))
        return;
    int64_t days = unix_seconds / 86400, second = unix_seconds % 86400;
    int64_t z = days + 719468, era = z / 146097, day_of_era = z % 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march = (5 * day_of_year + 2) / 153, day = day_of_year - (153 * march + 2) / 5 + 1;
    int64_t month = march < 10 ? march + 3 : march - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2);
    char text[32];
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, (int)month, (int)day, (int)(second / 3600),
             (int)(second / 60 % 60), (int)(second % 60));
    facts_put_str(f, key, text);
}

bool is_printable(struct slice s) {
    for (size_t i = 0; i < s.n; i++)
        if ((uint8_t)s.p[i] < 0x20 || (uint8_t)s.p[i] > 0x7e)
            return false;
    return s.n > 0;
}
