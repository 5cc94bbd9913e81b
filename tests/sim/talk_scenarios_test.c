/* Scenarios for the conversations of service detection: whose turn it is, how an answer ends, and the ways to a
 * service: one connection at a time, a second one, TLS, answers from elsewhere. */
#include "service_play.h"

/* ---- turns */

/* Its question is not the first one that such a server gets, and what is asked before keeps it busy. */
static void one_connection_at_a_time_on_a_strange_port(void **state) {
    (void)state;
    static const char *const latencies[] = {"1ms", "20ms", "200ms"};
    for (size_t i = 0; i < LL_COUNT(latencies); i++) {
        struct seen seen;
        char world[600];
        snprintf(world, sizeof world,
                 "host 10.0.0.5; latency %s; default filtered; service 4001 answers \"PING\\r\\n\" \"+PONG\\r\\n\" "
                 "once; service 4002 answers \"\\0\\x1eLL\" \"\\0\\x1eLL\\x81\\x85\\0\\x01\\0\\0\\0\\0\\0\\0"
                 "\\x07version\\x04bind\\0\\0\\x10\\0\\x03\" once; service 4003 tls \"\" answers \"GET \" \"" PAGE
                 "\" closes once",
                 latencies[i]);
        struct scenario_result r = play_world(world, "-n -Pn -sV -p 4001-4003 10.0.0.5", &seen);
        assert_string_equal(at(&seen, 4001)->name, "redis");
        assert_string_equal(at(&seen, 4002)->name, "domain");
        assert_string_equal(at(&seen, 4003)->name, "http");
        assert_int_equal(at(&seen, 4003)->r.tunnel, TUNNEL_SSL);
        assert_true(r.elapsed < 10 * S);
    }
}

static void slow_pages_on_strange_ports(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("host 10.0.0.5; latency 20ms; default filtered; service 4001 answers "
                   "\"GET \" \"" PAGE "\" after 2s closes; service 4002 answers \"GET \" \"" PAGE "\" after 4s closes",
                   "-n -Pn -sV -p 4001,4002 10.0.0.5", &seen);
    assert_string_equal(at(&seen, 4001)->product, "nginx");
    assert_string_equal(at(&seen, 4002)->product, "nginx");
    assert_true(r.elapsed < 10 * S);
}

/* The first piece of a greeting that comes after our question shows what it is, not yet which product. */
/* InspIRCd answers a client that registers in a second, in one and a half when another one comes meanwhile. */
static void who_registers_is_not_disturbed(void **state) {
    (void)state;
    struct seen seen;
    play_world("host 10.0.0.5; latency 1ms; default filtered; service 6667 "
               "answers \"CAP LS\" \":irc.example CAP * LS :multi-prefix\\r\\n\" "
               "answers \"NICK \" \":irc.example 004 ll irc.example InspIRCd-3 abc def\\r\\n\" after 900ms",
               "-n -Pn -sV --version-trace -p 6667 10.0.0.5", &seen);
    assert_string_equal(at(&seen, 6667)->product, "InspIRCd");
    const char *asked = strstr(seen.trace, " irc > \"NICK ");
    assert_non_null(asked);
    assert_null(strstr(asked, " > \"GET "));
    while ((asked = strstr(asked + 1, " > ")))
        assert_memory_equal(asked - 4, " irc", 4);
}

static void greetings_in_pieces(void **state) {
    (void)state;
    struct seen seen;
    play_world(
        "host 10.0.0.5; latency 20ms; default filtered; "
        "service 4001 says \"220-Welcome\\r\\n220-to us\\r\\n220 (vsFTPd 3.0.3)\\r\\n\" after 400ms drip 20ms; "
        "service 4002 says \"220-mail.example ESMTP Exim 4.96 Wed, 25 Nov 2026\\r\\n220-We log\\r\\n220 all\\r\\n\" "
        "after 400ms drip 20ms; service 4003 says \"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\\r\\n\" after 400ms "
        "drip 20ms",
        "-n -Pn -sV -p 4001-4003 10.0.0.5", &seen);
    assert_string_equal(at(&seen, 4001)->product, "vsftpd");
    assert_string_equal(at(&seen, 4001)->version, "3.0.3");
    assert_string_equal(at(&seen, 4002)->product, "Exim smtpd");
    assert_string_equal(at(&seen, 4003)->product, "OpenSSH");
    assert_string_equal(at(&seen, 4003)->version, "9.2p1");
}

