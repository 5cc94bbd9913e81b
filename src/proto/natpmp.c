/* NAT-PMP: which is the external address? (RFC 6886 3.2) */
#include "proto/binary.h"

static void natpmp_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("\x00\x00"));
}

static enum parse natpmp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)end;
    (void)ask;
    struct rd r = rd_from(in);
    uint8_t version = rd_u8(&r), operation = rd_u8(&r);
    if (r.bad || operation != 0x80)
        return PARSE_NOT;
    if (version == 2 && in.n >= 24 && in.n % 4 == 0) { /* PCP answers requests of other versions (RFC 6887 9) */
        facts_put_str(out, "natpmp.version", "PCP");
        return PARSE_DONE;
    }
    uint16_t result = rd_u16(&r);
    uint32_t epoch = rd_u32(&r);
    if (r.bad || version != 0 || result > 5 || (in.n != 12 && !(in.n == 8 && result != 0)))
        return PARSE_NOT;
    facts_put_str(out, "natpmp.version", "NAT-PMP");
    facts_put_u64(out, "natpmp.result", result);
    facts_put_u64(out, "natpmp.uptime", epoch);
    if (result == 0)
        facts_put_addr(out, "natpmp.address", rd_rest(&r));
    return PARSE_DONE;
}

static const uint16_t natpmp_ports[] = {5351, 0};

static const struct parser_key natpmp_keys[] = {{"natpmp.version", "NAT-PMP or PCP"},
                                                {"natpmp.result", "result code (RFC 6886 3.5)"},
                                                {"natpmp.uptime", "seconds since its table of mappings began"},
                                                {"natpmp.address", "external IPv4 address"},
                                                {NULL, NULL}};

const struct parser parser_natpmp = {
    .name = "natpmp",
    .service = "nat-pmp",
    .source = "RFC 6886 3.2, RFC 6887 9",
    .transports = PARSER_UDP,
    .rarity = 7,
    .ports = natpmp_ports,
    .keys = natpmp_keys,
    .hello = natpmp_hello,
    .read = natpmp_read,
};
