/* Strict numbers; see num.h. */
#include "base/num.h"

__extension__ typedef unsigned __int128 wide;

static bool digit_value(char c, unsigned base, unsigned *out) {
    unsigned v;
    if (c >= '0' && c <= '9')
        v = (unsigned)(c - '0');
    else if (c >= 'a' && c <= 'f')
        v = (unsigned)(c - 'a') + 10;
    else if (c >= 'A' && c <= 'F')
        v = (unsigned)(c - 'A') + 10;
    else
        return false;
    *out = v;
    return v < base;
}

static bool add_digit(uint64_t *n, unsigned base, unsigned digit) {
    return !__builtin_mul_overflow(*n, (uint64_t)base, n) && !__builtin_add_overflow(*n, (uint64_t)digit, n);
}

static bool parse_base(struct slice s, unsigned base, uint64_t *out) {
    uint64_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit;
        if (!digit_value(s.p[i], base, &digit) || !add_digit(&n, base, digit))
            return false;
    }
    if (s.n == 0)
        return false;
    *out = n;
    return true;
}

bool num_u64(struct slice s, uint64_t *out) {
    return parse_base(s, 10, out);
}

bool num_u64_max(struct slice s, uint64_t max, uint64_t *out) {
    uint64_t n;
    if (!num_u64(s, &n) || n > max)
        return false;
    *out = n;
    return true;
}

bool num_any_base(struct slice s, uint64_t *out) {
    if (slice_starts_nocase(s, SLICE("0x")))
        return parse_base(slice_skip(s, 2), 16, out);
    if (s.n > 1 && s.p[0] == '0')
        return parse_base(slice_skip(s, 1), 8, out);
    return parse_base(s, 10, out);
}

/* mantissa / 10^places; exact */
struct decimal {
    uint64_t mantissa;
    unsigned places;
};

/* Places beyond what the mantissa can hold are checked but dropped: they are below any precision that we use. */
static bool parse_decimal(struct slice s, struct decimal *out) {
    struct decimal d = {0, 0};
    bool point = false, digits = false, full = false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit;
        if (s.p[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (!digit_value(s.p[i], 10, &digit))
            return false;
        digits = true;
        full = full || (point && (d.mantissa > UINT64_MAX / 100 || d.places == 18));
        if (full)
            continue;
        if (!add_digit(&d.mantissa, 10, digit))
            return false;
        d.places += point ? 1 : 0;
    }
    *out = d;
    return digits;
}

static uint64_t power_of_ten(unsigned n) {
    uint64_t p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

bool num_real(struct slice s, double *out) {
    struct decimal d;
    if (!parse_decimal(s, &d))
        return false;
    *out = (double)d.mantissa / (double)power_of_ten(d.places);
    return true;
}

static int64_t take_unit(struct slice *s, bool *has_unit) {
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"ms", NS_PER_MS}, {"s", NS_PER_S}, {"m", 60 * NS_PER_S}, {"h", 3600 * NS_PER_S}};
    for (size_t i = 0; i < LL_COUNT(units); i++) {
        struct slice name = slice_of(units[i].name);
        if (s->n >= name.n && slice_eq_nocase(slice_skip(*s, s->n - name.n), name)) {
            s->n -= name.n;
            *has_unit = true;
            return units[i].ns;
        }
    }
    *has_unit = false;
    return NS_PER_S;
}

bool num_duration_ns(struct slice s, int64_t *out, bool *has_unit) {
    bool unit_seen;
    int64_t unit = take_unit(&s, &unit_seen);
    struct decimal d;
    if (!parse_decimal(s, &d))
        return false;
    wide ns = (wide)d.mantissa * (wide)unit / power_of_ten(d.places);
    if (ns > INT64_MAX)
        return false;
    *out = (int64_t)ns;
    if (has_unit)
        *has_unit = unit_seen;
    return true;
}
