/* XDMCP: is a display manager willing? (X Display Manager Control Protocol 1.1, Query) */
#include "proto/binary.h"

static void xdmcp_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("\x00\x01\x00\x02\x00\x01\x00"));
}

static struct slice array8(struct rd *r) {
    size_t n = rd_u16(r);
    return rd_slice(r, n);
}

/* Willing (5): authentication, host name, status; Unwilling (6): host name, status */
static bool answer(struct slice in, bool *willing, struct slice *host, struct slice *status) {
    struct rd r = rd_from(in);
    uint16_t version = rd_u16(&r), operation = rd_u16(&r), n = rd_u16(&r);
    if (r.bad || version != 1 || (operation != 5 && operation != 6) || n != r.n)
        return false;
    *willing = operation == 5;
    if (*willing)
        (void)array8(&r);
    *host = array8(&r);
    *status = array8(&r);
    return !r.bad && r.n == 0 && (host->n == 0 || is_printable(*host));
}

static bool xdmcp_recognise(struct slice in) {
    bool willing;
    struct slice host, status;
    return answer(in, &willing, &host, &status);
}

static enum parse xdmcp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)end;
    (void)ask;
    bool willing;
    struct slice host, status;
    if (!answer(in, &willing, &host, &status))
        return PARSE_NOT;
    facts_put_str(out, "xdmcp.answer", willing ? "willing" : "unwilling");
    facts_put(out, "xdmcp.host", host);
    facts_put(out, "xdmcp.status", status);
    return PARSE_DONE;
}

static const uint16_t xdmcp_ports[] = {177, 0};

static const struct parser_key xdmcp_keys[] = {{"xdmcp.answer", "willing or unwilling to manage a display"},
                                               {"xdmcp.host", "host name"},
                                               {"xdmcp.status", "status text"},
                                               {NULL, NULL}};

const struct parser parser_xdmcp = {
    .name = "xdmcp",
    .service = "xdmcp",
    .source = "X Display Manager Control Protocol 1.1",
    .transports = PARSER_UDP,
    .rarity = 7,
    .ports = xdmcp_ports,
    .keys = xdmcp_keys,
    .recognise = xdmcp_recognise,
    .hello = xdmcp_hello,
    .read = xdmcp_read,
};
