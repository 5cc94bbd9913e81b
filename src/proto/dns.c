/* DNS over UDP and TCP (RFC 1035): asks for the software's version and the server's name in class CHAOS (RFC 4892),
 * which every server answers or refuses without asking anybody else. */
#include "proto/binary.h"
#include "proto/lines.h"

#define ID 0x4c4c /* spells "LL" */

enum { TYPE_TXT = 16, CLASS_CHAOS = 3 };

static const struct {
    struct slice name;
    const char *key;
} questions[] = {
    {{"\x07version\x04"
      "bind",
      13},
     "dns.version"},
    {{"\x02id\x06server", 10}, "dns.id"},
    {{"\x08hostname\x04"
      "bind",
      14},
     "dns.id"},
};

enum { WAY_KNOWN = 0, WAY_QUESTION = 1 }; /* places in memo: understood before; question that is out, from 1 */

static void ask_txt(struct dialogue *d, size_t which, struct buf *ask) {
    size_t from = ask->n;
    if (!d->peer->udp)
        ask_uint(ask, 0, 2);
    buf_put(ask, SLICE("LL\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"));
    buf_put(ask, questions[which].name);
    buf_put(ask, SLICE("\x00\x00\x10\x00\x03"));
    if (!d->peer->udp)
        ask_patch_length(ask, from);
    d->memo[WAY_QUESTION] = which + 1;
}

static void dns_hello(struct dialogue *d, struct buf *ask) {
    ask_txt(d, 0, ask);
}

struct answer {
    unsigned rcode;
    bool authoritative, recursion;
    unsigned answers;
    struct slice name; /* of the question, with its last zero */
    uint16_t type, class;
    struct rd rest; /* behind the question */
};

/* A whole name: labels, at most one pointer at its end (RFC 1035 4.1.4). */
static bool skip_name(struct rd *r, bool may_point) {
    size_t most = 255;
    for (;;) {
        uint8_t n = rd_u8(r);
        if (r->bad)
            return false;
        if (n == 0)
            return true;
        if (n >= 0xc0) {
            rd_skip(r, 1);
            return may_point && !r->bad;
        }
        if (n > 63 || (size_t)n + 1 >= most)
            return false;
        most -= (size_t)n + 1;
        rd_skip(r, n);
    }
}

static bool message(struct slice in, struct answer *out) {
    struct rd r = rd_from(in);
    uint16_t id = rd_u16(&r), flags = rd_u16(&r), asked = rd_u16(&r);
    *out = (struct answer){.rcode = flags & 15, .authoritative = flags & 0x0400, .recursion = flags & 0x0080};
    out->answers = rd_u16(&r);
    rd_skip(&r, 4);
    /* a response to a query; the bit after RA is zero (RFC 1035 4.1.1) */
    if (r.bad || id != ID || (flags & 0xf840) != 0x8000 || out->rcode > 11 || asked != 1)
        return false;
    const uint8_t *from = r.p;
    if (!skip_name(&r, false))
        return false;
    out->name = (struct slice){(const char *)from, (size_t)(r.p - from)};
    out->type = rd_u16(&r);
    out->class = rd_u16(&r);
    out->rest = r;
    bool root = out->name.n == 1 && out->type == 2 && out->class == 1;
    return !r.bad && (root || (out->type == TYPE_TXT && out->class == CLASS_CHAOS));
}

static bool dns_recognise(struct slice in) {
    struct answer a;
    if (message(in, &a))
        return true;
    struct rd r = rd_from(in);
    size_t n = rd_u16(&r);
    return !r.bad && n >= 12 && message(slice_sub(slice_skip(in, 2), 0, n), &a);
}

/* The strings of the first TXT record in the answer (RFC 1035 3.3.14). */
static bool txt(struct answer *a, const char *key, struct facts *out) {
    for (unsigned i = 0; i < a->answers && i < 16; i++) {
        if (!skip_name(&a->rest, true))
            return false;
        uint16_t type = rd_u16(&a->rest);
        rd_skip(&a->rest, 2 + 4);
        struct rd data = rd_sub(&a->rest, rd_u16(&a->rest));
        if (a->rest.bad)
            return false;
        char text[FACT_VALUE_MAX];
        size_t n = 0;
        while (type == TYPE_TXT && data.n) {
            size_t part = rd_u8(&data);
            struct slice s = rd_slice(&data, ll_min_size(part, data.n));
            s = slice_sub(s, 0, sizeof text - n);
            if (s.n)
                memcpy(text + n, s.p, s.n);
            n += s.n;
        }
        if (n) {
            facts_put(out, key, (struct slice){text, n});
            return true;
        }
    }
    return false;
}

static enum parse over(const struct dialogue *d) {
    return d->memo[WAY_KNOWN] ? PARSE_DONE : PARSE_NOT;
}

static enum parse dns_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct slice one = in;
    if (!d->peer->udp) {
        struct rd r = rd_from(in);
        size_t n = rd_u16(&r);
        if (r.bad || in.n < 2 + n)
            return end || (!r.bad && n < 12) || (in.n > 2 && in.p[2] != 'L') ? over(d) : PARSE_MORE;
        one = slice_sub(slice_skip(in, 2), 0, n);
        d->used = 2 + n;
    }
    struct answer a;
    size_t which = d->memo[WAY_QUESTION];
    if (one.n == 0 || !message(one, &a))
        return over(d);
    if (!d->memo[WAY_KNOWN]) {
        facts_put_u64(out, "dns.rcode", a.rcode);
        facts_put_str(out, "dns.recursion", a.recursion ? "yes" : "no");
    }
    d->memo[WAY_KNOWN] = 1;
    bool got = false;
    struct slice name = slice_sub(a.name, 0, a.name.n - 1);
    for (size_t i = 0; i < LL_COUNT(questions) && !got; i++)
        if (slice_eq_nocase(name, questions[i].name)) {
            got = txt(&a, questions[i].key, out);
            which = i + 1;
        }
    if (which >= LL_COUNT(questions) || (which > 1 && got))
        return PARSE_DONE;
    ask_txt(d, which, ask);
    return PARSE_ASK;
}

static const uint16_t dns_ports[] = {53, 0};

static const struct parser_key dns_keys[] = {{"dns.version", "TXT of version.bind: the server's software"},
                                             {"dns.id", "TXT of id.server or hostname.bind (RFC 4892)"},
                                             {"dns.rcode", "response code of the first answer"},
                                             {"dns.recursion", "\"yes\" when the server offers recursion"},
                                             {NULL, NULL}};

const struct parser parser_dns = {
    .name = "dns",
    .service = "domain",
    .source = "RFC 1035, RFC 4892",
    .transports = PARSER_TCP | PARSER_UDP | PARSER_TLS,
    .rarity = 3,
    .ports = dns_ports,
    .tls_ports = (const uint16_t[]){853, 0},
    .keys = dns_keys,
    .recognise = dns_recognise,
    .hello = dns_hello,
    .read = dns_read,
};
