#include "sample.h"

#include "base/num.h"

const char *const sample_field_names[SAMPLE_FIELDS] = {"service",  "product", "version", "extra",
                                                       "hostname", "os",      "device",  "cpe"};

struct reading {
    struct arena *a;
    struct sample *s;
    struct buf bytes; /* of the message that is being read */
};

static int digit_of(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_escape(struct slice *rest, struct buf *to, struct err *e) {
    static const char letters[] = "rnt0\\\"", bytes[] = "\r\n\t\0\\\"";
    if (rest->n < 2)
        return err_set(e, ERR_INPUT, "nothing follows a backslash");
    for (size_t i = 0; i < sizeof letters - 1; i++)
        if (rest->p[1] == letters[i] && letters[i] != '0') {
            *rest = slice_skip(*rest, 2);
            return buf_put_char(to, bytes[i]);
        }
    int high = rest->n >= 4 ? digit_of(rest->p[2]) : -1, low = rest->n >= 4 ? digit_of(rest->p[3]) : -1;
    if (rest->p[1] != 'x' || high < 0 || low < 0)
        return err_set(e, ERR_INPUT, "an escape is \\r \\n \\t \\\\ \\\" or \\x and two digits 0-9a-f");
    *rest = slice_skip(*rest, 4);
    return buf_put_char(to, (char)(high << 4 | low));
}

/* Strings until the end of the line. */
static bool read_strings(struct slice rest, struct buf *to, struct err *e) {
    while (rest.n) {
        if (rest.p[0] != '"')
            return err_set(e, ERR_INPUT, "expected \"text\"");
        rest = slice_skip(rest, 1);
        while (rest.n && rest.p[0] != '"') {
            char c = rest.p[0];
            if (c == '\\') {
                if (!read_escape(&rest, to, e))
                    return false;
                continue;
            }
            if (c < ' ' || c > '~')
                return err_set(e, ERR_INPUT, "other bytes than printable ASCII are escaped");
            buf_put_char(to, c);
            rest = slice_skip(rest, 1);
        }
        if (rest.n == 0)
            return err_set(e, ERR_INPUT, "the quotation mark that ends the text is missing");
        rest = slice_trim(slice_skip(rest, 1));
    }
    return !to->failed || err_set(e, ERR_LIMIT, "more than %d bytes", SAMPLE_BYTES_MAX);
}

static bool finish_message(struct reading *r, struct err *e) {
    struct sample *s = r->s;
    if (s->n == 0)
        return true;
    s->v[s->n - 1].bytes = arena_copy(r->a, buf_slice(&r->bytes));
    return s->v[s->n - 1].bytes.p || err_set(e, ERR_MEMORY, "no memory");
}

static bool read_message(struct reading *r, bool asked, struct slice rest, struct err *e) {
    struct sample *s = r->s;
    bool any = asked && slice_eq(rest, SLICE("*"));
    if (s->n == 0 || s->v[s->n - 1].asked != asked) {
        if (!finish_message(r, e))
            return false;
        if (s->n == SAMPLE_MESSAGES)
            return err_set(e, ERR_LIMIT, "more than %d messages", SAMPLE_MESSAGES);
        s->v[s->n++] = (struct sample_message){.asked = asked, .any = any};
        buf_clear(&r->bytes);
    } else if (any || s->v[s->n - 1].any) {
        return err_set(e, ERR_INPUT, "\"> *\" is the whole message");
    }
    return any || read_strings(rest, &r->bytes, e);
}

static bool read_expect(struct reading *r, struct slice rest, struct err *e) {
    struct sample *s = r->s;
    struct slice word = {0}, copy;
    (void)slice_word(&rest, &word);
    copy = arena_copy(r->a, slice_trim(rest));
    for (size_t i = 0; i < SAMPLE_FIELDS; i++) {
        if (!slice_eq(word, slice_of(sample_field_names[i])))
            continue;
        if (i == SAMPLE_CPE && copy.n) {
            if (s->n_cpe == SAMPLE_CPES)
                return err_set(e, ERR_LIMIT, "more than %d CPEs", SAMPLE_CPES);
            s->cpe[s->n_cpe++] = copy;
        } else if (s->has[i]) {
            return err_set(e, ERR_INPUT, "this field is there twice");
        }
        s->has[i] = true;
        s->expect[i] = copy;
        return true;
    }
    return err_set(e, ERR_INPUT, "expected: expect service|product|version|extra|hostname|os|device|cpe VALUE");
}

static bool read_origin(struct sample *s, struct slice text, struct err *e) {
    s->documented = slice_starts(text, SLICE("documented "));
    if (s->origin.n || !(s->documented || slice_starts(text, SLICE("captured "))))
        return err_set(e, ERR_INPUT, "expected, once: origin captured ... or origin documented SOURCE");
    s->origin = text;
    return true;
}

static bool read_peer(struct sample *s, struct slice rest, struct err *e) {
    struct slice port = {0};
    uint64_t number = 0;
    if (!slice_word(&rest, &s->host) || !slice_word(&rest, &port) || !num_u64_max(port, 65535, &number))
        return err_set(e, ERR_INPUT, "expected: peer HOST PORT");
    s->port = (uint16_t)number;
    return true;
}

static bool read_transport(struct sample *s, struct slice text, struct err *e) {
    if (slice_eq(text, SLICE("tcp")))
        s->transport = PARSER_TCP;
    else if (slice_eq(text, SLICE("tls")))
        s->transport = PARSER_TLS;
    else if (slice_eq(text, SLICE("udp")))
        s->transport = PARSER_UDP;
    else
        return err_set(e, ERR_INPUT, "a transport is tcp, tls or udp");
    return true;
}

static bool read_line(struct reading *r, struct slice line, struct err *e) {
    struct slice word;
    if (!slice_statement(line, &word, &line))
        return true;
    if (slice_eq(word, SLICE("<")) || slice_eq(word, SLICE(">")))
        return read_message(r, word.p[0] == '>', line, e);
    if (slice_eq(word, SLICE("expect")))
        return read_expect(r, line, e);
    struct slice copy = arena_copy(r->a, line);
    if (copy.n == 0)
        return err_set(e, ERR_INPUT, "nothing follows \"" SLICE_FMT "\"", SLICE_ARG(word));
    if (slice_eq(word, SLICE("origin")))
        return read_origin(r->s, copy, e);
    if (slice_eq(word, SLICE("transport")))
        return read_transport(r->s, copy, e);
    if (slice_eq(word, SLICE("peer")))
        return read_peer(r->s, copy, e);
    if (slice_eq(word, SLICE("parser")))
        r->s->parser = copy;
    else if (slice_eq(word, SLICE("asked")))
        r->s->asked = copy;
    else
        return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is no line of a sample", SLICE_ARG(word));
    return true;
}

static bool check_whole(const struct sample *s, struct err *e) {
    if (!s->origin.n || !s->parser.n || !s->transport || !s->n)
        return err_set(e, ERR_INPUT, "a sample has lines \"origin\", \"parser\", \"transport\" and a message");
    if (s->v[s->n - 1].asked)
        return err_set(e, ERR_INPUT, "the last message is not the peer's");
    return true;
}

bool sample_read(struct slice text, struct slice name, struct arena *a, struct sample *s, struct err *e) {
    struct reading r = {.a = a, .s = s};
    struct slice line;
    unsigned number = 0;
    bool ok = true;
    *s = (struct sample){.name = name, .host = SLICE("host.example"), .port = 80};
    buf_init(&r.bytes, SAMPLE_BYTES_MAX);
    while (ok && slice_split(&text, '\n', &line)) {
        number++;
        ok = read_line(&r, line, e);
    }
    ok = ok && finish_message(&r, e) && check_whole(s, e);
    buf_finish(&r.bytes);
    return ok || err_context(e, SLICE_FMT ".txt:%u", SLICE_ARG(name), number);
}