/* An answer of which only silence shows that it is over is waited for: the next question does not take its place. */
static void an_answer_without_end_is_read_first(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r = play_world(
        "host 10.0.0.5; latency 20ms; default filtered; service 4000 answers \"GET \" \"HTTP/1.1 200 OK\\r\\n"
        "Server: nginx/1.22.1\\r\\n\\r\\nhi\\n\" answers \"PING\" \"+PONG\\r\\n\" answers \"INFO\" \"-ERR no\\r\\n\"",
        "-n -Pn -sV -p 4000 10.0.0.5", &seen);
    assert_string_equal(at(&seen, 4000)->name, "http");
    assert_string_equal(at(&seen, 4000)->product, "nginx");
    assert_true(r.elapsed < 3 * S);
}

/* Servers of binary protocols say the same error to everything that is not theirs; the right question may be a late
 * one. Texts are cut short: who says the same text four times says it always. */
static void the_same_error_to_all_but_one(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("host 10.0.0.5; latency 20ms; default filtered; service 4000 answers \"\\x03\\0\\0\\x13\\x0e\\xe0\" "
                   "\"\\x03\\0\\0\\x13\\x0e\\xd0\\0\\0\\x12\\x34\\0\\x02\\x0f\\x08\\0\\x02\\0\\0\\0\" answers \"\" "
                   "\"\\xff\\xfe\\x09\\x02"
                   "\\xf0\\x80!\\x80\" closes; service 4001 answers \"\" \"what?\\r\\n\" closes",
                   "-n -Pn -sV -p 4000,4001 10.0.0.5", &seen);
    assert_string_equal(at(&seen, 4000)->name, "ms-wbt-server");
    assert_false(at(&seen, 4001)->r.probed);
    assert_true(r.count.conns <= 36);
}

/* ---- more connections */

#define PRIVOXY                                                                                                        \
    "answers \"GET / \" \"HTTP/1.1 400 Invalid header received from client\\r\\nContent-Type: text/plain\\r\\n"        \
    "Connection: close\\r\\n\\r\\nInvalid header received from client.\\n\" closes "

/* What it says of itself stands on a page that only a second connection can ask for. */
static void a_proxy_is_asked_for_its_own_page(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r = play_world(
        "host 10.0.0.5; latency 20ms; default filtered; service 8118 " PRIVOXY
        "answers \"GET http://config.privoxy.org/ HTTP/1.1\\r\\nHost: config.privoxy.org\\r\\n\" \"HTTP/1.1 "
        "200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\n<html><h1>\\nThis is <a href=\\\"https://www.privoxy"
        ".org/\\\">Privoxy</a> 3.0.34 on proxy.example (10.0.0.5), port 8118</h1></html>\"; service 8119 " PRIVOXY
        "; service 8120 once " PRIVOXY,
        "-n -Pn -sV -p 8118-8120 10.0.0.5", &seen);
    for (uint16_t port = 8118; port <= 8120; port++)
        assert_string_equal(at(&seen, port)->product, "Privoxy http proxy");
    assert_string_equal(at(&seen, 8118)->version, "3.0.34");
    assert_string_equal(at(&seen, 8119)->version, "");
    assert_true(r.elapsed < 6 * S);
}

/* ---- inside of TLS */

/* RFC 9113: empty SETTINGS, then HEADERS with ":status: 200" and "server: nghttpd nghttp2/1.52.0" */
#define H2_PAGE                                                                                                        \
    "\\0\\0\\0\\x04\\0\\0\\0\\0\\0\\0\\0\\x1a\\x01\\x05\\0\\0\\0\\x01\\x88\\x0f\\x27\\x16nghttpd nghttp2/1.52.0"

static void servers_of_http2_alone_are_asked_by_it(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("host 10.0.0.5; latency 20ms; default filtered; service 443,8445 tls \"h2\" alpn-only "
                   "answers \"PRI * HTTP/2\" \"" H2_PAGE "\"",
                   "-n -Pn -sV -p 443,8445 10.0.0.5", &seen);
    for (uint16_t port = 443; port <= 8445; port += 8445 - 443) {
        assert_int_equal(at(&seen, port)->r.tunnel, TUNNEL_SSL);
        assert_string_equal(at(&seen, port)->name, "http2");
        assert_string_equal(at(&seen, port)->product, "nghttpd");
        assert_string_equal(at(&seen, port)->version, "1.52.0");
    }
    assert_true(r.elapsed < 5 * S);
}

