/* gpsd: the greeting is a JSON object of the class VERSION (gpsd_json(5)). */
#include "proto/bits.h"
#include "proto/parser.h"

static bool gpsd_recognise(struct slice in) {
    struct slice rest = in, line;
    return slice_starts(in, SLICE("{\"class\":\"VERSION\",")) && line_take(&rest, &line) &&
           bits_json(line, SLICE("release")).n && bits_json(line, SLICE("proto_major")).n;
}

static enum parse gpsd_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct slice line;
    enum parse got = bits_first_line(in, end, SLICE("{\"class\":\"VERSION\","), 1024, &line);
    if (got != PARSE_DONE)
        return got;
    if (!gpsd_recognise(in))
        return PARSE_NOT;
    facts_put(out, "gpsd.release", bits_json(line, SLICE("release")));
    facts_put(out, "gpsd.revision", bits_json(line, SLICE("rev")));
    return PARSE_DONE;
}

static const uint16_t gpsd_ports[] = {2947, 0};

static const struct parser_key gpsd_keys[] = {{"gpsd.release", "version"}, {"gpsd.revision", "revision"}, {NULL, NULL}};

const struct parser parser_gpsd = {
    .name = "gpsd",
    .service = "gpsd",
    .source = "gpsd_json(5)",
    .transports = PARSER_TCP,
    .greets = true,
    .rarity = 2,
    .ports = gpsd_ports,
    .keys = gpsd_keys,
    .recognise = gpsd_recognise,
    .read = gpsd_read,
};
