/* SNMPv3: the discovery of the engine's id (RFC 3414 4). No community and no user is tried. */
#include "proto/asn1.h"
#include "proto/binary.h"
#include "proto/lines.h"

static void snmp_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("\x30\x3a\x02\x01\x03"
                       "\x30\x0f\x02\x02LL\x02\x03\x00\xff\xe3\x04\x01\x04\x02\x01\x03" /* id, size, reportable, USM */
                       "\x04\x10\x30\x0e\x04\x00\x02\x01\x00\x02\x01\x00\x04\x00\x04\x00\x04\x00"
                       "\x30\x12\x04\x00\x04\x00\xa0\x0c\x02\x02LL\x02\x01\x00\x02\x01\x00\x30\x00"));
}

/* A message of version 3 (RFC 3412 6) with the user-based model: its security parameters. */
static bool message(struct slice in, struct slice *security) {
    struct slice all, header, octets;
    uint64_t version, id, size, model;
    return asn1_take(&in, ASN1_SEQUENCE, &all) && asn1_take_number(&all, ASN1_INTEGER, &version) && version == 3 &&
           asn1_take(&all, ASN1_SEQUENCE, &header) && asn1_take_number(&header, ASN1_INTEGER, &id) && id == 0x4c4c &&
           asn1_take_number(&header, ASN1_INTEGER, &size) && asn1_take(&header, ASN1_OCTETS, &octets) &&
           asn1_take_number(&header, ASN1_INTEGER, &model) && model == 3 && asn1_take(&all, ASN1_OCTETS, &octets) &&
           asn1_take(&octets, ASN1_SEQUENCE, security);
}

static bool snmp_recognise(struct slice in) {
    struct slice security;
    return message(in, &security);
}

/* RFC 3411 5, SnmpEngineID: four bytes of enterprise, first bit set; then a format and what it names */
static void engine(struct slice id, struct facts *out) {
    facts_put_hex(out, "snmp.engine", id);
    struct rd r = rd_from(id);
    uint32_t enterprise = rd_u32(&r);
    uint8_t format = rd_u8(&r);
    if (r.bad)
        return;
    facts_put_u64(out, "snmp.enterprise", enterprise & 0x7fffffff);
    if (!(enterprise & 0x80000000))
        return;
    if (format == 1 || format == 2)
        facts_put_addr(out, "snmp.address", rd_rest(&r));
    else if (format == 3 && r.n == MAC_LEN)
        facts_put_hex(out, "snmp.mac", rd_rest(&r));
    else if (format == 4 && is_printable(rd_rest(&r)))
        facts_put(out, "snmp.text", rd_rest(&r));
}

static enum parse snmp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct slice security, id;
    uint64_t boots, time;
    (void)d;
    (void)end;
    (void)ask;
    if (!message(in, &security))
        return PARSE_NOT;
    facts_put_str(out, "snmp.version", "3");
    if (asn1_take(&security, ASN1_OCTETS, &id) && id.n >= 5 && id.n <= 32) {
        engine(id, out);
        if (asn1_take_number(&security, ASN1_INTEGER, &boots) && asn1_take_number(&security, ASN1_INTEGER, &time)) {
            facts_put_u64(out, "snmp.boots", boots);
            facts_put_u64(out, "snmp.uptime", time);
        }
    }
    return PARSE_DONE;
}

static const uint16_t snmp_ports[] = {161, 1161, 0};

static const struct parser_key snmp_keys[] = {
    {"snmp.version", "\"3\": it answers discovery"},
    {"snmp.engine", "engine id, hexadecimal (RFC 3411 5)"},
    {"snmp.enterprise", "private enterprise number in it: who made the agent"},
    {"snmp.address", "address in it"},
    {"snmp.mac", "MAC address in it, hexadecimal"},
    {"snmp.text", "text that the administrator put into it"},
    {"snmp.boots", "starts of the engine"},
    {"snmp.uptime", "seconds since its last start"},
    {NULL, NULL}};

const struct parser parser_snmp = {
    .name = "snmp",
    .service = "snmp",
    .source = "RFC 3411, RFC 3412, RFC 3414",
    .transports = PARSER_UDP,
    .rarity = 3,
    .ports = snmp_ports,
    .keys = snmp_keys,
    .recognise = snmp_recognise,
    .hello = snmp_hello,
    .read = snmp_read,
};
