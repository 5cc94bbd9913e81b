/* Items are taken from left to right; each becomes a set of its own that is merged into the result, which is how
 * ports named twice are noticed at the cost of one pass over a bitmap. */
#include "model/portspec.h"
#include "base/num.h"

enum { HIGHEST_PORT = 65535, HIGHEST_PROTOCOL = 255, SHOWN_LETTERS = 60 };

struct parser {
    const struct services *services;
    unsigned protos;  /* where the next item goes, one bit a protocol */
    bool bracket;     /* inside [...]: registered ports only */
    unsigned outside; /* what `protos` was before the bracket */
    struct portspec *out;
};

/* As much of the user's text as a message needs. */
static struct slice shown(struct slice item) {
    return slice_sub(item, 0, SHOWN_LETTERS);
}

static bool is_digits(struct slice s) {
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    }
    return s.n > 0;
}

static bool is_name(struct slice s) {
    return (s.p[0] >= 'a' && s.p[0] <= 'z') || s.p[0] == '*' || s.p[0] == '?';
}

static bool is_range(struct slice s) {
    size_t dash = slice_find(s, '-');
    struct slice from = slice_sub(s, 0, dash);
    struct slice to = slice_skip(s, dash + 1);
    return dash < s.n && (from.n == 0 || is_digits(from)) && (to.n == 0 || is_digits(to));
}

static uint16_t highest(enum proto p) {
    return p == PROTO_IP ? HIGHEST_PROTOCOL : HIGHEST_PORT;
}

static bool read_number(struct slice s, enum proto p, uint16_t *out, struct err *e) {
    uint64_t n;
    if (!num_u64_max(s, highest(p), &n))
        return err_set(e, ERR_USAGE, "%s \"" SLICE_FMT "\" is above %u", p == PROTO_IP ? "protocol" : "port",
                       SLICE_ARG(shown(s)), highest(p));
    *out = (uint16_t)n;
    return true;
}

/* "N", "N-M", "-M", "N-", "-": an open beginning is 1, because port 0 is asked only by name; protocols begin at 0. */
static bool read_range(struct slice item, enum proto p, uint16_t *from, uint16_t *to, struct err *e) {
    size_t dash = slice_find(item, '-');
    struct slice low = slice_sub(item, 0, dash);
    struct slice high = slice_skip(item, dash + 1);
    *from = p == PROTO_IP ? 0 : 1;
    *to = highest(p);
    if (low.n > 0 && !read_number(low, p, from, e))
        return false;
    if (dash == item.n)
        *to = *from;
    else if (high.n > 0 && !read_number(high, p, to, e))
        return false;
    if (*from > *to)
        return err_set(e, ERR_USAGE, "the range \"" SLICE_FMT "\" runs downwards: write %u-%u", SLICE_ARG(shown(item)),
                       *to, *from);
    return true;
}

/* Puts the members of `item` into the result and notices those that were there already. */
static void merge(struct portspec *out, enum proto p, const struct portset *item) {
    struct portset *all = &out->set[p];
    for (size_t i = 0; i < LL_COUNT(all->bits); i++) {
        out->duplicate = out->duplicate || (all->bits[i] & item->bits[i]) != 0;
        all->bits[i] |= item->bits[i];
    }
}

static void keep_registered(const struct parser *z, enum proto p, struct portset *item) {
    struct portset known;
    portset_clear(&known);
    services_all(z->services, p, &known);
    for (size_t i = 0; i < LL_COUNT(item->bits); i++)
        item->bits[i] &= known.bits[i];
}

static bool add_numbers(struct parser *z, struct slice item, enum proto p, struct err *e) {
    uint16_t from, to;
    if (!read_range(item, p, &from, &to, e))
        return false;
    if (from == to && !z->bracket) {
        z->out->duplicate = z->out->duplicate || portset_has(&z->out->set[p], from);
        portset_add(&z->out->set[p], from);
        return true;
    }
    struct portset range;
    portset_clear(&range);
    portset_add_range(&range, from, to);
    if (z->bracket)
        keep_registered(z, p, &range);
    merge(z->out, p, &range);
    return true;
}

