/* HTTP/2 with prior knowledge (RFC 9113 3.3): the preface, a GET of "/", and the frames up to the head of the
 * answer. gRPC servers speak nothing else. */
#include "base/wire.h"
#include "proto/hpack.h"
#include "proto/lines.h"

#define FRAME_HEADER 9
#define SETTING_LEN 6
#define SETTINGS_MAX 16 /* of one frame */
#define FRAMES_MAX 16
#define FIELDS_MAX 64
#define AUTHORITY_MAX 120 /* one byte holds its length */
#define LENGTH_MAX 16384  /* RFC 9113 4.2: more was not allowed */

enum frame_type { FRAME_HEADERS = 1, FRAME_SETTINGS = 4, FRAME_PING = 6, FRAME_GOAWAY = 7, FRAME_WINDOW_UPDATE = 8 };

enum frame_flags { END_STREAM = 1, END_HEADERS = 4, PADDED = 8, PRIORITY = 32 };

struct frame {
    uint32_t length, stream;
    uint8_t type, flags;
};

static struct frame take_header(struct rd *r) {
    struct frame f;
    f.length = (uint32_t)rd_uint(r, 3);
    f.type = rd_u8(r);
    f.flags = rd_u8(r);
    f.stream = rd_u32(r);
    return f;
}

static bool is_settings(const struct frame *f) {
    return f->type == FRAME_SETTINGS && f->flags == 0 && f->stream == 0 && f->length % SETTING_LEN == 0 &&
           f->length <= SETTINGS_MAX * SETTING_LEN;
}

static bool http2_recognise(struct slice in) {
    struct rd r = rd_of(in.p, in.n);
    struct frame f = take_header(&r);
    return !r.bad && is_settings(&f);
}

static size_t digits_of(unsigned n) {
    return n < 10 ? 1 : 1 + digits_of(n / 10);
}

/* ":authority" as a literal without Huffman's code (RFC 7541 6.2.2); left out when it is too long. */
static size_t authority_len(const struct parser_peer *peer, bool v6) {
    size_t n = peer->host.n + (v6 ? 2 : 0) + 1 + digits_of(peer->port);
    return n <= AUTHORITY_MAX ? n : 0;
}

