/* HTTP/2 with prior knowledge (RFC 9113 3.3): the preface, and the frames with which a server begins. gRPC servers
 * speak nothing else. */
#include "base/wire.h"
#include "proto/lines.h"

#define FRAME_HEADER 9
#define SETTING_LEN 6
#define SETTINGS_MAX 16 /* of one frame */
#define FRAMES_MAX 16
#define LENGTH_MAX 16384 /* RFC 9113 4.2: more was not allowed */

enum frame_type { FRAME_SETTINGS = 4, FRAME_PING = 6, FRAME_GOAWAY = 7, FRAME_WINDOW_UPDATE = 8 };

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

static void http2_hello(struct dialogue *d, struct buf *ask) {
    static const char settings[FRAME_HEADER] = {0, 0, 0, FRAME_SETTINGS, 0, 0, 0, 0, 0};
    (void)d;
    buf_put_str(ask, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    buf_put(ask, (struct slice){settings, sizeof settings});
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

/* The server's SETTINGS come first; its acknowledgement of ours, or GOAWAY, is the last thing that is waited for. */
static enum parse http2_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct rd r = rd_of(in.p, in.n);
    for (unsigned i = 0; i < FRAMES_MAX; i++) {
        struct frame f = take_header(&r);
        if (r.bad)
            return !end ? PARSE_MORE : i > 0 ? PARSE_DONE : PARSE_NOT;
        if ((i == 0 && !is_settings(&f)) || f.length > LENGTH_MAX || f.stream != 0)
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
        } else if (f.type == FRAME_SETTINGS && (f.flags & 1)) {
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
    .keys = http2_keys,
    .recognise = http2_recognise,
    .hello = http2_hello,
    .read = http2_read,
};
