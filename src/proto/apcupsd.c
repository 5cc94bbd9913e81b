/* apcupsd: the command "status" of its network information server (Apcupsd user manual, "NIS Server Client
 * Protocol"): records with a length of two bytes before, ended by an empty one. */
#include "proto/bits.h"
#include "proto/parser.h"

static void apcupsd_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\0\6"
                             "status"));
}

#define ANSWER_MAX 8192

static const struct record {
    const char *name, *key;
} records[] = {{"VERSION", "apcupsd.version"},
               {"HOSTNAME", "apcupsd.hostname"},
               {"MODEL", "apcupsd.model"},
               {"UPSNAME", "apcupsd.ups"}};

static enum parse apcupsd_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    in = slice_sub(in, 0, ANSWER_MAX);
    struct rd r = rd_of(in.p, in.n);
    bool first = true;
    for (;;) {
        uint16_t n = rd_u16(&r);
        const uint8_t *p = rd_bytes(&r, n);
        if (!r.bad && n == 0 && !first)
            return PARSE_DONE;
        struct slice head = slice_sub(slice_skip(in, 2), 0, 9), want = SLICE("APC      ");
        if (first && !slice_starts(want, head))
            return PARSE_NOT;
        if (r.bad) {
            bool enough = in.n == ANSWER_MAX || end;
            return enough ? (first ? PARSE_NOT : PARSE_DONE) : PARSE_MORE;
        }
        if (n == 0)
            return PARSE_NOT;
        first = false;
        struct slice rest = {(const char *)p, n}, name;
        (void)slice_split(&rest, ':', &name);
        for (size_t i = 0; i < LL_COUNT(records); i++)
            if (slice_eq(slice_trim(name), slice_of(records[i].name)))
                facts_put(out, records[i].key, slice_trim(rest));
    }
}

static const uint16_t apcupsd_ports[] = {3551, 0};

static const struct parser_key apcupsd_keys[] = {{"apcupsd.version", "version, day and system"},
                                                 {"apcupsd.hostname", "name of the host"},
                                                 {"apcupsd.model", "model of the UPS"},
                                                 {"apcupsd.ups", "its name"},
                                                 {NULL, NULL}};

const struct parser parser_apcupsd = {
    .name = "apcupsd",
    .service = "apcupsd",
    .source = "Apcupsd user manual, NIS protocol",
    .transports = PARSER_TCP,
    .rarity = 8,
    .ports = apcupsd_ports,
    .keys = apcupsd_keys,
    .hello = apcupsd_hello,
    .read = apcupsd_read,
};
