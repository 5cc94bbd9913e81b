/* RTSP (RFC 2326, RFC 7826): OPTIONS. */
#include "proto/lines.h"

#define HEADERS_MAX 48
#define HEAD_MAX 8192

static bool rtsp_recognise(struct slice in) {
    return (slice_starts(in, SLICE("RTSP/1.0 ")) || slice_starts(in, SLICE("RTSP/2.0 "))) && in.n >= 12 &&
           in.p[9] >= '1' && in.p[9] <= '5' && in.p[10] >= '0' && in.p[10] <= '9' && in.p[11] >= '0' && in.p[11] <= '9';
}

static void rtsp_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put_str(ask, "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Leadline\r\n\r\n");
}

static void put_header(struct slice line, struct facts *out) {
    static const struct {
        const char *name, *key;
    } wanted[] = {
        {"Server", "rtsp.server"}, {"Public", "rtsp.public"}, {"Via", "rtsp.via"}, {"WWW-Authenticate", "rtsp.auth"}};
    size_t n = slice_find(line, ':');
    for (size_t i = 0; i < LL_COUNT(wanted) && n < line.n; i++)
        if (slice_eq_nocase(slice_sub(line, 0, n), slice_of(wanted[i].name)) && !facts_have(out, wanted[i].key))
            facts_put(out, wanted[i].key, slice_trim(slice_skip(line, n + 1)));
}

static enum parse rtsp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct slice rest = slice_sub(in, 0, HEAD_MAX), line;
    if (!rtsp_recognise(in)) {
        bool may = in.n < 12 && slice_starts(in, slice_sub(SLICE("RTSP/"), 0, in.n));
        return may && !end ? PARSE_MORE : PARSE_NOT;
    }
    (void)line_last(&rest, &line);
    facts_put(out, "rtsp.version", slice_sub(line, 5, 3));
    facts_put(out, "rtsp.status", slice_sub(line, 9, 3));
    facts_put(out, "rtsp.reason", slice_trim(slice_skip(line, 12)));
    for (unsigned i = 0; i < HEADERS_MAX; i++) {
        bool whole = line_take(&rest, &line);
        if (!whole && !end && in.n < HEAD_MAX)
            return PARSE_MORE;
        if (!whole && !line_last(&rest, &line))
            return PARSE_DONE;
        if (line.n == 0)
            return PARSE_DONE;
        put_header(line, out);
    }
    return PARSE_DONE;
}

static const uint16_t rtsp_ports[] = {554, 8554, 0};
static const uint16_t rtsp_tls_ports[] = {322, 0};

static const struct parser_key rtsp_keys[] = {
    {"rtsp.version", "of the answer"},         {"rtsp.status", "status code of the answer to OPTIONS"},
    {"rtsp.reason", "text behind it"},         {"rtsp.server", "header Server"},
    {"rtsp.public", "header Public: methods"}, {"rtsp.via", "header Via"},
    {"rtsp.auth", "header WWW-Authenticate"},  {NULL, NULL}};

const struct parser parser_rtsp = {
    .name = "rtsp",
    .service = "rtsp",
    .source = "RFC 2326, RFC 7826",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 4,
    .ports = rtsp_ports,
    .tls_ports = rtsp_tls_ports,
    .keys = rtsp_keys,
    .recognise = rtsp_recognise,
    .hello = rtsp_hello,
    .read = rtsp_read,
};
