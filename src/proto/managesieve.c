/* ManageSieve (RFC 5804): the capabilities with which the server greets. */
#include "proto/lines.h"

#define LINES_MAX 40
#define GREETING_MAX 8192

static bool managesieve_recognise(struct slice in) {
    return slice_starts_nocase(in, SLICE("\"IMPLEMENTATION\" \""));
}

/* "KEY" "value" */
static void put_line(struct slice line, struct facts *out) {
    struct slice name = slice_skip(line, 1), value;
    name = slice_sub(name, 0, slice_find(name, '"'));
    value = slice_trim(slice_skip(line, name.n + 2));
    if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
        value = slice_sub(value, 1, value.n - 2);
    if (slice_eq_nocase(name, SLICE("IMPLEMENTATION")))
        facts_put(out, "managesieve.implementation", value);
    else if (slice_eq_nocase(name, SLICE("VERSION")))
        facts_put(out, "managesieve.version", value);
    else if (slice_eq_nocase(name, SLICE("SASL")))
        facts_put(out, "managesieve.sasl", value);
    else if (slice_eq_nocase(name, SLICE("SIEVE")))
        facts_put(out, "managesieve.sieve", value);
    else if (slice_eq_nocase(name, SLICE("STARTTLS")))
        facts_put(out, "managesieve.starttls", SLICE("yes"));
}

static enum parse managesieve_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct slice rest = slice_sub(in, 0, GREETING_MAX), line;
    if (in.n && in.p[0] != '"')
        return PARSE_NOT;
    bool known = false;
    for (unsigned i = 0; i < LINES_MAX && line_take(&rest, &line); i++) {
        if (slice_starts_nocase(line, SLICE("OK"))) {
            facts_put_some(out, "managesieve.greeting", slice_skip(line, 2));
            return known ? PARSE_DONE : PARSE_NOT;
        }
        if (line.n == 0 || line.p[0] != '"')
            return PARSE_NOT;
        known = known || slice_starts_nocase(line, SLICE("\"IMPLEMENTATION\"")) ||
                slice_starts_nocase(line, SLICE("\"SIEVE\""));
        put_line(line, out);
        if (i + 1 == LINES_MAX)
            return known ? PARSE_DONE : PARSE_NOT;
    }
    if (!end && in.n < GREETING_MAX)
        return PARSE_MORE;
    return known ? PARSE_DONE : PARSE_NOT;
}

static const uint16_t managesieve_ports[] = {4190, 2000, 0};

static const struct parser_key managesieve_keys[] = {{"managesieve.implementation", "IMPLEMENTATION"},
                                                     {"managesieve.version", "VERSION of the protocol"},
                                                     {"managesieve.sasl", "SASL mechanisms"},
                                                     {"managesieve.sieve", "SIEVE extensions"},
                                                     {"managesieve.starttls", "\"yes\""},
                                                     {"managesieve.greeting", "what stands behind the last OK"},
                                                     {NULL, NULL}};

const struct parser parser_managesieve = {
    .name = "managesieve",
    .service = "sieve",
    .source = "RFC 5804",
    .transports = PARSER_TCP | PARSER_TLS,
    .greets = true,
    .rarity = 2,
    .ports = managesieve_ports,
    .keys = managesieve_keys,
    .recognise = managesieve_recognise,
    .read = managesieve_read,
};