/* The preface, empty SETTINGS, and on stream 1 the head of a GET without a body (RFC 9113 8.3.1). */
static void http2_hello(struct dialogue *d, struct buf *ask) {
    static const char settings[FRAME_HEADER] = {0, 0, 0, FRAME_SETTINGS, 0, 0, 0, 0, 0};
    static const char headers[] = {FRAME_HEADERS, END_STREAM | END_HEADERS, 0, 0, 0, 1};
    bool v6 = slice_find(d->peer->host, ':') < d->peer->host.n;
    size_t n = authority_len(d->peer, v6);
    buf_put_str(ask, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    buf_put(ask, (struct slice){settings, sizeof settings});
    buf_fill(ask, 0, 2);
    buf_put_char(ask, (char)(3 + (n ? n + 2 : 0)));
    buf_put(ask, (struct slice){headers, sizeof headers});
    buf_put_str(ask, d->peer->tls ? "\x82\x87\x84" : "\x82\x86\x84"); /* GET, https or http, "/" */
    if (n == 0)
        return;
    buf_put_char(ask, 1);
    buf_put_char(ask, (char)n);
    buf_printf(ask, "%s" SLICE_FMT "%s:%u", v6 ? "[" : "", SLICE_ARG(d->peer->host), v6 ? "]" : "", d->peer->port);
}

/* RFC 9113 6.5.2 */
static void put_settings(struct rd r, struct facts *out) {
    static const char *const keys[] = {NULL,
                                       "http2.header-table-size",
                                       "http2.enable-push",
                                       "http2.max-concurrent-streams",
                                       "http2.initial-window-size",
                                       "http2.max-frame-size",
                                       "http2.max-header-list-size",
                                       NULL,
                                       "http2.connect-protocol"};
    while (r.n >= SETTING_LEN) {
        uint16_t id = rd_u16(&r);
        uint32_t value = rd_u32(&r);
        if (id < LL_COUNT(keys) && keys[id])
            facts_put_u64(out, keys[id], value);
    }
}

/* RFC 9113 6.8: last stream, error, debug data */
static void put_goaway(struct rd r, struct facts *out) {
    rd_skip(&r, 4);
    uint32_t error = rd_u32(&r);
    if (r.bad)
        return;
    facts_put_u64(out, "http2.goaway", error);
    facts_put_some(out, "http2.goaway-text", (struct slice){(const char *)r.p, r.n});
}

/* RFC 9113 6.2: a length of padding, five bytes of priority, fields. Fields before a broken one count. */
static void put_fields(struct rd r, uint8_t flags, struct facts *out) {
    static const char *const status[] = {"200", "204", "206", "304", "400", "404", "500"};
    struct hpack_field f;
    if (flags & PADDED)
        rd_skip(&r, 1);
    if (flags & PRIORITY)
        rd_skip(&r, 5);
    for (unsigned i = 0; i < FIELDS_MAX && hpack_next(&r, &f); i++) {
        bool is_status = f.name >= HPACK_STATUS_200 && f.name <= HPACK_STATUS_500;
        if (is_status && !facts_have(out, "http2.status"))
            facts_put_some(out, "http2.status", f.indexed ? slice_of(status[f.name - HPACK_STATUS_200]) : f.value);
        else if (f.name == HPACK_SERVER && !facts_have(out, "http2.server"))
            facts_put_some(out, "http2.server", f.value);
    }
}

/* The server's SETTINGS come first; the head of the answer, or GOAWAY, is the last thing that is waited for. */
static enum parse http2_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct rd r = rd_of(in.p, in.n);
    for (unsigned i = 0; i < FRAMES_MAX; i++) {
        struct frame f = take_header(&r);
        if (r.bad)
            return !end ? PARSE_MORE : i > 0 ? PARSE_DONE : PARSE_NOT;
        if ((i == 0 && !is_settings(&f)) || f.length > LENGTH_MAX || f.stream > 1)
            return i > 0 ? PARSE_DONE : PARSE_NOT;
        struct rd payload = rd_sub(&r, f.length);
        if (r.bad)
            return !end ? PARSE_MORE : i > 0 ? PARSE_DONE : PARSE_NOT;
        if (i == 0) {
            facts_put_str(out, "http2.version", "2");
            put_settings(payload, out);
        } else if (f.type == FRAME_GOAWAY) {
            put_goaway(payload, out);
            return PARSE_DONE;
        } else if (f.stream == 1) {
            if (f.type == FRAME_HEADERS)
                put_fields(payload, f.flags, out);
            return PARSE_DONE;
        }
    }
    return PARSE_DONE;
}

static const uint16_t http2_ports[] = {50051, 0};

static const struct parser_key http2_keys[] = {{"http2.version", "\"2\""},
                                               {"http2.header-table-size", "setting 1"},
                                               {"http2.enable-push", "setting 2"},
                                               {"http2.max-concurrent-streams", "setting 3"},
                                               {"http2.initial-window-size", "setting 4"},
                                               {"http2.max-frame-size", "setting 5"},
                                               {"http2.max-header-list-size", "setting 6"},
                                               {"http2.connect-protocol", "setting 8 (RFC 8441)"},
                                               {"http2.status", "status code of the answer"},
                                               {"http2.server", "its field server"},
                                               {"http2.goaway", "error code of GOAWAY"},
                                               {"http2.goaway-text", "its debug data"},
                                               {NULL, NULL}};

const struct parser parser_http2 = {
    .name = "http2",
    .service = "http2",
    .source = "RFC 9113",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 6,
    .ports = http2_ports,
    .alpn = "\x02h2",
    .keys = http2_keys,
    .recognise = http2_recognise,
    .hello = http2_hello,
    .read = http2_read,
};
