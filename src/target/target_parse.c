/* Text to target expression; see target.h. What may be an address pattern is decided by its characters alone, so that
 * a mistyped address is called one and is not looked up as a name. */
#include "target/target.h"

#include "base/num.h"
#include "base/text.h"

enum { QUOTE_MAX = 64, NAME_MAX_BYTES = 253, LABEL_MAX_BYTES = 63, NO_BITS = 255 };

/* The user's text in a message: escaped, because it may come from a file of a stranger, and short enough to leave room
 * for the explanation. */
struct quoted {
    char text[4 * QUOTE_MAX + 4];
};

static struct quoted quote(struct slice s) {
    struct quoted q = {.text = ""};
    struct buf b;
    buf_init(&b, sizeof q.text - 1);
    text_plain(&b, slice_sub(s, 0, QUOTE_MAX));
    if (s.n > QUOTE_MAX)
        buf_put_str(&b, "...");
    memcpy(q.text, buf_cstr(&b), b.n + 1);
    buf_finish(&b);
    return q;
}

static bool only_of(struct slice s, const char *set) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\0' || !strchr(set, s.p[i]))
            return false;
    return true;
}

/* U+2010..U+2015 and U+2212 in UTF-8, and the dashes of Windows-1252 as single bytes. */
static bool has_typographic_dash(struct slice s) {
    bool dash = false, utf8 = false;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t a = (uint8_t)s.p[i];
        uint8_t b = i + 1 < s.n ? (uint8_t)s.p[i + 1] : 0, c = i + 2 < s.n ? (uint8_t)s.p[i + 2] : 0;
        if (a == 0xe2 && ((b == 0x80 && c >= 0x90 && c <= 0x95) || (b == 0x88 && c == 0x92)))
            return true;
        utf8 = utf8 || a >= 0xc0;
        dash = dash || a == 0x96 || a == 0x97;
    }
    return dash && !utf8;
}

static bool check_characters(struct slice text, struct err *e) {
    if (text.n == 0)
        return err_set(e, ERR_INPUT, "empty target: an address, a pattern such as 10.0.0.1-20, or a name is needed");
    if (has_typographic_dash(text))
        return err_set(e, ERR_INPUT,
                       "target '%s' has a dash that is not '-': copied from a web page or a document? Type '-' instead",
                       quote(text).text);
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = (uint8_t)text.p[i];
        if (c >= 0x80)
            return err_set(e, ERR_INPUT,
                           "target '%s' has letters beyond ASCII: internationalised names are not supported, give the "
                           "form that begins with xn--",
                           quote(text).text);
        if (c <= ' ' || c == 0x7f)
            return err_set(e, ERR_INPUT, "target '%s' has a blank or a control character at byte %zu", quote(text).text,
                           i + 1);
    }
    return true;
}

/* Takes "/bits" off the end of *text. */
static bool take_bits(struct slice *text, uint64_t max, unsigned none, unsigned *bits, struct err *e) {
    struct slice whole = *text;
    size_t at = slice_find(whole, '/');
    *bits = none;
    if (at == whole.n)
        return true;
    *text = slice_sub(whole, 0, at);
    struct slice number = slice_skip(whole, at + 1);
    if (number.n == 0 || !only_of(number, "0123456789"))
        return err_set(e, ERR_INPUT, "target '%s': behind '/' a number of bits from 0 to %u is needed, not '%s'",
                       quote(whole).text, (unsigned)max, quote(number).text);
    uint64_t n;
    if (!num_u64_max(number, max, &n))
        return err_set(e, ERR_INPUT, "target '%s': /%s is above /%u", quote(whole).text, quote(number).text,
                       (unsigned)max);
    *bits = (unsigned)n;
    return true;
}

/* One octet of a pattern, with what its messages need. */
struct octet {
    struct slice whole; /* the target */
    unsigned place;     /* 1 to 4 */
    uint64_t *set;
};

static bool parse_octet_number(const struct octet *o, struct slice text, unsigned *out, struct err *e) {
    uint64_t n;
    if (!only_of(text, "0123456789"))
        return err_set(e, ERR_INPUT, "target '%s': '%s' in octet %u is neither a number nor a range",
                       quote(o->whole).text, quote(text).text, o->place);
    if (!num_u64_max(text, 255, &n))
        return err_set(e, ERR_INPUT, "target '%s': octet %s is above 255", quote(o->whole).text, quote(text).text);
    *out = (unsigned)n;
    return true;
}

