/* Answers of the binary protocols: the right one is taken, and one with a single thing wrong is not. Whole
 * conversations are in tests/golden/services. */
#include "proto/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct row {
    const char *parser;
    uint16_t port;
    bool udp;
    struct slice in;
    enum parse wanted;
    const char *key, *value; /* NULL: not looked at */
};

#define S(literal)                                                                                                     \
    { (literal), sizeof(literal) - 1 }

#define DNS_HEAD(id, flags)                                                                                            \
    id flags "\x00\x01\x00\x01\x00\x00\x00\x00\x07version\x04"                                                         \
             "bind\x00\x00\x10\x00\x03"
#define DNS_TXT(n) "\xc0\x0c\x00\x10\x00\x03\x00\x00\x00\x00\x00" n
#define NTP(head, stratum, origin)                                                                                     \
    head stratum "\x06\xec\x00\x00\x00\x00\x00\x00\x00\x00GPS\x00\x00\x00\x00\x00\x00\x00\x00\x00" origin              \
                 "\xee\x00\x00\x00\x00\x00\x00\x00\xee\x00\x00\x00\x00\x00\x00\x00"
#define RPC(xid, status) xid "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" status
#define STUN(type, n, cookie) type n cookie "LEADLINELLLL"
#define RDP(n, length, code, rest) "\x03\x00\x00" n length code "\x00\x00\x12\x34\x00" rest
/* MS-NLMP 4.2.4.3: the challenge, 104 bytes */
#define NLMP_CHALLENGE                                                                                                 \
    "NTLMSSP\x00\x02\x00\x00\x00\x0c\x00\x0c\x00\x38\x00\x00\x00\x33\x82\x8a\xe2\x01\x23\x45\x67\x89\xab\xcd\xef"      \
    "\x00\x00\x00\x00\x00\x00\x00\x00\x24\x00\x24\x00\x44\x00\x00\x00\x06\x00\x70\x17\x00\x00\x00\x0f"                 \
    "S\x00"                                                                                                            \
    "e\x00r\x00v\x00"                                                                                                  \
    "e\x00r\x00\x02\x00\x0c\x00"                                                                                       \
    "D\x00o\x00m\x00"                                                                                                  \
    "a\x00i\x00n\x00\x01\x00\x0c\x00S\x00"                                                                             \
    "e\x00r\x00v\x00"                                                                                                  \
    "e\x00r\x00\x00\x00\x00\x00"
/* MS-CSSP 2.2.1: version, and one token */
#define TSREQUEST(version) "\x30\x77\xa0\x03\x02\x01" version "\xa1\x70\x30\x6e\x30\x6c\xa0\x6a\x04\x68" NLMP_CHALLENGE
#define RADIUS(code, id, n, rest) code id "\x00" n "0123456789abcdef" rest
#define ENIP(context, item)                                                                                            \
    "\x63\x00\x2e\x00\x00\x00\x00\x00\x00\x00\x00\x00" context "\x00\x00\x00\x00\x01\x00" item "\x00\x28\x00\x01\x00"  \
    "\x00\x02\xaf\x12\xc0\x00\x02\x07\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x0c\x00\x42\x00\x05\x0b\x60\x00"         \
    "\x78\x56\x34\x12\x06"                                                                                             \
    "EN2T/D\x03"
#define OPCUA(type, n, first, rest) type "F" n "\x00\x00\x00" first rest
#define LDAP_DONE(id) "\x30\x0c\x02\x01" id "\x65\x07\x0a\x01\x00\x04\x00\x04\x00"

