/* NetBIOS name service: node status (RFC 1002 4.2.17, 4.2.18), the names that a host goes by. */
#include "proto/binary.h"

#define NAMES_MAX 40

static void netbios_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("LL\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x20"
                       "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" /* "*" and fifteen zeros (RFC 1001 14.1) */
                       "\x00\x00\x21\x00\x01"));
}

/* One answer of type NBSTAT to the name above; *data is its count of names and what follows. */
static bool status(struct slice in, struct rd *data) {
    struct rd r = rd_from(in);
    uint16_t id = rd_u16(&r), flags = rd_u16(&r), questions = rd_u16(&r), answers = rd_u16(&r);
    rd_skip(&r, 4);
    struct slice name = rd_slice(&r, 34);
    uint16_t type = rd_u16(&r), class = rd_u16(&r);
    rd_skip(&r, 4);
    *data = rd_sub(&r, rd_u16(&r));
    return !r.bad && id == 0x4c4c && (flags & 0xf80f) == 0x8000 && questions == 0 && answers == 1 &&
           slice_starts(name, SLICE("\x20"
                                    "CKAAAA")) &&
           type == 0x21 && class == 1 && data->n >= 1;
}

static bool netbios_recognise(struct slice in) {
    struct rd data;
    return status(in, &data);
}

static enum parse netbios_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)end;
    (void)ask;
    struct rd r;
    if (!status(in, &r))
        return PARSE_NOT;
    for (unsigned n = rd_u8(&r), i = 0; i < n && i < NAMES_MAX; i++) {
        struct slice name = slice_trim(rd_slice(&r, 15));
        uint8_t suffix = rd_u8(&r);
        bool group = rd_u16(&r) & 0x8000;
        if (r.bad)
            return PARSE_DONE;
        /* Suffixes: 00 of a unique name is the computer, of a group the domain; 03 messenger, 20 file server */
        const char *key = suffix == 0                        ? (group ? "netbios.group" : "netbios.name")
                          : suffix == 0x20 && !group         ? "netbios.server"
                          : suffix == 0x1b || suffix == 0x1c ? "netbios.domain"
                                                             : "netbios.other";
        facts_put(out, key, name);
    }
    struct slice unit = rd_slice(&r, MAC_LEN); /* statistics begin with the unit id */
    if (unit.n == MAC_LEN)
        facts_put_hex(out, "netbios.mac", unit);
    return PARSE_DONE;
}

static const uint16_t netbios_ports[] = {137, 0};

static const struct parser_key netbios_keys[] = {{"netbios.name", "the computer's name"},
                                                 {"netbios.group", "its workgroup or domain"},
                                                 {"netbios.server", "name under which it serves files"},
                                                 {"netbios.domain", "domain that it controls or browses"},
                                                 {"netbios.other", "any other name"},
                                                 {"netbios.mac", "unit id, mostly the MAC address, hexadecimal"},
                                                 {NULL, NULL}};

const struct parser parser_netbios = {
    .name = "netbios",
    .service = "netbios-ns",
    .source = "RFC 1002 4.2.17, 4.2.18",
    .transports = PARSER_UDP,
    .rarity = 3,
    .ports = netbios_ports,
    .keys = netbios_keys,
    .recognise = netbios_recognise,
    .hello = netbios_hello,
    .read = netbios_read,
};
