/* rsync, git, svn, socks5, iscsi, nbd, tarantool, epmd: the edges. */
#include "proto/conversation_test.h"

#define LOGIN(status)                                                                                                  \
    "\x23\x87\0\0\0\0\0\x18\x80\0\0\0\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\7\0\0\0\2\0\0\0\3" status                          \
    "\0\0\0\0\0\0\0\0\0\0TargetPortalGroupTag=1\0\0"
#define TARGETS                                                                                                        \
    "\x24\x80\0\0\0\0\0\x11\0\0\0\0\0\0\0\0\0\0\0\1\xff\xff\xff\xff\0\0\0\x08\0\0\0\3\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0" \
    "TargetName=iqn.a\0\0\0\0"

static const struct talk_case cases[] = {
    {"rsync",
     "before 32",
     {B("@RSYNCD: 31.0\n")},
     PARSE_DONE,
     {{"rsync.protocol", "31.0"}, {"rsync.digests", NULL}},
     true,
     false},
    {"rsync", "old", {B("@RSYNCD: 29\n")}, PARSE_DONE, {{"rsync.protocol", "29"}}, true, false},
    {"rsync", "no number", {B("@RSYNCD: x\n")}, PARSE_NOT, {{0}}, false, false},
    {"rsync", "no end", {B("@RSYNCD: 31.0")}, PARSE_NOT, {{0}}, false, false},
    {"git", "refusal", {B("0013ERR access deni")}, PARSE_DONE, {{"git.error", "access deni"}}, true, false},
    {"git", "cut", {B("0014ERR access deni")}, PARSE_NOT, {{0}}, false, false},
    {"git",
     "references",
     {B("004d0123456789012345678901234567890123456789 HEAD\0ofs-delta agent=git/2.39.5\n")},
     PARSE_DONE,
     {{"git.agent", "git/2.39.5"}},
     false,
     false},
    {"git",
     "echo",
     {B("003fgit-upload-pack /no-such-repository\0host=host.example:1\0....")},
     PARSE_NOT,
     {{0}},
     false,
     false},
    {"svn",
     "greeting",
     {B("( success ( 2 2 ( ) ( depth list ) ) ) ")},
     PARSE_DONE,
     {{"svn.least", "2"}, {"svn.capabilities", "depth list"}},
     true,
     false},
    {"svn", "failure", {B("( failure ( ( 1 0: 0: 0 ) ) ) ")}, PARSE_NOT, {{0}}, false, false},
    {"svn", "no end", {B("( success ( 2 2 ( ) ( depth list")}, PARSE_NOT, {{0}}, false, false},
    {"socks5", "open", {B("\5\0")}, PARSE_DONE, {{"socks5.method", "none"}}, false, false},
    {"socks5", "refused", {B("\5\xff")}, PARSE_DONE, {{"socks5.method", "refused"}}, false, false},
    {"socks5", "echo", {B("\5\3\0\1\2")}, PARSE_NOT, {{0}}, false, false},
    {"socks5", "one byte", {B("\5")}, PARSE_NOT, {{0}}, false, false},
    {"iscsi",
     "discovery",
     {B(LOGIN("\0\0")), B(TARGETS)},
     PARSE_DONE,
     {{"iscsi.status", "0000"}, {"iscsi.group", "1"}, {"iscsi.target", "iqn.a"}},
     false,
     false},
    {"iscsi", "wants a login", {B(LOGIN("\2\1"))}, PARSE_DONE, {{"iscsi.status", "0201"}}, false, false},
    {"iscsi", "no such class", {B(LOGIN("\7\1"))}, PARSE_NOT, {{0}}, false, false},
    {"nbd",
     "list refused",
     {B("NBDMAGICIHAVEOPT\0\3"), B("\0\3\xe8\x89\4\x55\x65\xa9\0\0\0\3\x80\0\0\2\0\0\0\0")},
     PARSE_DONE,
     {{"nbd.style", "fixed new"}, {"nbd.list", "refused"}},
     true,
     false},
    {"nbd",
     "old",
     {B("NBDMAGIC\0\0\x42\2\x81\x86\x12\x53\0\0\0\0\0\x40\0\0\0\0\0\0")},
     PARSE_DONE,
     {{"nbd.style", "old"}, {"nbd.size", "4194304"}},
     true,
     false},
    {"nbd", "another option", {B("NBDMAGICIHAVENOT\0\3")}, PARSE_NOT, {{0}}, false, false},
    {"tarantool",
     "console",
     {B("Tarantool 2.6.0 (Lua console)      \ntype 'help'\n")},
     PARSE_DONE,
     {{"tarantool.version", "2.6.0"}, {"tarantool.kind", "Lua console"}, {"tarantool.uuid", NULL}},
     true,
     false},
    {"tarantool", "no kind", {B("Tarantool 2.6.0\n")}, PARSE_NOT, {{0}}, true, false},
    {"epmd",
     "names",
     {B("\0\0\x11\x11name lab at port 43667\n")},
     PARSE_DONE,
     {{"epmd.own_port", "4369"}, {"epmd.node", "lab"}, {"epmd.port", "43667"}},
     false,
     false},
    {"epmd", "nobody", {B("\0\0\x11\x11")}, PARSE_DONE, {{"epmd.node", NULL}}, false, false},
    {"epmd", "another port", {B("\0\0\x11\x12name lab at port 43667\n")}, PARSE_NOT, {{0}}, false, false},
    {"epmd", "another text", {B("\0\0\x11\x11name lab port 43667\n")}, PARSE_NOT, {{0}}, false, false},
};

static void test_conversations(void **state) {
    (void)state;
    talk_check_all(cases, LL_COUNT(cases));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_conversations)};
    return cmocka_run_group_tests_name("stores", tests, NULL, NULL);
}
