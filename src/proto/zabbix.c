/* Zabbix: the item agent.version in the header "ZBXD" (Zabbix manual, "Header"). Agents answer only addresses that they
 * are told of; servers answer with a JSON object. */
#include "proto/bits.h"
#include "proto/parser.h"

static void zabbix_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("ZBXD\x01\x0d\0\0\0\0\0\0\0"
                             "agent.version"));
}

#define HEAD 13
#define DATA_MAX 4096

static bool body_of(struct slice in, struct slice *body, bool *possible) {
    struct slice start = SLICE("ZBXD\x01");
    struct rd r = rd_of(in.p, in.n);
    rd_skip(&r, start.n);
    uint64_t n = rd_little(&r, 8);
    *possible = slice_starts(start, slice_sub(in, 0, start.n)) && (r.bad || n <= DATA_MAX);
    if (!*possible || r.bad || r.n < n)
        return false;
    *body = slice_sub(in, HEAD, (size_t)n);
    return true;
}

static bool zabbix_recognise(struct slice in) {
    struct slice body;
    bool possible;
    return body_of(in, &body, &possible) && in.n == HEAD + body.n;
}

static enum parse zabbix_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct slice body;
    bool possible;
    if (!body_of(in, &body, &possible))
        return possible && !end ? PARSE_MORE : PARSE_NOT;
    if (slice_starts(body, SLICE("{"))) {
        facts_put(out, "zabbix.response", bits_json(body, SLICE("response")));
        facts_put(out, "zabbix.info", bits_json(body, SLICE("info")));
    } else if (body.n && body.p[0] >= '0' && body.p[0] <= '9') {
        facts_put(out, "zabbix.version", body);
    } else {
        facts_put(out, "zabbix.text", body);
    }
    return PARSE_DONE;
}

static const uint16_t zabbix_ports[] = {10050, 10051, 0};

static const struct parser_key zabbix_keys[] = {{"zabbix.version", "version of the agent"},
                                                {"zabbix.response", "answer of a server: failed"},
                                                {"zabbix.info", "why"},
                                                {"zabbix.text", "another answer: ZBX_NOTSUPPORTED ..."},
                                                {NULL, NULL}};

const struct parser parser_zabbix = {
    .name = "zabbix",
    .service = "zabbix-agent",
    .source = "Zabbix manual, header",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 7,
    .ports = zabbix_ports,
    .keys = zabbix_keys,
    .recognise = zabbix_recognise,
    .hello = zabbix_hello,
    .read = zabbix_read,
};
