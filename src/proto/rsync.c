/* rsync's daemon: the greeting with its protocol version, and since protocol 32 the digests that it knows for
 * passwords (rsync's documentation of the daemon's handshake, csprotocol.txt). */
#include "base/num.h"
#include "proto/bits.h"
#include "proto/parser.h"

static bool greeting(struct slice line, struct facts *out) {
    struct slice rest = slice_skip(line, 9), protocol, minor = {0}, major;
    uint64_t n;
    if (!slice_starts(line, SLICE("@RSYNCD: ")) || !slice_word(&rest, &protocol))
        return false;
    minor = protocol;
    if (!slice_split(&minor, '.', &major) || !num_u64_max(major, 99, &n) || (minor.p && !num_u64_max(minor, 99, &n)))
        return false;
    rest = slice_trim(rest);
    if (rest.n && !bits_is_text(rest, false))
        return false;
    if (out) {
        facts_put(out, "rsync.protocol", protocol);
        if (rest.n)
            facts_put(out, "rsync.digests", rest);
    }
    return true;
}

static bool rsync_recognise(struct slice in) {
    struct slice rest = in, line;
    return line_take(&rest, &line) && greeting(line, NULL);
}

static enum parse rsync_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct slice line;
    enum parse got = bits_first_line(in, end, SLICE("@RSYNCD: "), 512, &line);
    if (got != PARSE_DONE)
        return got;
    return greeting(line, out) ? PARSE_DONE : PARSE_NOT;
}

static const uint16_t rsync_ports[] = {873, 0};

static const struct parser_key rsync_keys[] = {
    {"rsync.protocol", "protocol version, 31.0"}, {"rsync.digests", "digests for passwords"}, {NULL, NULL}};

const struct parser parser_rsync = {
    .name = "rsync",
    .service = "rsync",
    .source = "rsync, csprotocol.txt",
    .transports = PARSER_TCP | PARSER_TLS,
    .greets = true,
    .rarity = 1,
    .ports = rsync_ports,
    .keys = rsync_keys,
    .recognise = rsync_recognise,
    .read = rsync_read,
};
