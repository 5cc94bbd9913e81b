/* NATS: the INFO line with which a server greets (NATS documentation, "Client Protocol"). */
#include "proto/bits.h"
#include "proto/parser.h"

#define LINE_MAX 8192

static bool is_info(struct slice line) {
    struct slice json = slice_trim(slice_skip(line, 5));
    return slice_starts(line, SLICE("INFO ")) && json.n > 2 && json.p[0] == '{' && json.p[json.n - 1] == '}' &&
           bits_json(json, SLICE("server_id")).p;
}

static bool nats_recognise(struct slice in) {
    struct slice rest = in, line;
    return line_take(&rest, &line) && is_info(line);
}

static const struct member {
    const char *name, *key;
} members[] = {{"version", "nats.version"},     {"server_name", "nats.server_name"}, {"go", "nats.go"},
               {"proto", "nats.protocol"},      {"auth_required", "nats.auth"},      {"tls_required", "nats.tls"},
               {"jetstream", "nats.jetstream"}, {"cluster", "nats.cluster"}};

static enum parse nats_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct slice line;
    enum parse got = bits_first_line(in, end, SLICE("INFO "), LINE_MAX, &line);
    if (got != PARSE_DONE)
        return got;
    if (!is_info(line))
        return PARSE_NOT;
    for (size_t i = 0; i < LL_COUNT(members); i++) {
        struct slice value = bits_json(line, slice_of(members[i].name));
        if (value.n)
            facts_put(out, members[i].key, value);
    }
    return PARSE_DONE;
}

static const uint16_t nats_ports[] = {4222, 6222, 0};

static const struct parser_key nats_keys[] = {{"nats.version", "version of the server"},
                                              {"nats.server_name", "its name"},
                                              {"nats.go", "version of Go"},
                                              {"nats.protocol", "protocol number"},
                                              {"nats.auth", "true: it wants to know who we are"},
                                              {"nats.tls", "true: it wants TLS"},
                                              {"nats.jetstream", "true: it stores messages"},
                                              {"nats.cluster", "name of its cluster"},
                                              {NULL, NULL}};

const struct parser parser_nats = {
    .name = "nats",
    .service = "nats",
    .source = "NATS documentation, client protocol",
    .transports = PARSER_TCP,
    .greets = true,
    .rarity = 2,
    .ports = nats_ports,
    .keys = nats_keys,
    .recognise = nats_recognise,
    .read = nats_read,
};
