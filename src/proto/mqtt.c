/* MQTT 3.1.1: CONNECT with an empty client id and a clean session, without a name or a password (OASIS MQTT 3.1.1, 3.1,
 * 3.2). Where that is accepted, brokers that publish their version below $SYS are asked for it: a subscription, gone
 * with the connection. */
#include "proto/bits.h"
#include "proto/parser.h"

#define PACKET_MAX 2048
#define TOPIC "$SYS/broker/version"

static void mqtt_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    /* CONNECT, "MQTT" level 4, clean session, keep alive 30 s, client id "" */
    (void)buf_put(ask, SLICE("\x10\x0c\x00\x04MQTT\x04\x02\x00\x1e\x00\x00"));
}

static bool is_connack(struct slice in) {
    return in.n >= 4 && in.p[0] == 0x20 && in.p[1] == 2 && (in.p[2] == 0 || (in.p[2] == 1 && in.p[3] == 0)) &&
           (uint8_t)in.p[3] <= 5;
}

/* Remaining length (2.2.3): seven bits a byte, least first. False: more bytes are needed, or too long. */
static bool packet(struct slice *rest, uint8_t *type, struct slice *body) {
    struct rd r = rd_of(rest->p, rest->n);
    uint32_t n = 0;
    *type = rd_u8(&r);
    for (unsigned i = 0; i < 2; i++) {
        uint8_t b = rd_u8(&r);
        n |= (b & 127U) << (7 * i);
        if (!(b & 128))
            break;
        if (i == 1)
            return false;
    }
    const uint8_t *p = rd_bytes(&r, n);
    if (!p || n > PACKET_MAX)
        return false;
    *body = (struct slice){(const char *)p, n};
    *rest = (struct slice){(const char *)r.p, r.n};
    return true;
}

/* What came after SUBSCRIBE: SUBACK and the retained PUBLISH, in any order. */
static enum parse read_version(struct slice in, bool end, struct facts *out) {
    in = slice_sub(in, 0, PACKET_MAX);
    struct slice rest = in, body;
    uint8_t type;
    while (rest.n && packet(&rest, &type, &body)) {
        struct rd r = rd_of(body.p, body.n);
        if (type == 0x90 && body.n == 3 && (uint8_t)body.p[2] == 0x80)
            return PARSE_DONE; /* not allowed */
        if ((type & 0xf0) != 0x30)
            continue;
        uint16_t n = rd_u16(&r);
        const uint8_t *topic = rd_bytes(&r, n);
        if (!topic || !slice_eq((struct slice){(const char *)topic, n}, SLICE(TOPIC)))
            continue;
        if (type & 6)
            rd_skip(&r, 2); /* packet identifier of QoS 1 and 2 */
        if (r.bad)
            return PARSE_DONE;
        facts_put(out, "mqtt.broker", (struct slice){(const char *)r.p, r.n});
        return PARSE_DONE;
    }
    return end || in.n == PACKET_MAX ? PARSE_DONE : PARSE_MORE;
}

static enum parse mqtt_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    if (d->asked > 1)
        return read_version(in, end, out);
    if (in.n < 4)
        return !end && (in.n == 0 || in.p[0] == 0x20) ? PARSE_MORE : PARSE_NOT;
    if (!is_connack(in))
        return PARSE_NOT;
    facts_put_u64(out, "mqtt.code", (uint8_t)in.p[3]);
    if (in.p[3] != 0)
        return PARSE_DONE;
    /* SUBSCRIBE, packet 1, QoS 0 */
    (void)buf_put(ask, SLICE("\x82\x18\x00\x01\x00\x13" TOPIC "\x00"));
    d->used = 4;
    return PARSE_ASK;
}

static const uint16_t mqtt_ports[] = {1883, 0};
static const uint16_t mqtt_tls_ports[] = {8883, 0};

static const struct parser_key mqtt_keys[] = {{"mqtt.code", "return code of CONNACK: 0 accepted, 5 not authorized ..."},
                                              {"mqtt.broker", "what the broker publishes as " TOPIC},
                                              {NULL, NULL}};

const struct parser parser_mqtt = {
    .name = "mqtt",
    .service = "mqtt",
    .source = "OASIS MQTT 3.1.1",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 4,
    .ports = mqtt_ports,
    .tls_ports = mqtt_tls_ports,
    .keys = mqtt_keys,
    .hello = mqtt_hello,
    .read = mqtt_read,
};
