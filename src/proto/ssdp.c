/* SSDP, asked directly: the root device (UPnP Device Architecture 2.0 1.3.2, 1.3.3) */
#include "proto/binary.h"
#include "proto/lines.h"

static void ssdp_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put(ask, SLICE("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
                       "ST: upnp:rootdevice\r\n\r\n"));
}

static struct slice header(struct slice in, struct slice name) {
    struct slice line;
    while (line_last(&in, &line)) {
        size_t colon = slice_find(line, ':');
        if (slice_eq_nocase(slice_sub(line, 0, colon), name))
            return slice_trim(slice_skip(line, colon + 1));
    }
    return (struct slice){"", 0};
}

static bool ssdp_recognise(struct slice in) {
    return slice_starts_nocase(in, SLICE("HTTP/1.1 200 OK\r\n")) && is_text(in) && header(in, SLICE("ST")).n > 0 &&
           header(in, SLICE("USN")).n > 0;
}

static enum parse ssdp_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)end;
    (void)ask;
    if (!ssdp_recognise(in))
        return PARSE_NOT;
    facts_put_some(out, "ssdp.server", header(in, SLICE("SERVER")));
    facts_put_some(out, "ssdp.location", header(in, SLICE("LOCATION")));
    facts_put_some(out, "ssdp.target", header(in, SLICE("ST")));
    facts_put_some(out, "ssdp.name", header(in, SLICE("USN")));
    return PARSE_DONE;
}

static const uint16_t ssdp_ports[] = {1900, 0};

static const struct parser_key ssdp_keys[] = {{"ssdp.server", "operating system, UPnP version, product"},
                                              {"ssdp.location", "URL of its description"},
                                              {"ssdp.target", "what answered"},
                                              {"ssdp.name", "unique name of it"},
                                              {NULL, NULL}};

const struct parser parser_ssdp = {
    .name = "ssdp",
    .service = "upnp",
    .source = "UPnP Device Architecture 2.0 1.3",
    .transports = PARSER_UDP,
    .rarity = 5,
    .ports = ssdp_ports,
    .keys = ssdp_keys,
    .recognise = ssdp_recognise,
    .hello = ssdp_hello,
    .read = ssdp_read,
};