static bool add_names(struct parser *z, struct slice item, struct err *e) {
    size_t matched = 0;
    for (int p = 0; p < PROTO_COUNT; p++) {
        if ((z->protos & 1u << p) == 0)
            continue;
        struct portset named;
        portset_clear(&named);
        matched += services_match(z->services, (enum proto)p, item, &named);
        merge(z->out, (enum proto)p, &named);
    }
    if (matched == 0)
        return err_set(e, ERR_USAGE,
                       "\"" SLICE_FMT "\" matches no service's name: give a port number, or a pattern such as http*",
                       SLICE_ARG(shown(item)));
    return true;
}

static bool add_item(struct parser *z, struct slice item, struct err *e) {
    item = slice_trim(item);
    if (item.n == 0)
        return err_set(e, ERR_USAGE, "an item is missing: take out the needless comma, or write a port there");
    if (is_name(item))
        return add_names(z, item, e);
    if (!is_digits(item) && !is_range(item))
        return err_set(e, ERR_USAGE,
                       "\"" SLICE_FMT "\" is neither a port, a range nor a service's name in small letters",
                       SLICE_ARG(shown(item)));
    for (int p = 0; p < PROTO_COUNT; p++) {
        if ((z->protos & 1u << p) != 0 && !add_numbers(z, item, (enum proto)p, e))
            return false;
    }
    return true;
}

/* "T:" and the like hold until the next one, or until the end of the bracket in which they stand. */
static bool take_qualifier(struct parser *z, struct slice *item, struct err *e) {
    if (item->n < 2 || item->p[1] != ':')
        return true;
    switch (item->p[0]) {
    case 'T':
        z->protos = 1u << PROTO_TCP;
        break;
    case 'U':
        z->protos = 1u << PROTO_UDP;
        break;
    case 'S':
        z->protos = 1u << PROTO_SCTP;
        break;
    case 'P':
        z->protos = 1u << PROTO_IP;
        break;
    default:
        return err_set(e, ERR_USAGE,
                       "\"" SLICE_FMT "\" does not begin with one of T:, U:, S: and P:", SLICE_ARG(shown(*item)));
    }
    *item = slice_trim(slice_skip(*item, 2));
    return true;
}

/* A qualifier may stand before the bracket ("T:[1-9]") or be the first thing in it ("[T:1-9]"). */
static bool open_bracket(struct parser *z, struct slice *item, struct err *e) {
    if (item->n == 0 || item->p[0] != '[')
        return true;
    if (z->bracket)
        return err_set(e, ERR_USAGE, "\"" SLICE_FMT "\" opens a bracket inside a bracket", SLICE_ARG(shown(*item)));
    z->bracket = true;
    z->outside = z->protos;
    *item = slice_trim(slice_skip(*item, 1));
    return take_qualifier(z, item, e);
}

static bool take_part(struct parser *z, struct slice part, struct err *e) {
    struct slice item = slice_trim(part);
    if (!take_qualifier(z, &item, e) || !open_bracket(z, &item, e))
        return false;
    bool closes = item.n > 0 && item.p[item.n - 1] == ']';
    if (closes) {
        if (!z->bracket)
            return err_set(e, ERR_USAGE, "\"" SLICE_FMT "\" closes a bracket that was not opened",
                           SLICE_ARG(shown(item)));
        item.n--;
    }
    if (!add_item(z, item, e))
        return false;
    if (closes) {
        z->bracket = false;
        z->protos = z->outside;
    }
    return true;
}

bool portspec_parse(struct slice text, const struct services *s, unsigned protos, struct portspec *out, struct err *e) {
    struct parser z = {.services = s, .protos = protos, .out = out};
    out->duplicate = false;
    for (int p = 0; p < PROTO_COUNT; p++)
        portset_clear(&out->set[p]);
    struct slice rest = text;
    struct slice part;
    if (slice_trim(text).n == 0)
        return err_set(e, ERR_USAGE, "the list of ports is empty");
    while (slice_split(&rest, ',', &part)) {
        if (!take_part(&z, part, e))
            return false;
    }
    if (z.bracket)
        return err_set(e, ERR_USAGE, "the bracket in \"" SLICE_FMT "\" is not closed", SLICE_ARG(shown(text)));
    return true;
}
