/* SIP (RFC 3261): OPTIONS (11) over UDP and TCP. `rport` (RFC 3581) brings the answer back to our port. */
#include "proto/lines.h"

#define HEADERS_MAX 64
#define HEAD_MAX 8192

static bool sip_recognise(struct slice in) {
    return slice_starts(in, SLICE("SIP/2.0 ")) && in.n >= 12 && in.p[8] >= '1' && in.p[8] <= '6' && in.p[9] >= '0' &&
           in.p[9] <= '9' && in.p[10] >= '0' && in.p[10] <= '9' && in.p[11] == ' ';
}

static void sip_hello(struct dialogue *d, struct buf *ask) {
    bool v6 = slice_find(d->peer->host, ':') < d->peer->host.n;
    const char *open = v6 ? "[" : "", *close = v6 ? "]" : "";
    const char *transport = d->peer->udp ? "UDP" : d->peer->tls ? "TLS" : "TCP";
    buf_printf(ask, "OPTIONS sip:%s" SLICE_FMT "%s SIP/2.0\r\n", open, SLICE_ARG(d->peer->host), close);
    buf_printf(ask, "Via: SIP/2.0/%s leadline.invalid;branch=z9hG4bK-leadline;rport\r\n", transport);
    buf_put_str(ask, "Max-Forwards: 70\r\nFrom: <sip:leadline@leadline.invalid>;tag=leadline\r\n");
    buf_printf(ask, "To: <sip:%s" SLICE_FMT "%s>\r\n", open, SLICE_ARG(d->peer->host), close);
    buf_put_str(ask, "Call-ID: options@leadline.invalid\r\nCSeq: 1 OPTIONS\r\n"
                     "Contact: <sip:leadline@leadline.invalid>\r\nAccept: application/sdp\r\n"
                     "User-Agent: Leadline\r\nContent-Length: 0\r\n\r\n");
}

static void put_header(struct slice line, struct facts *out) {
    static const struct {
        const char *name, *key;
    } wanted[] = {
        {"Server", "sip.server"},       {"User-Agent", "sip.user-agent"}, {"Allow", "sip.allow"},
        {"Supported", "sip.supported"}, {"Accept", "sip.accept"},         {"Organization", "sip.organization"},
        {"Warning", "sip.warning"},     {"WWW-Authenticate", "sip.auth"}, {"Contact", "sip.contact"}};
    size_t n = slice_find(line, ':');
    struct slice name = slice_trim(slice_sub(line, 0, n));
    if (n == line.n)
        return;
    for (size_t i = 0; i < LL_COUNT(wanted); i++)
        if (slice_eq_nocase(name, slice_of(wanted[i].name)) && !facts_have(out, wanted[i].key))
            facts_put(out, wanted[i].key, slice_trim(slice_skip(line, n + 1)));
}

/* The head of one answer: its bytes, 0 = not whole. */
static size_t head_end(struct slice in) {
    struct slice rest = in, line;
    while (line_take(&rest, &line))
        if (line.n == 0)
            return in.n - rest.n;
    return 0;
}

static enum parse sip_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)ask;
    struct slice rest = slice_sub(in, 0, HEAD_MAX), line;
    end = end || d->peer->udp;
    for (unsigned i = 0; i < 4; i++) {
        if (!sip_recognise(rest)) {
            bool may = rest.n < 12 && slice_starts(rest, slice_sub(SLICE("SIP/2.0 "), 0, rest.n));
            return may && !end ? PARSE_MORE : PARSE_NOT;
        }
        size_t head = head_end(rest);
        if (head == 0 && !end && in.n < HEAD_MAX)
            return PARSE_MORE;
        if (rest.p[8] != '1' || end) /* 1xx: the final answer follows */
            break;
        rest = slice_skip(rest, head);
    }
    (void)line_last(&rest, &line);
    facts_put(out, "sip.status", slice_sub(line, 8, 3));
    facts_put(out, "sip.reason", slice_trim(slice_skip(line, 11)));
    for (unsigned i = 0; i < HEADERS_MAX && line_last(&rest, &line) && line.n; i++)
        put_header(line, out);
    return PARSE_DONE;
}

static const uint16_t sip_ports[] = {5060, 5070, 5080, 0};
static const uint16_t sip_tls_ports[] = {5061, 0};

static const struct parser_key sip_keys[] = {{"sip.status", "status code of the answer to OPTIONS"},
                                             {"sip.reason", "text behind it"},
                                             {"sip.server", "header Server"},
                                             {"sip.user-agent", "header User-Agent"},
                                             {"sip.allow", "header Allow"},
                                             {"sip.supported", "header Supported"},
                                             {"sip.accept", "header Accept"},
                                             {"sip.organization", "header Organization"},
                                             {"sip.warning", "header Warning"},
                                             {"sip.auth", "header WWW-Authenticate"},
                                             {"sip.contact", "header Contact"},
                                             {NULL, NULL}};

const struct parser parser_sip = {
    .name = "sip",
    .service = "sip",
    .source = "RFC 3261",
    .transports = PARSER_TCP | PARSER_UDP | PARSER_TLS,
    .rarity = 5,
    .ports = sip_ports,
    .tls_ports = sip_tls_ports,
    .keys = sip_keys,
    .recognise = sip_recognise,
    .hello = sip_hello,
    .read = sip_read,
};