/* They say more in HTTP/1.1: headers and the title; also when they are slow. */
static void servers_that_like_http2_better_stay_http(void **state) {
    (void)state;
    struct seen seen;
    play_world("host 10.0.0.5; latency 20ms; default filtered; service 443,8445 tls \"h2,http/1.1\" after 2s "
               "answers \"PRI * HTTP/2\" \"" H2_PAGE "\" answers \"GET \" \"" PAGE "\" closes",
               "-n -Pn -sV -p 443,8445 10.0.0.5", &seen);
    for (uint16_t port = 443; port <= 8445; port += 8445 - 443) {
        assert_int_equal(at(&seen, port)->r.tunnel, TUNNEL_SSL);
        assert_string_equal(at(&seen, port)->name, "http");
        assert_string_equal(at(&seen, port)->product, "nginx");
    }
}

/* Slow devices compute a second for a handshake: it is not given up for the next question. */
static void slow_handshakes_are_waited_for(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r = play_world(
        "host 10.0.0.5; latency 20ms; default filtered; service 443,4001 tls \"http/1.1\" shakes 2500ms answers "
        "\"GET \" \"" PAGE "\" closes",
        "-n -Pn -sV -p 443,4001 10.0.0.5", &seen);
    assert_string_equal(at(&seen, 443)->product, "nginx");
    assert_string_equal(at(&seen, 4001)->product, "nginx");
    assert_int_equal(at(&seen, 4001)->r.tunnel, TUNNEL_SSL);
    assert_true(r.elapsed < 13 * S);
}

static void tls_that_refuses_http_is_still_a_tunnel(void **state) {
    (void)state;
    struct seen seen;
    play_world("host 10.0.0.5; latency 20ms; default filtered; service 993,8445 tls \"imap\" alpn-must "
               "answers \"a CAP\" \"* OK\\r\\n\"",
               "-n -Pn -sV -p 993,8445 10.0.0.5", &seen);
    assert_int_equal(at(&seen, 993)->r.tunnel, TUNNEL_SSL);
    assert_int_equal(at(&seen, 8445)->r.tunnel, TUNNEL_SSL);
}

/* ---- traces */

/* tools/service-sample takes the lines of one name as one conversation: a greeting is the first part of it. */
static void greetings_stand_under_their_parser(void **state) {
    (void)state;
    struct seen seen;
    play_world(
        "host 10.0.0.5; latency 20ms; default filtered; service 22 says \"SSH-2.0-OpenSSH_9.2p1\\r\\n\" drip 1ms; "
        "service 25 says \"220 mail.example ESMTP Postfix\\r\\n\" answers \"EHLO\" \"250 OK\\r\\n\"; "
        "service 1001 says \"x, whatever that is\\r\\n\"",
        "-n -Pn -sV --version-trace -p 22,25,1001 10.0.0.5", &seen);
    assert_non_null(strstr(seen.trace, ":22/tcp plain ssh < \"SSH-"));
    assert_null(strstr(seen.trace, ":22/tcp plain banner"));
    assert_non_null(strstr(seen.trace, ":25/tcp plain smtp < \"220 mail.example ESMTP Postfix\\r\\n\"\n"));
    assert_non_null(strstr(seen.trace, ":25/tcp plain smtp > \"EHLO"));
    assert_non_null(strstr(seen.trace, ":1001/tcp plain banner < \"x, whatever that is\\r\\n\"\n"));
}

/* ---- UDP */

/* RFC 1350 4: the answer comes from a new port. */
static void an_answer_from_another_port(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("host 10.0.0.5; latency 20ms; udp filtered; service udp 69 elsewhere answers \"\\0\\x01leadline\" "
                   "\"\\0\\x05\\0\\x01File not found\\0\"",
                   "-n -Pn -sU -sV -p 69 10.0.0.5", &seen);
    assert_string_equal(at(&seen, 69)->name, "tftp");
    assert_true(at(&seen, 69)->r.probed);
    assert_true(r.elapsed < 15 * S);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_connection_at_a_time_on_a_strange_port),
        cmocka_unit_test(slow_pages_on_strange_ports),
        cmocka_unit_test(who_registers_is_not_disturbed),
        cmocka_unit_test(greetings_in_pieces),
        cmocka_unit_test(an_answer_without_end_is_read_first),
        cmocka_unit_test(the_same_error_to_all_but_one),
        cmocka_unit_test(a_proxy_is_asked_for_its_own_page),
        cmocka_unit_test(servers_of_http2_alone_are_asked_by_it),
        cmocka_unit_test(servers_that_like_http2_better_stay_http),
        cmocka_unit_test(slow_handshakes_are_waited_for),
        cmocka_unit_test(tls_that_refuses_http_is_still_a_tunnel),
        cmocka_unit_test(greetings_stand_under_their_parser),
        cmocka_unit_test(an_answer_from_another_port),
    };
    return cmocka_run_group_tests_name("talk_scenarios", tests, NULL, NULL);
}
