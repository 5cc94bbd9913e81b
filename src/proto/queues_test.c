/* amqp, mqtt, nats, zookeeper, beanstalkd, gearman: the edges. */
#include "proto/conversation_test.h"

#define START                                                                                                          \
    "\x01\0\0\0\0\0\x3d\0\x0a\0\x0a\0\x09\0\0\0\x21\x07productS\0\0\0\x08RabbitMQ\x02"                                 \
    "okt\x01\x01"                                                                                                      \
    "nS"                                                                                                               \
    "\0\0\0\0\0\0\0\x05PLAIN\0\0\0\x05"                                                                                \
    "en_US"

static const struct talk_case cases[] = {
    {"amqp",
     "start",
     {B(START "\xce")},
     PARSE_DONE,
     {{"amqp.product", "RabbitMQ"}, {"amqp.protocol", "0.9"}, {"amqp.mechanisms", "PLAIN"}},
     true,
     false},
    {"amqp", "no end of frame", {B(START "\xcf")}, PARSE_NOT, {{0}}, false, false},
    {"amqp",
     "wants 1.0",
     {B("AMQP\0\1\0\0")},
     PARSE_DONE,
     {{"amqp.header", "1.0.0"}, {"amqp.header_id", "0"}},
     true,
     false},
    {"amqp", "our own header back", {B("AMQP\0\0\x09\1")}, PARSE_NOT, {{0}}, false, false},
    {"mqtt",
     "open",
     {B("\x20\2\0\0"), B("\x90\3\0\1\0\x31\x2d\0\x13$SYS/broker/versionmosquitto version 2.0.11")},
     PARSE_DONE,
     {{"mqtt.code", "0"}, {"mqtt.broker", "mosquitto version 2.0.11"}},
     false,
     false},
    {"mqtt",
     "topic refused",
     {B("\x20\2\0\0"), B("\x90\3\0\1\x80")},
     PARSE_DONE,
     {{"mqtt.broker", NULL}},
     false,
     false},
    {"mqtt", "nothing behind", {B("\x20\2\0\0"), B("\x90\3\0")}, PARSE_DONE, {{"mqtt.code", "0"}}, false, false},
    {"mqtt", "closed", {B("\x20\2\0\5")}, PARSE_DONE, {{"mqtt.code", "5"}}, false, false},
    {"mqtt", "unknown code", {B("\x20\2\0\6")}, PARSE_NOT, {{0}}, false, false},
    {"mqtt", "longer", {B("\x20\2\0\6....")}, PARSE_NOT, {{0}}, false, false},
    {"nats",
     "greeting",
     {B("INFO {\"server_id\":\"N\",\"version\":\"2.9.10\",\"go\":\"go1.19\"} \r\n")},
     PARSE_DONE,
     {{"nats.version", "2.9.10"}, {"nats.go", "go1.19"}, {"nats.auth", NULL}},
     true,
     false},
    {"nats", "no object", {B("INFO server_id\r\n")}, PARSE_NOT, {{0}}, false, false},
    {"nats", "no end", {B("INFO {\"server_id\":\"N\"}")}, PARSE_NOT, {{0}}, false, false},
    {"zookeeper",
     "srvr",
     {B("Zookeeper version: 3.8.0-1, built on x\nMode: leader\nNode count: 5\n")},
     PARSE_DONE,
     {{"zookeeper.version", "3.8.0-1, built on x"}, {"zookeeper.mode", "leader"}},
     true,
     false},
    {"zookeeper",
     "refused",
     {B("srvr is not executed because it is not in the whitelist.\n")},
     PARSE_DONE,
     {{"zookeeper.version", NULL}},
     true,
     false},
    {"zookeeper", "echo", {B("srvr")}, PARSE_NOT, {{0}}, false, false},
    {"beanstalkd",
     "stats",
     {B("OK 65\r\n---\ncurrent-jobs-urgent: 0\ncurrent-jobs-ready: 0\nversion: \"1.12\"\n\r\n")},
     PARSE_DONE,
     {{"beanstalkd.version", "1.12"}},
     false,
     false},
    {"beanstalkd", "another YAML", {B("OK 9\r\n---\na: b\n\r\n")}, PARSE_NOT, {{0}}, false, false},
    {"beanstalkd", "no length", {B("OK fine\r\n")}, PARSE_NOT, {{0}}, false, false},
    {"gearman", "version", {B("OK 1.1.20+ds\n")}, PARSE_DONE, {{"gearman.version", "1.1.20+ds"}}, false, false},
    {"gearman", "the Perl server", {B("1.12\n")}, PARSE_DONE, {{"gearman.version", "1.12"}}, false, false},
    {"gearman", "a number", {B("OK 12\n")}, PARSE_NOT, {{0}}, false, false},
    {"gearman", "words", {B("OK 1.2.3 ready\n")}, PARSE_NOT, {{0}}, false, false},
    {"gearman", "an address", {B("192.0.2.1.5\n")}, PARSE_NOT, {{0}}, false, false},
};

static void test_conversations(void **state) {
    (void)state;
    talk_check_all(cases, LL_COUNT(cases));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_conversations)};
    return cmocka_run_group_tests_name("queues", tests, NULL, NULL);
}
