/* Minetest: the empty first packet of a client, answered with a peer id (Minetest, doc/protocol.txt). Who answers
 * nothing more is forgotten. */
#include "proto/bits.h"
#include "proto/parser.h"

static void minetest_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("OEt\x03\x00\x00\x00\x01"));
}

#define ANSWER 14

static enum parse minetest_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;

    struct rd r = rd_of(in.p, in.n);
    uint32_t magic = rd_u32(&r);
    uint16_t sender = rd_u16(&r);
    uint8_t channel = rd_u8(&r), type = rd_u8(&r);
    rd_skip(&r, 2); /* sequence number */
    uint8_t inner = rd_u8(&r), control = rd_u8(&r);
    uint16_t peer = rd_u16(&r);
    (void)end;
    /* from the server (peer 1), reliable, control: set peer id */
    if (r.bad || in.n != ANSWER || magic != 0x4f457403 || sender != 1 || channel != 0 || type != 3 || inner != 0 ||
        control != 1 || peer < 2)
        return PARSE_NOT;
    facts_put_u64(out, "minetest.peer", peer);
    return PARSE_DONE;
}

static const uint16_t minetest_ports[] = {30000, 0};

static const struct parser_key minetest_keys[] = {{"minetest.peer", "the peer id that we got"}, {NULL, NULL}};

const struct parser parser_minetest = {
    .name = "minetest",
    .service = "minetest",
    .source = "Minetest, doc/protocol.txt",
    .transports = PARSER_UDP,
    .rarity = 7,
    .ports = minetest_ports,
    .keys = minetest_keys,
    .hello = minetest_hello,
    .read = minetest_read,
};