static const struct row rows[] = {
    {"tls", 443, false, S("\x15\x03\x01\x00\x02\x02\x28"), PARSE_DONE, "tls.alert", "40"},
    {"tls", 443, false, S("\x15\x03\x01\x00\x02\x03\x28"), PARSE_NOT, NULL, NULL}, /* no such level */
    {"tls", 443, false, S("\x15\x03\x01\x00\x02\x02\x05"), PARSE_NOT, NULL, NULL}, /* no such alert */
    {"tls", 443, false, S("\x15\x02\x01\x00\x02\x02\x28"), PARSE_NOT, NULL, NULL}, /* no such version */
    {"tls", 443, false, S("HTTP/1.1 400 Bad Request\r\n\r\n"), PARSE_NOT, NULL, NULL},
    {"dns", 53, true, S(DNS_HEAD("LL", "\x84\x00") DNS_TXT("\x04\x03one")), PARSE_ASK, "dns.version", "one"},
    {"dns", 53, true, S(DNS_HEAD("LL", "\x84\x00") DNS_TXT("\x08\x03one\x03two")), PARSE_ASK, "dns.version", "onetwo"},
    {"dns", 53, true, S(DNS_HEAD("LL", "\x84\x00") DNS_TXT("\x04\xffone")), PARSE_ASK, "dns.version", "one"},
    {"dns", 53, true, S(DNS_HEAD("LL", "\x84\x05") DNS_TXT("\x40\x03one")), PARSE_ASK, "dns.rcode", "5"},
    {"dns", 53, true, S(DNS_HEAD("LL", "\x04\x00") DNS_TXT("\x04\x03one")), PARSE_NOT, NULL, NULL}, /* a question */
    {"dns", 53, true, S(DNS_HEAD("LM", "\x84\x00") DNS_TXT("\x04\x03one")), PARSE_NOT, NULL, NULL}, /* not ours */
    {"ntp", 123, true, S(NTP("\x24", "\x01", "LLLLLLLL")), PARSE_ASK, "ntp.reference", "GPS"},
    {"ntp", 123, true, S(NTP("\x24", "\x01", "LLLLLLLL")), PARSE_ASK, "ntp.time", "2026-07-14T00:23:28Z"},
    {"ntp", 123, true, S(NTP("\x23", "\x01", "LLLLLLLL")), PARSE_NOT, NULL, NULL}, /* a client's mode */
    {"ntp", 123, true, S(NTP("\x24", "\x01", "LLLLLLLM")), PARSE_NOT, NULL, NULL}, /* nobody asked that */
    {"rpc", 111, true, S(RPC("LLLL", "\x00\x00\x00\x00")), PARSE_ASK, "rpc.name", "rpcbind"},
    {"rpc", 111, true, S(RPC("LLLL", "\x00\x00\x00\x02") "\x00\x00\x00\x03\x00\x00\x00\x04"), PARSE_DONE, "rpc.lowest",
     "3"},
    {"rpc", 2049, true, S(RPC("LLLL", "\x00\x00\x00\x00")), PARSE_DONE, "rpc.name", "nfs"},
    {"rpc", 111, true, S(RPC("LLLL", "\x00\x00\x00\x09")), PARSE_NOT, NULL, NULL}, /* no such status */
    {"rpc", 111, true, S(RPC("LLLM", "\x00\x00\x00\x00")), PARSE_NOT, NULL, NULL},
    {"rpc", 111, false, S("\x80\x00\x00\x18" RPC("LLLL", "\x00\x00\x00\x00")), PARSE_ASK, "rpc.status", "0"},
    {"rpc", 111, false, S("\x80\xff\xff\xff" RPC("LLLL", "\x00\x00\x00\x00")), PARSE_NOT, NULL, NULL}, /* too long */
    {"stun", 3478, true, S(STUN("\x01\x01", "\x00\x08", "\x21\x12\xa4\x42") "\x80\x22\x00\x03zed\x00"), PARSE_DONE,
     "stun.software", "zed"},
    {"stun", 3478, true, S(STUN("\x01\x01", "\x00\x08", "\x21\x12\xa4\x42") "\x80\x22\x00\x30zed\x00"), PARSE_DONE,
     "stun.software", NULL},
    {"stun", 3478, true, S(STUN("\x01\x01", "\x00\x00", "\x21\x12\xa4\x43")), PARSE_NOT, NULL, NULL},
    {"stun", 3478, true, S(STUN("\x00\x01", "\x00\x00", "\x21\x12\xa4\x42")), PARSE_NOT, NULL, NULL}, /* an echo */
    {"rdp", 3389, false, S(RDP("\x13", "\x0e", "\xd0", "\x02\x1f\x08\x00\x08\x00\x00\x00")), PARSE_DONE, "rdp.security",
     "credssp-ex"},
    {"rdp", 3389, false, S(RDP("\x13", "\x0e", "\xd0", "\x02\x1f\x08\x00\x02\x00\x00\x00")), PARSE_DONE, "rdp.tls",
     "yes"},
    {"rdp", 3389, false, S(RDP("\x13", "\x0e", "\xd0", "\x02\x1f\x08\x00\x00\x00\x00\x00")), PARSE_DONE, "rdp.tls",
     NULL},
    {"rdp", 3389, false, S(RDP("\x13", "\x0e", "\xd0", "\x03\x00\x08\x00\x05\x00\x00\x00")), PARSE_DONE, "rdp.failure",
     "5"},
    {"rdp", 3389, false, S(RDP("\x0b", "\x06", "\xd0", "")), PARSE_DONE, "rdp.security", "rdp"},
    {"rdp", 3389, false, S(RDP("\x0b", "\x06", "\xe0", "")), PARSE_NOT, NULL, NULL}, /* a request */
    {"rdp", 3389, false, S(RDP("\x13", "\x0e", "\xd0", "\x02\x1f\x09\x00\x08\x00\x00\x00")), PARSE_NOT, NULL, NULL},
    {"ldap", 389, false, S(LDAP_DONE("\x01")), PARSE_DONE, "ldap.result", "0"},
    {"ldap", 389, false, S(LDAP_DONE("\x02")), PARSE_NOT, NULL, NULL},
    {"ldap", 389, false, S("\x30\x84\x7f\xff\xff\xff\x02\x01\x01"), PARSE_NOT, NULL, NULL}, /* beyond the ceiling */
    {"vnc", 5900, false, S("RFB 003.889\n"), PARSE_ASK, "vnc.protocol", "3.889"},
    {"vnc", 5900, false, S("RFB 003,008\n"), PARSE_NOT, NULL, NULL},
    {"x11", 6000, false, S("\x00\x04\x0b\x00\x00\x00\x01\x00no!\n"), PARSE_DONE, "x11.reason", "no!"},
    {"x11", 6000, false, S("\x00\x04\x0c\x00\x00\x00\x01\x00no!\n"), PARSE_NOT, NULL, NULL}, /* X12 */
    {"natpmp", 5351, true, S("\x00\x80\x00\x00\x00\x00\x00\x09\xc6\x33\x64\x07"), PARSE_DONE, "natpmp.address",
     "198.51.100.7"},
    {"natpmp", 5351, true, S("\x00\x80\x00\x00\x00\x00\x00\x09\xc6\x33\x64"), PARSE_NOT, NULL, NULL},
    {"quic", 443, true, S("\x80\x00\x00\x00\x00\x08LINELEAD\x08LEADLINE\xff\x00\x00\x1d"), PARSE_DONE, "quic.version",
     "draft-29"},
    {"quic", 443, true, S("\x80\x00\x00\x00\x01\x08LINELEAD\x08LEADLINE\xff\x00\x00\x1d"), PARSE_NOT, NULL, NULL},
    {"quic", 443, true, S("\x80\x00\x00\x00\x00\x08LEADLINE\x08LINELEAD\xff\x00\x00\x1d"), PARSE_NOT, NULL, NULL},
    {"openvpn", 1194, true, S("\x40SERVERID\x01\x00\x00\x00\x00LEADLINE\x00\x00\x00\x00"), PARSE_DONE, "openvpn.answer",
     "hard reset"},
    {"openvpn", 1194, true, S("\x40SERVERID\x01\x00\x00\x00\x00LEADLINF\x00\x00\x00\x00"), PARSE_NOT, NULL, NULL},
    {"openvpn", 1194, true, S("\x38LEADLINE\x00\x00\x00\x00\x00"), PARSE_NOT, NULL, NULL}, /* an echo */
    {"tftp", 69, true, S("\x00\x05\x00\x01gone\x00"), PARSE_DONE, "tftp.text", "gone"},
    {"tftp", 69, true, S("\x00\x05\x00\x09gone\x00"), PARSE_NOT, NULL, NULL}, /* no such code */
    {"tftp", 69, true, S("\x00\x05\x00\x01gone"), PARSE_NOT, NULL, NULL},
    {"xdmcp", 177, true, S("\x00\x01\x00\x06\x00\x08\x00\x02vm\x00\x02no"), PARSE_DONE, "xdmcp.answer", "unwilling"},
    {"xdmcp", 177, true, S("\x00\x01\x00\x06\x00\x09\x00\x02vm\x00\x02no"), PARSE_NOT, NULL, NULL},
    {"coap", 5683, true, S("\x70\x00LL"), PARSE_ASK, NULL, NULL},
    {"coap", 5683, true, S("\x62\x84LLLE"), PARSE_DONE, "coap.code", "4.04"},
    {"coap", 5683, true, S("\x62\x45LLLF"), PARSE_NOT, NULL, NULL}, /* another token */
    {"dtls", 4433, true, S("\x15\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x02\x28"), PARSE_DONE, "dtls.alert",
     "40"},
    {"dtls", 4433, true, S("\x15\xfe\xfd\x00\x01\x00\x00\x00\x00\x00\x00\x00\x02\x02\x28"), PARSE_NOT, NULL, NULL},
    {"radius", 1812, true, S(RADIUS("\x02", "L", "\x14", "")), PARSE_DONE, "radius.answer", "Access-Accept"},
    {"radius", 1813, true, S(RADIUS("\x05", "L", "\x1a", "\x12\x06up 2")), PARSE_DONE, "radius.message", "up 2"},
    {"radius", 1812, true, S(RADIUS("\x03", "L", "\x1c", "\x1a\x08\x00\x00\x2c\x2e\x01\x02")), PARSE_DONE,
     "radius.vendor", "11310"},
    {"radius", 1812, true, S(RADIUS("\x02", "L", "\x1a", "\x12\x07up 2")), PARSE_NOT, NULL, NULL}, /* too long */
    {"radius", 1812, true, S(RADIUS("\x02", "L", "\x16", "\x12\x01")), PARSE_NOT, NULL, NULL},     /* no attribute */
    {"radius", 1812, true, S(RADIUS("\x02", "M", "\x14", "")), PARSE_NOT, NULL, NULL},             /* not ours */
    {"radius", 1812, true, S(RADIUS("\x0c", "L", "\x14", "")), PARSE_NOT, NULL, NULL},             /* a question */
    {"radius", 1812, true, S(RADIUS("\x02", "L", "\x15", "")), PARSE_NOT, NULL, NULL},
    {"smux", 199, false, S("A\x01\x03"), PARSE_DONE, "smux.reason", "protocol error"},
    {"smux", 199, false, S("A\x01\x00"), PARSE_NOT, NULL, NULL}, /* an echo */
    {"smux", 199, false, S("A\x01\x06"), PARSE_NOT, NULL, NULL}, /* no such reason */
    {"smux", 199, false, S("A\x01\x03."), PARSE_NOT, NULL, NULL},
    {"enip", 44818, true, S(ENIP("\xf4\x01LEADLI", "\x0c")), PARSE_DONE, "enip.name", "EN2T/D"},
    {"enip", 44818, false, S(ENIP("\xf4\x01LEADLI", "\x0c")), PARSE_DONE, "enip.revision", "5.11"},
    {"enip", 44818, false, S(ENIP("\xf4\x01LEADLI", "\x0c")), PARSE_DONE, "enip.serial", "12345678"},
    {"enip", 44818, false, S(ENIP("\xf4\x01LEADLJ", "\x0c")), PARSE_NOT, NULL, NULL}, /* nobody asked that */
    {"enip", 44818, false, S(ENIP("\xf4\x01LEADLI", "\x0d")), PARSE_NOT, NULL, NULL}, /* no identity */
    {"opcua", 4840, false,
     S(OPCUA("ACK", "\x1c", "\x00\x00\x00\x00", "\xff\xff\x00\x00\xff\xff\x00\x00\x00\x00\x40\x00\x88\x13\x00\x00")),
     PARSE_DONE, "opcua.receives", "65535"},
    {"opcua", 4840, false, S(OPCUA("ERR", "\x14", "\x00\x00\x83\x80", "\x04\x00\x00\x00nope")), PARSE_DONE,
     "opcua.error", "80830000"},
    {"opcua", 4840, false, S(OPCUA("ERR", "\x10", "\x00\x00\x83\x80", "\xff\xff\xff\xff")), PARSE_DONE, "opcua.reason",
     NULL},
    {"opcua", 4840, false, S(OPCUA("ERR", "\x14", "\x00\x00\x83\x80", "\x05\x00\x00\x00nope")), PARSE_NOT, NULL, NULL},
    {"opcua", 4840, false, S(OPCUA("ERR", "\x10", "\x00\x00\x00\x00", "\x00\x00\x00\x00")), PARSE_NOT, NULL,
     NULL}, /* good is no error */
    {"opcua", 4840, false, S(OPCUA("HEL", "\x1c", "\x00\x00\x00\x00", "\x00\x00\x01\x00")), PARSE_NOT, NULL,
     NULL}, /* an echo */
    {"credssp", 3389, false, S(TSREQUEST("\x06")), PARSE_DONE, "ntlm.computer", "Server"},
    {"credssp", 3389, false, S(TSREQUEST("\x06")), PARSE_DONE, "ntlm.domain", "Domain"},
    {"credssp", 3389, false, S(TSREQUEST("\x05")), PARSE_DONE, "credssp.version", "5"},
    {"credssp", 3389, false, S(TSREQUEST("\x02")), PARSE_DONE, "ntlm.os", "6.0.6000"},
    {"credssp", 3389, false, S(TSREQUEST("\x01")), PARSE_NOT, NULL, NULL}, /* no such version */
    {"credssp", 3389, false, S("\x30\x0d\xa0\x03\x02\x01\x06\xa4\x06\x02\x04\xc0\x00\x00\x6d"), PARSE_DONE,
     "credssp.error", "c000006d"},
    {"credssp", 3389, false, S("\x30\x05\xa0\x03\x02\x01\x06"), PARSE_NOT, NULL, NULL}, /* it says nothing */
    {"ipmi", 623, true,
     S("\x06\x00\xff\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x81\x1c\x63\x20\x00\x38\x00\x01\x84\x00\x02\x00\x00"
       "\x00\x00\x21"),
     PARSE_DONE, "ipmi.version", "2.0"},
    {"ipmi", 623, true,
     S("\x06\x00\xff\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x81\x1c\x63\x20\x00\x38\x00\x01\x84\x00\x02\x00\x00"
       "\x00\x00\x22"),
     PARSE_NOT, NULL, NULL}, /* checksum */
};

