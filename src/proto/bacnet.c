/* BACnet/IP (ISO 16484-5, ASHRAE 135 annex J): the device says its number, then maker, model and versions. */
#include "proto/binary.h"

static const struct {
    uint8_t property; /* clause 21, BACnetPropertyIdentifier */
    const char *key;
} questions[] = {{75, "bacnet.device"},   {121, "bacnet.vendor"},  {70, "bacnet.model"},
                 {44, "bacnet.firmware"}, {12, "bacnet.software"}, {77, "bacnet.name"}};

/* ReadProperty of device 4194303, which means whoever is asked (15.5, 20.1.2) */
static void ask_property(struct dialogue *d, struct buf *ask) {
    buf_put(ask, SLICE("\x81\x0a\x00\x11\x01\x04\x00\x05\x01\x0c\x0c\x02\x3f\xff\xff\x19"));
    ask_uint(ask, questions[d->memo[0]].property, 1);
}

static void bacnet_hello(struct dialogue *d, struct buf *ask) {
    ask_property(d, ask);
}

enum { COMPLEX_ACK = 3, ERROR = 5, REJECT = 6, ABORT = 7 };

/* BVLC (annex J.2), NPDU (6.2) and the begin of an answer to request 1 */
static bool answer(struct slice in, uint8_t *type, struct rd *rest) {
    struct rd r = rd_from(in);
    uint8_t link = rd_u8(&r), function = rd_u8(&r);
    uint16_t n = rd_u16(&r);
    if (function == 4)
        rd_skip(&r, 6); /* forwarded */
    uint8_t version = rd_u8(&r), control = rd_u8(&r);
    if (control & 0x20) { /* destination */
        rd_skip(&r, 2);
        rd_skip(&r, rd_u8(&r));
    }
    if (control & 0x08) { /* source */
        rd_skip(&r, 2);
        rd_skip(&r, rd_u8(&r));
    }
    if (control & 0x20)
        rd_skip(&r, 1);
    uint8_t head = rd_u8(&r), id = rd_u8(&r);
    *type = head >> 4;
    bool service = *type == REJECT || *type == ABORT || rd_u8(&r) == 0x0c;
    *rest = r;
    return !r.bad && link == 0x81 && (function == 4 || function == 10 || function == 11) && n == in.n && version == 1 &&
           !(control & 0x80) && *type >= COMPLEX_ACK && *type <= ABORT && *type != 4 && id == 1 && service;
}

static bool bacnet_recognise(struct slice in) {
    uint8_t type;
    struct rd rest;
    return answer(in, &type, &rest) && type == COMPLEX_ACK && slice_starts(rd_rest(&rest), SLICE("\x0c\x02"));
}

/* Object (context 0), property (1), [array index (2)], value between the tags 3e and 3f (20.2) */
static void value(struct rd r, struct facts *out) {
    rd_skip(&r, 5 + 1);
    uint8_t property = rd_u8(&r);
    uint8_t open = rd_u8(&r), tag = rd_u8(&r);
    size_t n = tag & 7;
    if (n == 5)
        n = rd_u8(&r);
    if (n == 254)
        n = rd_u16(&r);
    struct slice v = rd_slice(&r, n);
    if (r.bad || open != 0x3e || n == 0)
        return;
    for (size_t i = 0; i < LL_COUNT(questions); i++) {
        if (questions[i].property != property)
            continue;
        if (tag >> 4 == 12 && n == 4) { /* object identifier: ten bits of type, 22 of number */
            struct rd id = rd_from(v);
            facts_put_u64(out, questions[i].key, rd_u32(&id) & 0x3fffff);
        } else if (tag >> 4 == 7 && v.p[0] == 0) { /* character string in UTF-8 */
            facts_put(out, questions[i].key, slice_skip(v, 1));
        }
    }
}

static enum parse bacnet_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)end;
    uint8_t type;
    struct rd rest;
    if (!answer(in, &type, &rest))
        return d->memo[1] ? PARSE_DONE : PARSE_NOT;
    d->memo[1] = 1;
    if (type == COMPLEX_ACK)
        value(rest, out);
    if (d->memo[0] + 1 >= LL_COUNT(questions))
        return PARSE_DONE;
    d->memo[0]++;
    ask_property(d, ask);
    return PARSE_ASK;
}

static const uint16_t bacnet_ports[] = {47808, 0};

static const struct parser_key bacnet_keys[] = {{"bacnet.device", "number of the device"},
                                                {"bacnet.vendor", "its maker"},
                                                {"bacnet.model", "model"},
                                                {"bacnet.firmware", "version of the firmware"},
                                                {"bacnet.software", "version of the application"},
                                                {"bacnet.name", "name of the device"},
                                                {NULL, NULL}};

const struct parser parser_bacnet = {
    .name = "bacnet",
    .service = "bacnet",
    .source = "ISO 16484-5 (ASHRAE 135) 6.2, 15.5, 20.1, annex J",
    .transports = PARSER_UDP,
    .rarity = 7,
    .ports = bacnet_ports,
    .keys = bacnet_keys,
    .recognise = bacnet_recognise,
    .hello = bacnet_hello,
    .read = bacnet_read,
};
