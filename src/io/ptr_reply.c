#include "io/ptr_reply.h"

#include "base/wire.h"

enum { TYPE_PTR = 12, CLASS_IN = 1, POINTERS_MAX = 32, RECORDS_MAX = 256 };

/* Moves behind a name, which ends with an empty label or with a pointer (RFC 1035 4.1.4). */
static void skip_name(struct rd *r) {
    while (!r->bad) { /* each round takes at least a byte */
        uint8_t length = rd_u8(r);
        if (length == 0)
            return;
        if (length >= 0xc0) {
            rd_skip(r, 1);
            return;
        }
        if (length > 63) {
            r->bad = true;
            return;
        }
        rd_skip(r, length);
    }
}

static bool put_label(const uint8_t *label, size_t n, char out[PTR_NAME_MAX], size_t *out_n) {
    if (!label || memchr(label, 0, n) || memchr(label, '.', n))
        return false;
    if (*out_n + n + (*out_n > 0) > PTR_NAME_MAX)
        return false;
    if (*out_n > 0)
        out[(*out_n)++] = '.';
    memcpy(out + *out_n, label, n);
    *out_n += n;
    return true;
}

/* Pointers lead anywhere in the message: their number is limited, so that a loop of them ends. */
static bool read_name(const uint8_t *message, size_t message_n, struct rd r, char out[PTR_NAME_MAX], size_t *out_n) {
    *out_n = 0;
    for (unsigned pointers = 0; pointers <= POINTERS_MAX;) {
        uint8_t length = rd_u8(&r);
        if (r.bad)
            return false;
        if (length == 0)
            return *out_n > 0;
        if (length >= 0xc0) {
            size_t to = (size_t)(length & 0x3f) << 8 | rd_u8(&r);
            if (r.bad || to >= message_n)
                return false;
            r = rd_of(message + to, message_n - to);
            pointers++;
        } else if (length > 63 || !put_label(rd_bytes(&r, length), length, out, out_n)) {
            return false;
        }
    }
    return false;
}

bool ptr_reply_read(const uint8_t *p, size_t n, char out[PTR_NAME_MAX], size_t *out_n) {
    struct rd r = rd_of(p, n);
    *out_n = 0;
    rd_skip(&r, 4); /* id, flags */
    uint16_t questions = rd_u16(&r), answers = rd_u16(&r);
    rd_skip(&r, 4);
    for (unsigned i = 0; i < questions && i < RECORDS_MAX && !r.bad; i++) {
        skip_name(&r);
        rd_skip(&r, 4);
    }
    for (unsigned i = 0; i < answers && i < RECORDS_MAX && !r.bad; i++) {
        skip_name(&r);
        uint16_t type = rd_u16(&r), class = rd_u16(&r);
        rd_skip(&r, 4);
        uint16_t length = rd_u16(&r);
        struct rd at = r; /* the name in the record may point out of it, so it is read from the whole message */
        rd_skip(&r, length);
        if (!r.bad && type == TYPE_PTR && class == CLASS_IN && read_name(p, n, at, out, out_n))
            return true;
    }
    *out_n = 0;
    return false;
}
