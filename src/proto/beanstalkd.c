/* beanstalkd: the command "stats" (beanstalkd's doc/protocol.txt), answered with a YAML text that names the version. */
#include "base/num.h"
#include "proto/bits.h"
#include "proto/parser.h"

#define BODY_MAX 8192

static void beanstalkd_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put_str(ask, "stats\r\n");
}

static enum parse beanstalkd_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct slice line;
    uint64_t n;
    enum parse got = bits_first_line(in, end, SLICE("OK "), 32, &line);
    if (got != PARSE_DONE)
        return got;
    struct slice rest = slice_skip(in, slice_find(in, '\n') + 1);
    if (!num_u64_max(slice_skip(line, 3), BODY_MAX, &n))
        return PARSE_NOT;
    if (rest.n < n && !end)
        return PARSE_MORE;
    rest = slice_sub(rest, 0, (size_t)n);
    if (!slice_starts(rest, SLICE("---\n")) || !slice_has_exact(rest, SLICE("\ncurrent-jobs-ready: ")))
        return PARSE_NOT;
    struct slice version = slice_trim(bits_between(rest, SLICE("\nversion: "), SLICE("\n")));
    struct slice quoted = bits_between(version, SLICE("\""), SLICE("\""));
    if (version.p)
        facts_put(out, "beanstalkd.version", quoted.p ? quoted : version);
    struct slice host = bits_between(rest, SLICE("\nhostname: "), SLICE("\n"));
    if (host.n)
        facts_put(out, "beanstalkd.hostname", slice_trim(host));
    return PARSE_DONE;
}

static const uint16_t beanstalkd_ports[] = {11300, 0};

static const struct parser_key beanstalkd_keys[] = {
    {"beanstalkd.version", "version"}, {"beanstalkd.hostname", "name of the host"}, {NULL, NULL}};

const struct parser parser_beanstalkd = {
    .name = "beanstalkd",
    .service = "beanstalkd",
    .source = "beanstalkd, doc/protocol.txt",
    .transports = PARSER_TCP,
    .rarity = 7,
    .ports = beanstalkd_ports,
    .keys = beanstalkd_keys,
    .hello = beanstalkd_hello,
    .read = beanstalkd_read,
};