/* N, A-B, -B, A-, - or * */
static bool parse_octet_item(const struct octet *o, struct slice item, struct err *e) {
    unsigned first = 0, last = 255;
    if (item.n == 0)
        return err_set(e, ERR_INPUT, "target '%s': octet %u has an empty part", quote(o->whole).text, o->place);
    size_t dash = slice_find(item, '-');
    if (dash < item.n) {
        struct slice from = slice_sub(item, 0, dash), to = slice_skip(item, dash + 1);
        if (from.n > 0 && !parse_octet_number(o, from, &first, e))
            return false;
        if (to.n > 0 && !parse_octet_number(o, to, &last, e))
            return false;
        if (first > last)
            return err_set(e, ERR_INPUT, "target '%s': range '%s' in octet %u runs backwards", quote(o->whole).text,
                           quote(item).text, o->place);
    } else if (!slice_eq(item, SLICE("*"))) {
        if (!parse_octet_number(o, item, &first, e))
            return false;
        last = first;
    }
    for (unsigned v = first; v <= last; v++)
        o->set[v / 64] |= UINT64_C(1) << (v % 64);
    return true;
}

static bool parse_pattern(struct slice text, struct target_expr *out, struct err *e) {
    struct slice whole = text;
    out->kind = TARGET_PATTERN;
    if (!take_bits(&text, 32, 32, &out->bits, e))
        return false;
    struct slice rest = text, part, item;
    size_t octets = 0;
    while (slice_split(&rest, '.', &part))
        octets++;
    if (octets != 4)
        return err_set(e, ERR_INPUT, "target '%s': an IPv4 address has four octets, this has %zu", quote(whole).text,
                       octets);
    rest = text;
    for (unsigned i = 0; slice_split(&rest, '.', &part); i++) {
        struct octet o = {whole, i + 1, out->octets[i]};
        while (slice_split(&part, ',', &item))
            if (!parse_octet_item(&o, item, e))
                return false;
    }
    return true;
}

static bool parse_ipv6(struct slice text, struct target_expr *out, struct err *e) {
    struct slice whole = text;
    out->kind = TARGET_PREFIX6;
    if (slice_starts(slice_skip(text, slice_find(text, ':')), SLICE("://")))
        return err_set(e, ERR_INPUT, "target '%s' is a web address: give its host name alone", quote(whole).text);
    if (!take_bits(&text, 128, 128, &out->bits, e))
        return false;
    if (addr_parse(text, &out->net) && out->net.family == ADDR_V6)
        return true;
    struct addr ignored;
    size_t percent = slice_find(text, '%');
    if (percent < text.n && addr_parse(slice_sub(text, 0, percent), &ignored))
        return err_set(e, ERR_INPUT, "target '%s': '%s' is not a network interface of this machine", quote(whole).text,
                       quote(slice_skip(text, percent + 1)).text);
    return err_set(e, ERR_INPUT, "target '%s' is not an IPv6 address (ports are given with -p, not behind a colon)",
                   quote(whole).text);
}

static bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* One final dot is the root and may stand (RFC 1034 section 3.1). */
static bool check_name(struct slice whole, struct slice name, struct err *e) {
    if (name.n > 0 && name.p[name.n - 1] == '.')
        name.n--;
    if (name.n == 0 || name.n > NAME_MAX_BYTES)
        return err_set(e, ERR_INPUT, "target '%s': a host name has 1 to 253 characters", quote(whole).text);
    if (name.p[0] == '-')
        return err_set(e, ERR_INPUT, "target '%s': a host name does not begin with '-'", quote(whole).text);
    struct slice rest = name, label;
    while (slice_split(&rest, '.', &label)) {
        if (label.n == 0 || label.n > LABEL_MAX_BYTES)
            return err_set(e, ERR_INPUT, "target '%s': between the dots of a host name stand 1 to 63 characters",
                           quote(whole).text);
        for (size_t i = 0; i < label.n; i++)
            if (!is_name_char(label.p[i]))
                return err_set(e, ERR_INPUT, "target '%s': '%c' cannot be part of a host name", quote(whole).text,
                               label.p[i]);
    }
    return true;
}

static bool parse_name(struct slice text, struct target_expr *out, struct err *e) {
    struct slice whole = text;
    out->kind = TARGET_NAME;
    if (!take_bits(&text, 128, NO_BITS, &out->bits, e))
        return false;
    out->name = text;
    return check_name(whole, text, e);
}

bool target_parse(struct slice text, struct target_expr *out, struct err *e) {
    *out = (struct target_expr){.kind = TARGET_NAME};
    if (!check_characters(text, e))
        return false;
    if (only_of(text, "0123456789.,-*/"))
        return parse_pattern(text, out, e);
    if (slice_find(text, ':') < text.n)
        return parse_ipv6(text, out, e);
    return parse_name(text, out, e);
}
