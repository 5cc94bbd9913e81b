/* Tarantool: the greeting of 128 bytes (Tarantool manual, "Binary protocol", greeting packet): two lines of 64 bytes,
 * product with version, and salt. The console greets with a text of its own. */
#include "proto/bits.h"
#include "proto/parser.h"

#define GREETING 128

static bool tarantool_recognise(struct slice in) {
    return slice_starts(in, SLICE("Tarantool ")) && in.n > 10 && in.p[10] >= '0' && in.p[10] <= '9' &&
           slice_find(in, '\n') < 64;
}

static enum parse tarantool_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct slice start = SLICE("Tarantool "), rest, line, version;
    enum parse got = bits_first_line(in, end, start, GREETING / 2, &line);
    if (got != PARSE_DONE)
        return got;
    if (!tarantool_recognise(in))
        return PARSE_NOT;
    rest = slice_skip(line, start.n);
    struct slice kind = bits_between(line, SLICE(" ("), SLICE(")"));
    if (!slice_word(&rest, &version) || !kind.n)
        return PARSE_NOT;
    facts_put(out, "tarantool.version", version);
    facts_put(out, "tarantool.kind", kind);
    struct slice uuid = slice_trim(slice_skip(line, slice_find(line, ')') + 1));
    if (uuid.n)
        facts_put(out, "tarantool.uuid", uuid);
    return PARSE_DONE;
}

static const uint16_t tarantool_ports[] = {3301, 0};

static const struct parser_key tarantool_keys[] = {{"tarantool.version", "version"},
                                                   {"tarantool.kind", "Binary or Lua console"},
                                                   {"tarantool.uuid", "of the instance"},
                                                   {NULL, NULL}};

const struct parser parser_tarantool = {
    .name = "tarantool",
    .service = "tarantool",
    .source = "Tarantool manual, binary protocol",
    .transports = PARSER_TCP,
    .greets = true,
    .rarity = 2,
    .ports = tarantool_ports,
    .keys = tarantool_keys,
    .recognise = tarantool_recognise,
    .read = tarantool_read,
};
