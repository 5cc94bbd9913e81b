/* X11: connection setup without authentication data (X Window System Protocol, "Connection Setup"). Accepted or
 * refused, the connection ends there. */
#include "proto/binary.h"

#define SETUP_MAX (4U * 0xffff)

enum { REFUSED, ACCEPTED, MORE_WANTED };

static void x11_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("l\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00")); /* little-endian, 11.0, no name, no data */
}

struct setup {
    uint8_t status, reason_n;
    uint16_t minor;
    size_t n; /* bytes behind the first eight */
    struct rd rest;
};

static bool setup_head(struct slice in, struct setup *s) {
    struct rd r = rd_from(in);
    s->status = rd_u8(&r);
    s->reason_n = rd_u8(&r);
    uint64_t major = rd_little(&r, 2);
    s->minor = (uint16_t)rd_little(&r, 2);
    s->n = 4 * (size_t)rd_little(&r, 2);
    s->rest = r;
    if (r.bad || s->status > MORE_WANTED || s->minor > 1)
        return false;
    if (s->status == ACCEPTED)
        return major == 11 && s->n >= 32;
    return major == 11 && s->n >= (s->status == REFUSED ? s->reason_n : 4U) && s->n <= 4096;
}

/* Vendor's length at 16 and its bytes at 32 of what follows the head. */
static bool accepted(struct slice body, uint64_t *release, struct slice *vendor, uint8_t *screens) {
    struct rd r = rd_from(body);
    *release = rd_little(&r, 4);
    rd_skip(&r, 12);
    size_t n = (size_t)rd_little(&r, 2);
    rd_skip(&r, 2);
    *screens = rd_u8(&r);
    rd_skip(&r, 11);
    *vendor = rd_slice(&r, n);
    return !r.bad && n <= 255 && is_printable(*vendor);
}

static bool x11_recognise(struct slice in) {
    struct setup s;
    struct slice vendor;
    uint64_t release;
    uint8_t screens;
    if (!setup_head(in, &s))
        return false;
    if (s.status == ACCEPTED)
        return accepted(rd_rest(&s.rest), &release, &vendor, &screens);
    if (s.status == REFUSED)
        return s.rest.n >= s.reason_n && s.reason_n > 0 &&
               is_printable(slice_trim(slice_sub(rd_rest(&s.rest), 0, s.reason_n)));
    return false; /* says nothing that noise could not say */
}

static enum parse x11_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct setup s;
    if (in.n < 8)
        return end || (in.n && (uint8_t)in.p[0] > MORE_WANTED) ? PARSE_NOT : PARSE_MORE;
    if (!setup_head(in, &s))
        return PARSE_NOT;
    size_t wanted = s.status == ACCEPTED ? ll_min_size(s.n, 32 + 256) : s.n;
    if (s.rest.n < wanted && !end)
        return PARSE_MORE;
    if (!x11_recognise(in))
        return PARSE_NOT;
    struct slice body = slice_sub(rd_rest(&s.rest), 0, s.n), vendor;
    if (s.status == REFUSED) {
        facts_put_str(out, "x11.access", "refused");
        facts_put(out, "x11.reason", slice_trim(slice_sub(body, 0, s.reason_n)));
        return PARSE_DONE;
    }
    uint64_t release;
    uint8_t screens;
    if (!accepted(body, &release, &vendor, &screens))
        return PARSE_NOT;
    facts_put_str(out, "x11.access", "open");
    facts_put(out, "x11.vendor", vendor);
    facts_put_u64(out, "x11.release", release);
    facts_put_u64(out, "x11.screens", screens);
    return PARSE_DONE;
}

static const uint16_t x11_ports[] = {6000, 6001, 6002, 6003, 6004, 6005, 6006, 6007, 6008, 6009, 0};

static const struct parser_key x11_keys[] = {{"x11.access", "\"open\": anybody may connect; \"refused\""},
                                             {"x11.reason", "why it refuses"},
                                             {"x11.vendor", "vendor of the server"},
                                             {"x11.release", "its release number"},
                                             {"x11.screens", "number of screens"},
                                             {NULL, NULL}};

const struct parser parser_x11 = {
    .name = "x11",
    .service = "X11",
    .source = "X Window System Protocol, version 11, Connection Setup",
    .transports = PARSER_TCP,
    .rarity = 6,
    .ports = x11_ports,
    .keys = x11_keys,
    .recognise = x11_recognise,
    .hello = x11_hello,
    .read = x11_read,
};