static void one_row(const struct row *row) {
    const struct parser *p = parser_find(slice_of(row->parser));
    struct parser_peer peer = {.host = SLICE("host.example"), .port = row->port, .udp = row->udp};
    struct dialogue d = {.peer = &peer};
    struct arena a;
    struct facts f;
    struct buf ask;
    assert_non_null(p);
    buf_init(&ask, PARSER_ASK_MAX);
    arena_init(&a, "facts", 1 << 18);
    facts_init(&f, &a);
    if (p->hello)
        p->hello(&d, &ask);
    d.asked = 1;
    buf_clear(&ask);
    /* a copy without room behind it, so that a sanitizer sees a read there */
    char *copy = malloc(row->in.n);
    assert_non_null(copy);
    memcpy(copy, row->in.p, row->in.n);
    enum parse got = p->read(&d, (struct slice){copy, row->in.n}, true, &f, &ask);
    if (got != row->wanted)
        fail_msg("row %zu, %s: %d, not %d", (size_t)(row - rows), row->parser, (int)got, (int)row->wanted);
    bool good = true;
    for (size_t n = 0; n < row->in.n; n++) /* the end may come anywhere */
        good = good && p->read(&d, (struct slice){copy, n}, true, &f, &ask) != PARSE_MORE;
    assert_true(good);
    facts_init(&f, &a);
    d = (struct dialogue){.peer = &peer, .asked = 1};
    buf_clear(&ask);
    if (p->hello)
        p->hello(&d, &ask);
    buf_clear(&ask);
    (void)p->read(&d, (struct slice){copy, row->in.n}, true, &f, &ask);
    struct slice value = row->key ? facts_get(&f, row->key) : (struct slice){0};
    if (row->key && (row->value ? !value.p || !slice_eq(value, slice_of(row->value)) : value.p != NULL))
        fail_msg("row %zu, %s: %s is \"" SLICE_FMT "\"", (size_t)(row - rows), row->parser, row->key, SLICE_ARG(value));
    free(copy);
    arena_finish(&a);
    buf_finish(&ask);
}

