/* Modbus/TCP: Read Device Identification, basic (Modbus application protocol V1.1b3, 6.21; Modbus messaging on
 * TCP/IP, 3.1). It only reads; a device that does not know it says so with an exception. */
#include "proto/bits.h"
#include "proto/parser.h"

static void modbus_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("LL\0\0\0\5\1\x2b\x0e\1\0"));
}

#define TRANSACTION 0x4c4c
#define UNIT 1
#define ADU_MAX 260

static bool objects(struct rd *r, struct facts *out) {
    static const char *const keys[] = {"modbus.vendor", "modbus.product", "modbus.revision"};
    rd_skip(r, 3); /* conformity, more follows, next object */
    uint8_t n = rd_u8(r);
    for (unsigned i = 0; i < n && !r->bad; i++) {
        uint8_t id = rd_u8(r), length = rd_u8(r);
        const uint8_t *p = rd_bytes(r, length);
        if (p && id < LL_COUNT(keys))
            facts_put(out, keys[id], (struct slice){(const char *)p, length});
    }
    return !r->bad && n > 0;
}

static enum parse modbus_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct rd r = rd_of(in.p, in.n);
    uint16_t transaction = rd_u16(&r), protocol = rd_u16(&r), length = rd_u16(&r);
    uint8_t unit = rd_u8(&r), function = rd_u8(&r);
    if (in.n >= 2 && (uint8_t)in.p[0] != (TRANSACTION >> 8))
        return PARSE_NOT;
    if (r.bad)
        return end ? PARSE_NOT : PARSE_MORE;
    if (transaction != TRANSACTION || protocol != 0 || length < 3 || length > ADU_MAX || unit != UNIT)
        return PARSE_NOT;
    if (in.n < 6U + length)
        return end ? PARSE_NOT : PARSE_MORE;
    r = rd_of(in.p + 8, length - 2U); /* behind unit and function */
    uint8_t code = rd_u8(&r);
    if (function == 0xab && length == 3 && code >= 1 && code <= 11) {
        facts_put_u64(out, "modbus.exception", code);
        return PARSE_DONE;
    }
    if (function != 0x2b || code != 0x0e || length < 9 || rd_u8(&r) != 1)
        return PARSE_NOT;
    return objects(&r, out) ? PARSE_DONE : PARSE_NOT;
}

static const uint16_t modbus_ports[] = {502, 0};

static const struct parser_key modbus_keys[] = {{"modbus.vendor", "vendor"},
                                                {"modbus.product", "product code"},
                                                {"modbus.revision", "revision"},
                                                {"modbus.exception", "code of the refusal"},
                                                {NULL, NULL}};

const struct parser parser_modbus = {
    .name = "modbus",
    .service = "modbus",
    .source = "Modbus application protocol V1.1b3",
    .transports = PARSER_TCP,
    .rarity = 8,
    .ports = modbus_ports,
    .keys = modbus_keys,
    .hello = modbus_hello,
    .read = modbus_read,
};
