/* Kafka: the request ApiVersions, which needs no login (Apache Kafka protocol guide, "ApiVersions"). */
#include "proto/bits.h"
#include "proto/parser.h"

static void kafka_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\0\0\0\x12\0\x12\0\0lead\0\x08leadline"));
}

#define ANSWER_MAX 8192
#define CORRELATION UINT32_C(0x6c656164)

static enum parse kafka_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct rd r = rd_of(in.p, in.n);
    uint32_t size = rd_u32(&r), correlation = rd_u32(&r);
    uint16_t error = rd_u16(&r);
    uint32_t n = rd_u32(&r);
    if (in.n >= 8 && (size < 16 || size > ANSWER_MAX || correlation != CORRELATION))
        return PARSE_NOT;
    if (r.bad || in.n < size + 4U)
        return end || in.n > ANSWER_MAX ? PARSE_NOT : PARSE_MORE;
    if (error != 0 || n == 0 || size != 10U + 6U * (uint64_t)n)
        return PARSE_NOT;
    unsigned highest = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint16_t key = rd_u16(&r), least = rd_u16(&r), most = rd_u16(&r);
        if (least > most)
            return PARSE_NOT;
        highest = key > highest ? key : highest;
        if (key == 18)
            facts_put_u64(out, "kafka.api_versions", most);
    }
    facts_put_u64(out, "kafka.apis", n);
    facts_put_u64(out, "kafka.highest_api", highest);
    return PARSE_DONE;
}

static const uint16_t kafka_ports[] = {9092, 0};
static const uint16_t kafka_tls_ports[] = {9093, 0};

static const struct parser_key kafka_keys[] = {{"kafka.apis", "number of request kinds"},
                                               {"kafka.highest_api", "highest of them"},
                                               {"kafka.api_versions", "newest version of ApiVersions"},
                                               {NULL, NULL}};

const struct parser parser_kafka = {
    .name = "kafka",
    .service = "kafka",
    .source = "Apache Kafka protocol guide",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 7,
    .ports = kafka_ports,
    .tls_ports = kafka_tls_ports,
    .keys = kafka_keys,
    .hello = kafka_hello,
    .read = kafka_read,
};
