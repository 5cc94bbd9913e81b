/* Bytes to text; see text.h. One walk over the bytes for all forms: it cuts them into characters, decides for each
 * whether it may pass, and asks the form only about the few ASCII characters that its syntax reserves. */
#include "base/text.h"

enum text_form { FORM_PLAIN, FORM_XML, FORM_JSON };

/* Length of the UTF-8 sequence that the lead byte announces, with the smallest code point that may need it: anything
 * lower is an overlong form (RFC 3629 section 3). */
static size_t sequence_of(uint8_t lead, uint32_t *bits, uint32_t *smallest) {
    if (lead < 0x80) {
        *bits = lead;
        *smallest = 0;
        return 1;
    }
    if ((lead & 0xe0) == 0xc0) {
        *bits = lead & 0x1f;
        *smallest = 0x80;
        return 2;
    }
    if ((lead & 0xf0) == 0xe0) {
        *bits = lead & 0x0f;
        *smallest = 0x800;
        return 3;
    }
    if ((lead & 0xf8) == 0xf0) {
        *bits = lead & 0x07;
        *smallest = 0x10000;
        return 4;
    }
    return 0;
}

/* Strict: no overlong forms, no surrogates, nothing above U+10FFFF. Returns the length, 0 when it is not UTF-8. */
static size_t decode(const uint8_t *p, size_t n, uint32_t *out) {
    uint32_t c, smallest;
    size_t length = sequence_of(p[0], &c, &smallest);
    if (length == 0 || length > n)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3f);
    }
    if (c < smallest || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *out = c;
    return length;
}

/* Controls, invisible format characters that reorder or hide text, and non-characters. */
static bool is_hidden(uint32_t c) {
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0x61c, 0x61c},    {0x180e, 0x180e},
                  {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},  {0xfdd0, 0xfdef},
                  {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff}};
    if ((c & 0xfffe) == 0xfffe)
        return true;
    for (size_t i = 0; i < LL_COUNT(ranges); i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

static void put_bytes_hex(struct buf *b, enum text_form form, const uint8_t *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        buf_printf(b, form == FORM_JSON ? "\\\\x%02X" : "\\x%02X", p[i]);
}

/* What the form writes instead of a character; NULL = no special treatment. */
static const char *xml_special(uint32_t c, char before) {
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&apos;";
    case '\n':
        return "&#xa;";
    case '\t':
        return "&#x9;";
    case '-':
        return before == '-' ? "&#45;" : NULL;
    default:
        return NULL;
    }
}

static const char *json_special(uint32_t c) {
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\t':
        return "\\t";
    case 0x2028:
        return "\\u2028";
    case 0x2029:
        return "\\u2029";
    default:
        return NULL;
    }
}

static const char *special_of(const struct buf *b, enum text_form form, uint32_t c) {
    if (form == FORM_XML)
        return xml_special(c, b->n ? b->p[b->n - 1] : '\0');
    return form == FORM_JSON ? json_special(c) : NULL;
}

/* Letters, digits and the like are the bulk of all text and pass in every form. */
static size_t harmless_run(const uint8_t *p, size_t n) {
    size_t i = 0;
    while (i < n &&
           ((p[i] >= '0' && p[i] <= ';') || (p[i] >= '@' && p[i] <= '[') || (p[i] >= ']' && p[i] <= '~') ||
            p[i] == ' ' || p[i] == '.' || p[i] == ',' || p[i] == '(' || p[i] == ')' || p[i] == '/' || p[i] == '='))
        i++;
    return i;
}

static void put_one(struct buf *b, enum text_form form, const uint8_t *p, size_t length, uint32_t c) {
    const char *special = length ? special_of(b, form, c) : NULL;
    if (special)
        buf_put_str(b, special);
    else if (length == 0 || is_hidden(c))
        put_bytes_hex(b, form, p, length ? length : 1);
    else
        buf_put(b, (struct slice){(const char *)p, length});
}

static bool put_text(struct buf *b, enum text_form form, struct slice bytes) {
    if (b->failed)
        return false;
    size_t start = b->n;
    const uint8_t *p = (const uint8_t *)bytes.p;
    for (size_t n = bytes.n; n > 0 && !b->failed;) {
        size_t used = harmless_run(p, n);
        if (used > 0) {
            buf_put(b, (struct slice){(const char *)p, used});
        } else {
            uint32_t c = 0;
            size_t length = decode(p, n, &c);
            put_one(b, form, p, length, c);
            used = length ? length : 1;
        }
        p += used;
        n -= used;
    }
    if (b->failed)
        b->n = start;
    return !b->failed;
}

bool text_plain(struct buf *b, struct slice bytes) {
    return put_text(b, FORM_PLAIN, bytes);
}

bool text_xml(struct buf *b, struct slice bytes) {
    return put_text(b, FORM_XML, bytes);
}

bool text_json(struct buf *b, struct slice bytes) {
    return put_text(b, FORM_JSON, bytes);
}
