/* MySQL and its relatives: the server's first packet (MySQL internals manual, "Protocol::Handshake"; MariaDB knowledge
 * base, "connection phase"). Nothing is asked: the greeting tells all. */
#include "proto/bits.h"
#include "proto/parser.h"

#define HEAD 4            /* length (3, little-endian), sequence number */
#define PACKET_MAX 1024   /* greetings and errors are shorter */
#define CLIENT_SSL 0x800U /* capability: TLS can be asked for */
#define CLIENT_PLUGIN_AUTH 0x80000U

/* The body of the first packet when all of it is there. */
static bool body_of(struct slice in, struct slice *body, bool *possible) {
    struct rd r = rd_of(in.p, in.n);
    uint64_t n = rd_little(&r, 3);
    uint8_t sequence = rd_u8(&r), kind = rd_u8(&r);
    *possible = r.bad || (n >= 8 && n <= PACKET_MAX && sequence == 0 && (kind == 9 || kind == 10 || kind == 0xff));
    if (r.bad || !*possible || in.n < HEAD + n)
        return false;
    *body = slice_sub(in, HEAD, (size_t)n);
    return true;
}

static struct slice until_nul(struct rd *r) {
    struct slice s = {(const char *)r->p, r->n};
    size_t n = slice_find(s, '\0');
    rd_skip(r, n + 1);
    return r->bad ? (struct slice){0} : slice_sub(s, 0, n);
}

/* Code and text; servers that speak the 4.1 protocol put "#" and five bytes of SQL state between. */
static bool error_packet(struct slice body, struct facts *out) {
    struct rd r = rd_of(body.p + 1, body.n - 1);
    uint64_t code = rd_little(&r, 2);
    struct slice text = slice_skip(body, 3);
    if (text.n > 6 && text.p[0] == '#')
        text = slice_skip(text, 6);
    if (r.bad || code < 1000 || code > 4999 || !bits_is_text(text, true))
        return false;
    if (out) {
        facts_put_u64(out, "mysql.error", code);
        facts_put(out, "mysql.message", text);
    }
    return true;
}

static bool version_is_sane(struct slice v) {
    return v.n >= 3 && v.n < 128 && v.p[0] >= '0' && v.p[0] <= '9' && slice_find(v, '.') < 4 && bits_is_text(v, false);
}

static bool greeting(struct slice body, struct facts *out) {
    struct rd r = rd_of(body.p, body.n);
    uint8_t protocol = rd_u8(&r);
    struct slice version = until_nul(&r);
    rd_skip(&r, 4 + 8 + 1); /* thread, salt, filler */
    if (r.bad || !version_is_sane(version))
        return false;
    if (!out)
        return true;
    facts_put(out, "mysql.version", version);
    facts_put_u64(out, "mysql.protocol", protocol);
    if (protocol != 10)
        return true;
    uint32_t capabilities = (uint32_t)rd_little(&r, 2);
    rd_skip(&r, 1 + 2); /* character set, status */
    capabilities |= (uint32_t)rd_little(&r, 2) << 16;
    uint8_t salt = rd_u8(&r);
    rd_skip(&r, 10);
    if (r.bad)
        return true; /* before 4.1 */
    char hex[12];
    snprintf(hex, sizeof hex, "0x%08x", (unsigned)capabilities);
    facts_put_str(out, "mysql.capabilities", hex);
    facts_put_str(out, "mysql.tls", capabilities & CLIENT_SSL ? "yes" : "no");
    rd_skip(&r, salt > 8 ? ll_max_size(13, salt - 8U) : 13);
    struct slice plugin = until_nul(&r);
    if (capabilities & CLIENT_PLUGIN_AUTH && bits_is_text(plugin, false))
        facts_put(out, "mysql.plugin", plugin);
    return true;
}

static bool packet(struct slice body, struct facts *out) {
    return (uint8_t)body.p[0] == 0xff ? error_packet(body, out) : greeting(body, out);
}

static bool mysql_recognise(struct slice in) {
    bool possible;
    struct slice body;
    return body_of(in, &body, &possible) && in.n == HEAD + body.n && packet(body, NULL);
}

static enum parse mysql_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    bool possible;
    struct slice body;
    if (!body_of(in, &body, &possible))
        return possible && !end ? PARSE_MORE : PARSE_NOT;
    return packet(body, out) ? PARSE_DONE : PARSE_NOT;
}

static const uint16_t mysql_ports[] = {3306, 3307, 9306, 0};

static const struct parser_key mysql_keys[] = {{"mysql.version", "server version as sent, with MariaDB's \"5.5.5-\""},
                                               {"mysql.protocol", "10, or 9 before MySQL 3.22"},
                                               {"mysql.capabilities", "capability flags, hexadecimal"},
                                               {"mysql.tls", "TLS is offered: yes or no"},
                                               {"mysql.plugin", "authentication plugin"},
                                               {"mysql.error", "code of the error sent in place of a greeting"},
                                               {"mysql.message", "its text"},
                                               {NULL, NULL}};

const struct parser parser_mysql = {
    .name = "mysql",
    .service = "mysql",
    .source = "MySQL internals manual, connection phase",
    .transports = PARSER_TCP,
    .greets = true,
    .rarity = 1,
    .ports = mysql_ports,
    .keys = mysql_keys,
    .recognise = mysql_recognise,
    .read = mysql_read,
};
