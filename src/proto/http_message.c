#include "proto/http_message.h"

#include "base/num.h"

#define INTERIM_MAX 4
#define CHUNK_LINE_MAX 256

enum framing { FRAME_NONE, FRAME_LENGTH, FRAME_CHUNKED, FRAME_CLOSE };

static bool is_status_line(struct slice in) {
    if (!slice_starts(in, SLICE("HTTP/")) || in.n < 12)
        return false;
    const char *p = in.p + 5;
    return (p[0] == '1' || p[0] == '0') && p[1] == '.' && p[2] >= '0' && p[2] <= '9' && p[3] == ' ' && p[4] >= '1' &&
           p[4] <= '9' && p[5] >= '0' && p[5] <= '9' && p[6] >= '0' && p[6] <= '9' &&
           (in.n == 12 || p[7] == ' ' || p[7] == '\r' || p[7] == '\n');
}

/* A page without a head: HTTP/0.9 (RFC 1945 6, Simple-Response), as servers answer what is no request of a later
 * version. */
static bool is_page(struct slice in) {
    return slice_starts_nocase(in, SLICE("<!doctype html")) || slice_starts_nocase(in, SLICE("<html"));
}

bool http_recognise(struct slice in) {
    return is_status_line(in) || is_page(in);
}

/* What there is may still become one of these. */
static bool may_begin(struct slice in) {
    return (in.n < 12 && slice_starts(in, slice_sub(SLICE("HTTP/"), 0, in.n))) ||
           slice_starts_nocase(SLICE("<!doctype html"), in) || slice_starts_nocase(SLICE("<html"), in);
}

bool http_header_next(struct slice *head, struct slice *name, struct slice *value) {
    struct slice line;
    while (line_last(head, &line)) {
        size_t n = slice_find(line, ':');
        if (n == line.n || n == 0 || line.p[0] == ' ' || line.p[0] == '\t')
            continue; /* folded (obsolete, RFC 9112 5.2) or no header at all */
        *name = slice_sub(line, 0, n);
        *value = slice_trim(slice_skip(line, n + 1));
        return true;
    }
    return false;
}

struct slice http_header(const struct http_message *m, struct slice wanted) {
    struct slice head = m->head, name, value;
    for (unsigned i = 0; i < HTTP_HEADERS_MAX && http_header_next(&head, &name, &value); i++)
        if (slice_eq_nocase(name, wanted))
            return value;
    return (struct slice){NULL, 0};
}

/* Where the head ends: bytes up to and with the empty line; 0: not there. */
static size_t head_end(struct slice in) {
    struct slice rest = in, line;
    while (line_take(&rest, &line))
        if (line.n == 0)
            return (size_t)(rest.p - in.p);
    return 0;
}

static void add(struct http_message *m, struct slice bytes) {
    size_t n = ll_min_size(bytes.n, sizeof m->body - m->n_body);
    if (n)
        memcpy(m->body + m->n_body, bytes.p, n);
    m->n_body += n;
}