static void answers(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(rows); i++)
        one_row(&rows[i]);
}

/* An answer is one parser's: no other one recognises it, whatever question it came to. */
static void no_two(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(rows); i++)
        for (size_t k = 0; parser_list[k]; k++) {
            const struct parser *p = parser_list[k];
            if (rows[i].wanted != PARSE_NOT && p->recognise && strcmp(p->name, rows[i].parser) != 0 &&
                p->recognise(rows[i].in))
                fail_msg("row %zu, %s: %s takes it, too", i, rows[i].parser, p->name);
        }
}

/* xrdp's answer to any other protocol's question: RDP is asked for then, and nothing is told before that. */
static void test_rdp_hangs_up(void **state) {
    (void)state;
    const struct parser *rdp = parser_find(SLICE("rdp"));
    assert_true(rdp->recognise(SLICE("\x03\x00\x00\x09\x02\xf0\x80\x21\x80")));
    assert_false(rdp->recognise(SLICE("\x03\x00\x00\x09\x02\xf0\x80\x21\x80\x00")));
    assert_false(rdp->recognise(SLICE("\x03\x00\x00\x09\x02\xf0\x80\x25\x80")));
    assert_false(rdp->recognise(SLICE("\x03\x00\x00\x09\x02\xf0\x80\x21\x81")));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers), cmocka_unit_test(no_two),
                                       cmocka_unit_test(test_rdp_hangs_up)};
    return cmocka_run_group_tests_name("answers", tests, NULL, NULL);
}
