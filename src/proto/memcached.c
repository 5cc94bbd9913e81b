/* memcached: the text command "version" (memcached's doc/protocol.txt); over UDP behind the frame header of its section
 * "UDP protocol". */
#include "proto/bits.h"
#include "proto/parser.h"

#define UDP_HEAD 8
#define UDP_ID 0x4c4cU /* of our question; the answer repeats it */

static void memcached_hello(struct dialogue *d, struct buf *ask) {
    if (d->peer->udp)
        (void)buf_put(ask, SLICE("\x4c\x4c\x00\x00\x00\x01\x00\x00"));
    (void)buf_put_str(ask, "version\r\n");
}

static bool line_is_version(struct slice line, struct slice *version) {
    if (!slice_starts(line, SLICE("VERSION ")))
        return false;
    *version = slice_trim(slice_skip(line, 8));
    return version->n < 64 && bits_is_text(*version, false) && version->p[0] >= '0' && version->p[0] <= '9';
}

static bool memcached_recognise(struct slice in) {
    struct slice rest = in, line, version;
    return line_take(&rest, &line) && rest.n == 0 && line_is_version(line, &version);
}

static enum parse memcached_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)ask;
    if (d->peer->udp) {
        struct rd r = rd_of(in.p, in.n);
        uint16_t id = rd_u16(&r), number = rd_u16(&r), of = rd_u16(&r), zero = rd_u16(&r);
        if (r.bad || id != UDP_ID || number != 0 || of != 1 || zero != 0)
            return PARSE_NOT;
        in = slice_skip(in, UDP_HEAD);
        end = true;
    }
    struct slice line, version;
    enum parse got = bits_first_line(in, end, SLICE("VERSION "), 80, &line);
    if (got != PARSE_DONE)
        return got;
    if (!line_is_version(line, &version))
        return PARSE_NOT;
    facts_put(out, "memcached.version", version);
    return PARSE_DONE;
}

static const uint16_t memcached_ports[] = {11211, 0};

static const struct parser_key memcached_keys[] = {{"memcached.version", "version"}, {NULL, NULL}};

const struct parser parser_memcached = {
    .name = "memcached",
    .service = "memcached",
    .source = "memcached, doc/protocol.txt",
    .transports = PARSER_TCP | PARSER_UDP | PARSER_TLS,
    .rarity = 5,
    .ports = memcached_ports,
    .keys = memcached_keys,
    .recognise = memcached_recognise,
    .hello = memcached_hello,
    .read = memcached_read,
};
