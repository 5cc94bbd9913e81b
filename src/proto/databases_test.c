/* mysql, postgresql, redis, memcached: the edges. */
#include "proto/conversation_test.h"

#define GREETING                                                                                                       \
    "\x0a"                                                                                                             \
    "8.0.36\0\x08\0\0\0ABCDEFGH\0\xff\xff\xff\x02\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0IJKLMNOPQRST\0caching_sha2_"        \
    "password\0"

static const struct talk_case cases[] = {
    {"mysql",
     "greeting",
     {B("\x4a\0\0\0" GREETING)},
     PARSE_DONE,
     {{"mysql.version", "8.0.36"},
      {"mysql.protocol", "10"},
      {"mysql.tls", "yes"},
      {"mysql.capabilities", "0xdfffffff"},
      {"mysql.plugin", "caching_sha2_password"}},
     true,
     false},
    {"mysql", "not the first packet", {B("\x4a\0\0\1" GREETING)}, PARSE_NOT, {{0}}, false, false},
    {"mysql", "cut", {B("\x4b\0\0\0" GREETING)}, PARSE_NOT, {{0}}, false, false},
    {"mysql",
     "host not allowed",
     {B("\x43\0\0\0\xff\x6a\x04Host '10.0.0.1' is not allowed to connect to this MariaDB server")},
     PARSE_DONE,
     {{"mysql.error", "1130"}, {"mysql.version", NULL}},
     true,
     false},
    {"mysql",
     "with a state",
     {B("\x1d\0\0\0\xff\x10\x04#08004Too many connections")},
     PARSE_DONE,
     {{"mysql.error", "1040"}, {"mysql.message", "Too many connections"}},
     true,
     false},
    {"mysql", "no text", {B("\x0a\0\0\0\xff\x10\x04\1\2\3\4\5\6\7")}, PARSE_NOT, {{0}}, false, false},
    {"postgresql",
     "refusal",
     {B("E\0\0\0\x2cSFATAL\0C0A000\0Munsupported\0Fp.c\0L21\0RP\0\0")},
     PARSE_DONE,
     {{"postgresql.code", "0A000"}, {"postgresql.line", "21"}, {"postgresql.level", NULL}},
     true,
     false},
    {"postgresql", "no code", {B("E\0\0\0\x19SFATAL\0Munsupported\0\0")}, PARSE_NOT, {{0}}, false, false},
    {"postgresql", "text", {B("ERROR: what?\r\n")}, PARSE_NOT, {{0}}, false, false},
    {"redis",
     "open",
     {B("+PONG\r\n"), B("$44\r\n# Server\r\nredis_version:7.0.15\r\nos:Linux x\r\n\r\n\r\n")},
     PARSE_DONE,
     {{"redis.version", "7.0.15"}, {"redis.os", "Linux x"}},
     false,
     false},
    {"redis",
     "password",
     {B("-NOAUTH Authentication required.\r\n")},
     PARSE_DONE,
     {{"redis.error", "NOAUTH Authentication required."}},
     true,
     false},
    {"redis",
     "INFO refused",
     {B("+PONG\r\n"), B("-NOPERM no\r\n")},
     PARSE_DONE,
     {{"redis.error", "NOPERM no"}},
     false,
     false},
    {"redis", "pop3", {B("-ERR unknown\r\n")}, PARSE_NOT, {{0}}, false, false},
    {"redis", "echo", {B("PING\r\n")}, PARSE_NOT, {{0}}, false, false},
    {"memcached", "version", {B("VERSION 1.6.18\r\n")}, PARSE_DONE, {{"memcached.version", "1.6.18"}}, true, false},
    {"memcached", "echo", {B("version\r\n")}, PARSE_NOT, {{0}}, false, false},
    {"memcached", "words", {B("VERSION none\r\n")}, PARSE_NOT, {{0}}, false, false},
    {"memcached",
     "datagram",
     {B("LL\0\0\0\1\0\0VERSION 1.6.18\r\n")},
     PARSE_DONE,
     {{"memcached.version", "1.6.18"}},
     false,
     true},
    {"memcached", "another's datagram", {B("LM\0\0\0\1\0\0VERSION 1.6.18\r\n")}, PARSE_NOT, {{0}}, false, true},
};

static void test_conversations(void **state) {
    (void)state;
    talk_check_all(cases, LL_COUNT(cases));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_conversations)};
    return cmocka_run_group_tests_name("databases", tests, NULL, NULL);
}
