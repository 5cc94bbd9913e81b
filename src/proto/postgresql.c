/* PostgreSQL: a start-up message with a protocol version that no server has (PostgreSQL manual, "Frontend/Backend
 * Protocol"). The refusal names the versions that it has, and file, line and routine of the server's source; nobody is
 * logged in and no user is named. */
#include "proto/bits.h"
#include "proto/parser.h"

#define MESSAGE_MAX 4096
#define HEAD 5 /* 'E', length with itself */

static void postgresql_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    /* 255.255; the empty list of parameters */
    (void)buf_put(ask, SLICE("\x00\x00\x00\x09\x00\xff\x00\xff\x00"));
}

static const struct field {
    char letter;
    const char *key;
} fields[] = {{'S', "postgresql.severity"}, {'V', "postgresql.level"}, {'C', "postgresql.code"},
              {'M', "postgresql.message"},  {'F', "postgresql.file"},  {'L', "postgresql.line"},
              {'R', "postgresql.routine"}};

static bool code_is_sane(struct slice code) {
    for (size_t i = 0; i < code.n; i++)
        if (!((code.p[i] >= '0' && code.p[i] <= '9') || (code.p[i] >= 'A' && code.p[i] <= 'Z')))
            return false;
    return code.n == 5;
}

/* Letter and text, each ended by NUL; a NUL alone ends the list ("ErrorResponse"). */
static bool error_fields(struct slice body, struct facts *out) {
    bool severity = false, code = false, message = false;
    while (body.n && body.p[0] != '\0') {
        char letter = body.p[0];
        struct slice text = slice_skip(body, 1);
        size_t n = slice_find(text, '\0');
        if (n == text.n)
            return false;
        body = slice_skip(text, n + 1);
        text = slice_sub(text, 0, n);
        severity = severity || letter == 'S';
        message = message || letter == 'M';
        code = code || (letter == 'C' && code_is_sane(text));
        for (size_t i = 0; out && i < LL_COUNT(fields); i++)
            if (fields[i].letter == letter)
                facts_put(out, fields[i].key, text);
    }
    return body.n == 1 && severity && code && message;
}

static bool length_of(struct slice in, size_t *n, bool *possible) {
    struct rd r = rd_of(in.p, in.n);
    uint8_t kind = rd_u8(&r);
    *possible = in.n == 0 || kind == 'E';
    uint32_t length = rd_u32(&r);
    if (r.bad)
        return false;
    *possible = *possible && length > 8 && length <= MESSAGE_MAX;
    *n = length + 1U;
    return *possible && in.n >= *n;
}

static bool postgresql_recognise(struct slice in) {
    size_t n;
    bool possible;
    return length_of(in, &n, &possible) && in.n == n && error_fields(slice_skip(in, HEAD), NULL);
}

static enum parse postgresql_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    size_t n;
    bool possible;
    if (!length_of(in, &n, &possible))
        return possible && !end ? PARSE_MORE : PARSE_NOT;
    return error_fields(slice_sub(in, HEAD, n - HEAD), out) ? PARSE_DONE : PARSE_NOT;
}

static const uint16_t postgresql_ports[] = {5432, 5433, 6432, 0};

static const struct parser_key postgresql_keys[] = {{"postgresql.severity", "severity, in the server's language"},
                                                    {"postgresql.level", "severity, never translated: since 9.6"},
                                                    {"postgresql.code", "SQLSTATE of the refusal"},
                                                    {"postgresql.message", "its text, in the server's language"},
                                                    {"postgresql.file", "file of the server's source"},
                                                    {"postgresql.line", "line in it"},
                                                    {"postgresql.routine", "function in it"},
                                                    {NULL, NULL}};

const struct parser parser_postgresql = {
    .name = "postgresql",
    .service = "postgresql",
    .source = "PostgreSQL manual, message formats",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 3,
    .ports = postgresql_ports,
    .keys = postgresql_keys,
    .recognise = postgresql_recognise,
    .hello = postgresql_hello,
    .read = postgresql_read,
};
