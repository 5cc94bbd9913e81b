/* XMPP (RFC 6120): opens a stream as a client (at port 5269 as a server) and reads the features that are offered. XML
 * is looked through for the few attributes that are wanted, not parsed. */
#include "proto/lines.h"

#define ANSWER_MAX 8192
#define SERVER_PORT 5269
#define MECHANISMS_MAX 12

static void xmpp_hello(struct dialogue *d, struct buf *ask) {
    struct slice host = d->peer->host;
    bool v6 = slice_find(host, ':') < host.n;
    buf_printf(ask,
               "<?xml version='1.0'?><stream:stream to='%s" SLICE_FMT "%s' xmlns='jabber:%s' "
               "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>",
               v6 ? "[" : "", SLICE_ARG(host), v6 ? "]" : "", d->peer->port == SERVER_PORT ? "server" : "client");
}

/* From `part` on; empty: it is not there. */
static struct slice from(struct slice s, struct slice part) {
    return slice_skip(s, slice_find_part(s, part));
}

static bool xmpp_recognise(struct slice in) {
    if (!slice_starts(in, SLICE("<?xml")) && !slice_starts(in, SLICE("<stream:stream")))
        return false;
    return from(slice_sub(in, 0, 1024), SLICE("http://etherx.jabber.org/streams")).n > 0;
}

/* name='value' or name="value" inside `tag` */
static struct slice attribute(struct slice tag, struct slice name) {
    for (; tag.n > name.n + 2; tag = slice_skip(tag, 1)) {
        if (tag.p[0] != ' ' || !slice_starts(slice_skip(tag, 1), name) || tag.p[name.n + 1] != '=')
            continue;
        char quote = tag.p[name.n + 2];
        if (quote != '\'' && quote != '"')
            continue;
        struct slice value = slice_skip(tag, name.n + 3);
        return slice_sub(value, 0, slice_find(value, quote));
    }
    return (struct slice){NULL, 0};
}

static struct slice tag_of(struct slice in, struct slice start) {
    struct slice tag = from(in, start);
    return slice_sub(tag, 0, slice_find(tag, '>'));
}

static void put_features(struct slice in, struct facts *out) {
    struct slice rest = in;
    if (from(in, SLICE("urn:ietf:params:xml:ns:xmpp-tls")).n)
        facts_put(out, "xmpp.starttls", SLICE("yes"));
    for (unsigned i = 0; i < MECHANISMS_MAX; i++) {
        rest = from(rest, SLICE("<mechanism>"));
        if (rest.n == 0)
            break;
        rest = slice_skip(rest, SLICE("<mechanism>").n);
        facts_put_some(out, "xmpp.mechanism", slice_sub(rest, 0, slice_find(rest, '<')));
    }
    struct slice caps = tag_of(in, SLICE("<c ")); /* XEP-0115: whose software it is */
    if (slice_eq(attribute(caps, SLICE("xmlns")), SLICE("http://jabber.org/protocol/caps")))
        facts_put_some(out, "xmpp.caps-node", attribute(caps, SLICE("node")));
}

static void put_error(struct slice in, struct facts *out) {
    struct slice error = from(in, SLICE("<stream:error>"));
    if (error.n == 0)
        return;
    struct slice name = slice_skip(error, SLICE("<stream:error>").n + 1);
    size_t n = 0;
    while (n < name.n && name.p[n] != ' ' && name.p[n] != '/' && name.p[n] != '>')
        n++;
    facts_put_some(out, "xmpp.error", slice_sub(name, 0, n));
    struct slice text = from(error, SLICE("<text"));
    text = slice_skip(text, slice_find(text, '>') + 1);
    facts_put_some(out, "xmpp.error-text", slice_sub(text, 0, slice_find(text, '<')));
}

/* Where the features or the stream end; in.n: nowhere yet. */
static size_t answer_end(struct slice in) {
    static const char *const ends[] = {"</stream:features>", "<stream:features/>", "</stream:stream>"};
    size_t first = in.n;
    for (size_t i = 0; i < LL_COUNT(ends); i++)
        first = ll_min_size(first, in.n - from(in, slice_of(ends[i])).n);
    return first;
}

static enum parse xmpp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    in = slice_sub(in, 0, ANSWER_MAX);
    bool may = in.n == 0 || in.p[0] == '<';
    size_t n = answer_end(in);
    bool whole = end || n < in.n || in.n == ANSWER_MAX;
    in = slice_sub(in, 0, n); /* what stands behind the end is not looked at: it may come later, or never */
    struct slice open = from(in, SLICE("<stream:stream"));
    bool opened = slice_find(open, '>') < open.n;
    if (!may || (whole && !(opened && xmpp_recognise(in))))
        return PARSE_NOT;
    if (!whole)
        return PARSE_MORE;
    open = slice_sub(open, 0, slice_find(open, '>'));
    facts_put_some(out, "xmpp.namespace", attribute(open, SLICE("xmlns")));
    facts_put_some(out, "xmpp.version", attribute(open, SLICE("version")));
    facts_put_some(out, "xmpp.lang", attribute(open, SLICE("xml:lang")));
    struct slice host = attribute(open, SLICE("from"));
    facts_put_some(out, "xmpp.from", host);
    struct addr addr;
    if (is_host_name(host) && host.p[0] != '[' && !addr_parse(host, &addr))
        facts_put(out, "xmpp.host", host);
    put_features(in, out);
    put_error(in, out);
    return PARSE_DONE;
}

static const uint16_t xmpp_ports[] = {5222, SERVER_PORT, 0};
static const uint16_t xmpp_tls_ports[] = {5223, 5270, 0};

static const struct parser_key xmpp_keys[] = {{"xmpp.namespace", "jabber:client or jabber:server"},
                                              {"xmpp.version", "of the stream"},
                                              {"xmpp.lang", "xml:lang"},
                                              {"xmpp.from", "who answers"},
                                              {"xmpp.host", "the same, when it is a host name"},
                                              {"xmpp.starttls", "\"yes\": it is offered"},
                                              {"xmpp.mechanism", "a SASL mechanism; several"},
                                              {"xmpp.caps-node", "address of the software (XEP-0115)"},
                                              {"xmpp.error", "condition of the stream error"},
                                              {"xmpp.error-text", "its text"},
                                              {NULL, NULL}};

const struct parser parser_xmpp = {
    .name = "xmpp",
    .service = "xmpp-client",
    .source = "RFC 6120",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 4,
    .ports = xmpp_ports,
    .tls_ports = xmpp_tls_ports,
    .keys = xmpp_keys,
    .recognise = xmpp_recognise,
    .hello = xmpp_hello,
    .read = xmpp_read,
};
