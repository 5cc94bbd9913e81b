/* NRPE: the query "_NRPE_CHECK" in a packet of version 2, which every server answers with its version and which runs
 * nothing (NRPE, docs/NRPE.pdf and its protocol header). Usual servers speak it inside TLS. */
#include "proto/bits.h"
#include "proto/parser.h"

#define PACKET 1036 /* version, type, CRC, result, text of 1024 bytes, two more */
#define TEXT 1024
#define TEXT_AT 10

/* CRC-32 as in IEEE 802.3, over the packet with zeros in its place. */
static uint32_t crc32_of(const uint8_t *p, size_t n) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (unsigned k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
    }
    return ~crc;
}

static void nrpe_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    uint8_t p[PACKET] = {0, 2, 0, 1}; /* version 2, query */
    static const char check[] = "_NRPE_CHECK";
    memcpy(p + TEXT_AT, check, sizeof check);
    uint32_t crc = crc32_of(p, sizeof p);
    for (size_t i = 0; i < 4; i++)
        p[4 + i] = (uint8_t)(crc >> (24 - 8 * i));
    (void)buf_put(ask, (struct slice){(const char *)p, sizeof p});
}

static bool response(struct slice in, struct slice *text) {
    struct rd r = rd_of(in.p, in.n);
    uint16_t version = rd_u16(&r), type = rd_u16(&r);
    if (in.n != PACKET || version != 2 || type != 2)
        return false;
    uint8_t p[PACKET];
    memcpy(p, in.p, sizeof p);
    uint32_t crc = 0;
    for (size_t i = 4; i < 8; i++) {
        crc = crc << 8 | p[i];
        p[i] = 0;
    }
    *text = slice_sub(in, TEXT_AT, TEXT);
    *text = slice_sub(*text, 0, slice_find(*text, '\0'));
    return crc32_of(p, sizeof p) == crc && bits_is_text(*text, true);
}

static bool nrpe_recognise(struct slice in) {
    struct slice text;
    return response(in, &text);
}

static enum parse nrpe_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct slice start = SLICE("\x00\x02\x00\x02"), text;
    if (!slice_starts(start, slice_sub(in, 0, start.n)) || in.n > PACKET)
        return PARSE_NOT;
    if (in.n < PACKET)
        return end ? PARSE_NOT : PARSE_MORE;
    if (!response(in, &text))
        return PARSE_NOT;
    facts_put(out, "nrpe.text", text);
    return PARSE_DONE;
}

static const uint16_t nrpe_ports[] = {5666, 0};
static const uint16_t nrpe_tls_ports[] = {5666, 5667, 0}; /* 5667 is NSCA's, but where TLS is there it is not that */

static const struct parser_key nrpe_keys[] = {{"nrpe.text", "NRPE v and its version"}, {NULL, NULL}};

const struct parser parser_nrpe = {
    .name = "nrpe",
    .service = "nrpe",
    .source = "NRPE, protocol header",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 8,
    .ports = nrpe_ports,
    .tls_ports = nrpe_tls_ports,
    .keys = nrpe_keys,
    .recognise = nrpe_recognise,
    .hello = nrpe_hello,
    .read = nrpe_read,
};
