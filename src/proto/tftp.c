/* TFTP: a read request for a file that is not there (RFC 1350). The answer comes from another port (4). */
#include "proto/binary.h"

static void tftp_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("\x00\x01leadline-no-such-file\x00octet\x00"));
}

/* ERROR with one of the codes of RFC 1350 and RFC 2347 4, and a text that ends with the datagram */
static bool error_of(struct slice in, uint16_t *code, struct slice *text) {
    struct rd r = rd_from(in);
    uint16_t operation = rd_u16(&r);
    *code = rd_u16(&r);
    struct slice rest = rd_rest(&r);
    if (r.bad || operation != 5 || *code > 8 || rest.n < 2 || rest.n > 512 || rest.p[rest.n - 1] != 0)
        return false;
    *text = slice_sub(rest, 0, rest.n - 1);
    return is_printable(*text);
}

static bool tftp_recognise(struct slice in) {
    uint16_t code;
    struct slice text;
    return error_of(in, &code, &text);
}

static enum parse tftp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)end;
    (void)ask;
    uint16_t code;
    struct slice text;
    if (!error_of(in, &code, &text))
        return PARSE_NOT;
    facts_put_u64(out, "tftp.error", code);
    facts_put(out, "tftp.text", text);
    return PARSE_DONE;
}

static const uint16_t tftp_ports[] = {69, 0};

static const struct parser_key tftp_keys[] = {
    {"tftp.error", "error code (RFC 1350, appendix I)"}, {"tftp.text", "text of the error"}, {NULL, NULL}};

const struct parser parser_tftp = {
    .name = "tftp",
    .service = "tftp",
    .source = "RFC 1350",
    .transports = PARSER_UDP,
    .answers_elsewhere = true,
    .rarity = 6,
    .ports = tftp_ports,
    .keys = tftp_keys,
    .recognise = tftp_recognise,
    .hello = tftp_hello,
    .read = tftp_read,
};
