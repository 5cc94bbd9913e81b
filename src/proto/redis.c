/* Redis and what speaks its protocol (Redis serialization protocol): PING, then INFO of the section "server". */
#include "base/num.h"
#include "proto/bits.h"
#include "proto/parser.h"

#define ANSWER_MAX 16384
#define LINE_MAX 4096

static void redis_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put_str(ask, "PING\r\n");
}

/* Refusals whose words are Redis's own. */
static bool is_refusal(struct slice line) {
    return slice_starts(line, SLICE("-NOAUTH ")) ||
           (slice_starts(line, SLICE("-DENIED ")) && slice_has_exact(line, SLICE(" is running in protected mode"))) ||
           slice_starts(line, SLICE("-LOADING ")) || slice_starts(line, SLICE("-NOPERM ")) ||
           slice_starts(line, SLICE("-MASTERDOWN ")) || slice_starts(line, SLICE("-ERR operation not permitted")) ||
           slice_starts(line, SLICE("-ERR Client sent AUTH")) || slice_starts(line, SLICE("-ERR unknown command")) ||
           slice_starts(line, SLICE("-ERR max number of clients reached"));
}

static bool redis_recognise(struct slice in) {
    struct slice rest = in, line;
    return line_take(&rest, &line) && rest.n == 0 && !slice_starts(line, SLICE("-ERR unknown command")) &&
           is_refusal(line);
}

static const struct key_of {
    const char *line, *key;
} info_keys[] = {{"redis_version", "redis.version"},
                 {"redis_mode", "redis.mode"},
                 {"os", "redis.os"},
                 {"arch_bits", "redis.bits"},
                 {"server_name", "redis.server_name"},
                 {"valkey_version", "redis.valkey_version"},
                 {"dragonfly_version", "redis.dragonfly"},
                 {"kvrocks_version", "redis.kvrocks"},
                 {"redict_version", "redis.redict_version"},
                 {"server_mode", "redis.mode"}};

static void info(struct slice text, struct facts *out) {
    struct slice line;
    while (line_take(&text, &line)) {
        struct slice rest = line, name;
        if (!slice_split(&rest, ':', &name) || !rest.p)
            continue;
        for (size_t i = 0; i < LL_COUNT(info_keys); i++)
            if (slice_eq(name, slice_of(info_keys[i].line)))
                facts_put(out, info_keys[i].key, rest);
    }
}

/* "$LENGTH CR LF bytes CR LF"; after PING was answered nothing that comes can make it another protocol. */
static enum parse read_info(struct slice in, bool end, struct facts *out) {
    in = slice_sub(in, 0, ANSWER_MAX);
    struct slice rest = in, line;
    if (!line_take(&rest, &line))
        return end || in.n == ANSWER_MAX ? PARSE_DONE : PARSE_MORE;
    uint64_t n;
    if (line.n && line.p[0] == '-')
        facts_put(out, "redis.error", slice_skip(line, 1));
    if (!line.n || line.p[0] != '$' || !num_u64_max(slice_skip(line, 1), ANSWER_MAX, &n))
        return PARSE_DONE;
    if (rest.n < n && !end && in.n < ANSWER_MAX)
        return PARSE_MORE;
    info(slice_sub(rest, 0, (size_t)n), out);
    return PARSE_DONE;
}

static enum parse redis_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    if (d->asked > 1)
        return read_info(in, end, out);
    struct slice rest = slice_sub(in, 0, LINE_MAX), line;
    if (in.n && in.p[0] != '+' && in.p[0] != '-')
        return PARSE_NOT;
    if (!line_take(&rest, &line))
        return end || in.n >= LINE_MAX ? PARSE_NOT : PARSE_MORE;
    if (is_refusal(line)) {
        facts_put(out, "redis.error", slice_skip(line, 1));
        return PARSE_DONE;
    }
    if (!slice_eq(line, SLICE("+PONG")))
        return PARSE_NOT;
    (void)buf_put_str(ask, "INFO server\r\n");
    return PARSE_ASK;
}

static const uint16_t redis_ports[] = {6379, 6380, 26379, 0};

static const struct parser_key redis_keys[] = {
    {"redis.version", "version of Redis, or the one that it claims to be like"},
    {"redis.mode", "standalone, sentinel or cluster"},
    {"redis.os", "operating system, kernel and machine"},
    {"redis.bits", "width of the machine's words"},
    {"redis.server_name", "name of a relative: valkey"},
    {"redis.valkey_version", "version of Valkey"},
    {"redis.redict_version", "version of Redict"},
    {"redis.dragonfly", "version of Dragonfly"},
    {"redis.kvrocks", "version of Kvrocks"},
    {"redis.error", "the refusal: NOAUTH, DENIED ..."},
    {NULL, NULL}};

const struct parser parser_redis = {
    .name = "redis",
    .service = "redis",
    .source = "Redis serialization protocol specification",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 3,
    .ports = redis_ports,
    .tls_ports = redis_ports,
    .keys = redis_keys,
    .recognise = redis_recognise,
    .hello = redis_hello,
    .read = redis_read,
};
