#include "proto/hpack.h"

#define STATIC_MAX 61

/* RFC 7541 5.1; `first` has the prefix of `bits` bits. */
static uint32_t take_int(struct rd *r, uint8_t first, unsigned bits) {
    uint32_t max = (1u << bits) - 1, value = first & max;
    if (value < max)
        return value;
    for (unsigned shift = 0; shift <= 14; shift += 7) {
        uint8_t b = rd_u8(r);
        value += (uint32_t)(b & 0x7f) << shift;
        if (!(b & 0x80))
            return value;
    }
    r->bad = true;
    return 0;
}

/* RFC 7541 Appendix B: the code is canonical, so that lengths and order give it; characters of more than 15 bits
 * do not occur in what is read here. */
static const struct {
    unsigned bits;
    struct slice symbols;
} codes[] = {
    {5, {"012aceiost", 10}},
    {6, {" %-./3456789=A_bdfghlmnpru", 26}},
    {7, {":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz", 32}},
    {8, {"&*,;XZ", 6}},
    {10, {"!\"()?", 5}},
    {11, {"'+|", 3}},
    {12, {"#>", 2}},
    {13, {"\0$@[]~", 6}},
    {14, {"^}", 2}},
    {15, {"<`{", 3}},
};
#define CODE_BITS_MAX 15

static bool symbol_of(uint32_t code, unsigned bits, char *out) {
    uint32_t first = 0;
    unsigned before = codes[0].bits;
    for (size_t i = 0; i < LL_COUNT(codes) && codes[i].bits <= bits; i++) {
        first <<= codes[i].bits - before;
        if (codes[i].bits == bits && code >= first && code - first < codes[i].symbols.n) {
            *out = codes[i].symbols.p[code - first];
            return true;
        }
        first += (uint32_t)codes[i].symbols.n;
        before = codes[i].bits;
    }
    return false;
}

static bool unpack(struct rd in, struct hpack_field *f) {
    uint32_t code = 0;
    unsigned bits = 0;
    size_t n = 0;
    while (in.n) {
        uint8_t b = rd_u8(&in);
        for (unsigned i = 0; i < 8; i++) {
            code = code << 1 | (uint32_t)(b >> (7 - i) & 1);
            if (++bits > CODE_BITS_MAX)
                return false;
            if (!symbol_of(code, bits, &f->text[n]))
                continue;
            code = bits = 0;
            if (++n == sizeof f->text)
                return false;
        }
    }
    f->value = (struct slice){f->text, n};
    return bits < 8 && code == (1u << bits) - 1; /* 5.2: filled with ones */
}

static void take_string(struct rd *r, struct hpack_field *f) {
    uint8_t first = rd_u8(r);
    struct rd text = rd_sub(r, take_int(r, first, 7));
    f->value = (struct slice){"", 0};
    if (r->bad)
        return;
    if (!(first & 0x80))
        f->value = (struct slice){(const char *)text.p, text.n};
    else if (!unpack(text, f))
        f->value = (struct slice){"", 0};
}

bool hpack_next(struct rd *r, struct hpack_field *f) {
    f->name = 0;
    f->indexed = false;
    f->value = (struct slice){"", 0};
    if (r->n == 0 || r->bad)
        return false;
    uint8_t first = rd_u8(r);
    if (first & 0x80) { /* 6.1 */
        f->name = take_int(r, first, 7);
        f->indexed = true;
    } else if ((first & 0xe0) == 0x20) { /* 6.3: size of the dynamic table */
        (void)take_int(r, first, 5);
    } else { /* 6.2 */
        f->name = take_int(r, first, first & 0x40 ? 6 : 4);
        if (f->name == 0)
            take_string(r, f);
        take_string(r, f);
    }
    if (f->name > STATIC_MAX)
        f->name = 0;
    return !r->bad;
}