static bool chunk_size(struct slice line, size_t *out) {
    *out = 0;
    size_t i = 0;
    for (; i < line.n && i < 8; i++) {
        char c = line.p[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                                : 16;
        if (digit == 16)
            break;
        *out = *out << 4 | digit;
    }
    return i > 0 && (i == line.n || line.p[i] == ';' || line.p[i] == ' ');
}

/* RFC 9112 7.1. True: it is at its end, or broken; false: more may follow. */
static bool read_chunks(struct slice rest, struct slice in, struct http_message *m) {
    struct slice line;
    size_t n;
    while (m->n_body < sizeof m->body) {
        if (!line_take(&rest, &line))
            return rest.n > CHUNK_LINE_MAX;
        if (!chunk_size(line, &n))
            return true;
        if (n == 0) {
            size_t trailer = slice_starts(rest, SLICE("\r\n")) ? 2 : head_end(rest);
            m->whole = trailer > 0;
            m->n = m->whole ? (size_t)(rest.p - in.p) + trailer : 0;
            return m->whole || rest.n > CHUNK_LINE_MAX;
        }
        add(m, slice_sub(rest, 0, n));
        if (rest.n < n)
            return m->n_body == sizeof m->body;
        rest = slice_skip(rest, n);
        if (rest.n < 2)
            return false;
        rest = slice_skip(rest, rest.p[0] == '\r' ? 2 : 1);
    }
    return true;
}

static enum framing framing_of(const struct http_message *m, size_t *length) {
    struct slice coding = http_header(m, SLICE("transfer-encoding"));
    struct slice text = http_header(m, SLICE("content-length"));
    uint64_t n;
    if (m->status == 204 || m->status == 304)
        return FRAME_NONE;
    if (slice_has_word(coding, SLICE("chunked")))
        return FRAME_CHUNKED;
    if (text.p && num_u64_max(text, SIZE_MAX / 2, &n)) {
        *length = (size_t)n;
        return FRAME_LENGTH;
    }
    return FRAME_CLOSE;
}

static bool keeps(const struct http_message *m) {
    struct slice connection = http_header(m, SLICE("connection"));
    if (slice_has_word(connection, SLICE("close")))
        return false;
    return slice_eq(m->version, SLICE("1.1")) || slice_has_word(connection, SLICE("keep-alive"));
}

/* True: nothing more is needed. */
static bool read_body(struct slice in, size_t head, struct http_message *m) {
    struct slice rest = slice_skip(in, head);
    size_t length = 0;
    switch (framing_of(m, &length)) {
    case FRAME_NONE:
        m->whole = true;
        m->n = head;
        return true;
    case FRAME_CHUNKED:
        return read_chunks(rest, in, m);
    case FRAME_LENGTH:
        add(m, slice_sub(rest, 0, length));
        m->whole = rest.n >= length && length <= sizeof m->body;
        m->n = head + length;
        return rest.n >= length || m->n_body == sizeof m->body;
    case FRAME_CLOSE:
        add(m, rest);
        m->keeps = false;
        return m->n_body == sizeof m->body;
    }
    return true;
}

/* "HTTP/1.1 200 OK" */
static void read_line(struct http_message *m) {
    m->version = slice_sub(m->line, 5, 3);
    struct slice code = slice_sub(m->line, 9, 3);
    m->status = (unsigned)(code.p[0] - '0') * 100 + (unsigned)(code.p[1] - '0') * 10 + (unsigned)(code.p[2] - '0');
    m->reason = slice_trim(slice_skip(m->line, 12));
}

static enum parse read_page(struct slice in, bool end, struct http_message *m) {
    m->version = SLICE("0.9");
    add(m, in);
    m->n = in.n;
    return end || in.n >= HTTP_BODY_MAX ? PARSE_DONE : PARSE_MORE;
}

enum parse http_message_read(struct slice in, bool end, struct http_message *m) {
    struct slice all = in;
    *m = (struct http_message){0};
    if (is_page(in))
        return read_page(in, end, m);
    for (unsigned i = 0; i <= INTERIM_MAX; i++) {
        *m = (struct http_message){0};
        if (!is_status_line(in))
            return may_begin(in) && !end ? PARSE_MORE : PARSE_NOT;
        struct slice bounded = slice_sub(in, 0, HTTP_HEAD_MAX);
        size_t head = head_end(bounded);
        if (head == 0 && bounded.n < HTTP_HEAD_MAX && !end)
            return PARSE_MORE;
        m->head = slice_sub(bounded, 0, head ? head : bounded.n);
        (void)line_last(&m->head, &m->line);
        if (!is_status_line(m->line))
            return PARSE_NOT;
        read_line(m);
        if (head == 0)
            return PARSE_DONE;
        if (m->status >= 200) {
            m->keeps = keeps(m);
            bool done = read_body(in, head, m);
            struct slice coding = http_header(m, SLICE("content-encoding"));
            if (coding.n && !slice_eq_nocase(coding, SLICE("identity")))
                m->n_body = 0;
            m->n += (size_t)(in.p - all.p);
            return done || end ? PARSE_DONE : PARSE_MORE;
        }
        in = slice_skip(in, head);
    }
    return PARSE_NOT;
}
