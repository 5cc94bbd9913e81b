/* Scenarios for service detection: what answers behind open ports, and that nothing there can hold a scan up. */
#include "service_play.h"

#define SSH "service 22 says \"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\\r\\n\"; "
#define SMTP                                                                                                           \
    "service 25 says \"220 mail.example ESMTP Postfix (Debian/GNU)\\r\\n\" after 300ms "                               \
    "answers \"EHLO\" \"250-mail.example\\r\\n250 8BITMIME\\r\\n\" answers \"HELP\" \"502 5.5.2 Error: command not "   \
    "recognized\\r\\n\" answers \"QUIT\" \"221 2.0.0 Bye\\r\\n\" closes; "
#define HTTP "service 80 answers \"GET \" \"" PAGE "\" closes; "

static void the_articles_host_takes_two_seconds(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r = play_world("host 10.0.0.5; latency 100ms; default filtered; " SSH SMTP HTTP,
                                          "-n -Pn -sV -p 22,25,80 10.0.0.5", &seen);
    assert_int_equal(r.wrong, 0);
    assert_string_equal(at(&seen, 22)->name, "ssh");
    assert_string_equal(at(&seen, 22)->product, "OpenSSH");
    assert_string_equal(at(&seen, 25)->name, "smtp");
    assert_string_equal(at(&seen, 25)->product, "Postfix smtpd");
    assert_string_equal(at(&seen, 80)->name, "http");
    assert_string_equal(at(&seen, 80)->product, "nginx");
    assert_string_equal(at(&seen, 80)->version, "1.22.1");
    assert_true(r.elapsed < 2 * S);
}

/* ---- peers that hold up */

static void hostile_peers_are_named(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r = play_world(
        "host 10.0.0.5; latency 20ms; default filtered; service 1001 mute; "
        "service 1002 drip 1s says \"one byte a second, for ever and ever and ever\"; "
        "service 1003 endless \"and on and on \"; service 1004 closes; service 1005 says \"hello\" endless \"x\"",
        "-n -Pn -sV -p 1001-1005 10.0.0.5", &seen);
    assert_int_equal(seen.n, 5);
    assert_int_equal(at(&seen, 1001)->r.end, SERVICE_END_SILENT);
    assert_int_equal(at(&seen, 1002)->r.end, SERVICE_END_TIME);
    assert_int_equal(at(&seen, 1003)->r.end, SERVICE_END_BYTES);
    assert_int_equal(at(&seen, 1004)->r.end, SERVICE_END_WRAPPED);
    assert_string_equal(at(&seen, 1004)->name, "tcpwrapped");
    assert_int_equal(at(&seen, 1005)->r.end, SERVICE_END_BYTES);
    for (size_t i = 0; i < seen.n; i++)
        assert_true(seen.v[i].r.evidence.bytes <= 128 << 10);
    assert_true(r.elapsed < 15 * S);
}

/* Each answer is short of its own budget. */
static void a_port_has_its_budget_of_bytes(void **state) {
    (void)state;
    struct seen seen;
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_put_str(&b, "host 10.0.0.5; latency 20ms; default filtered; service 1001 answers \"\" \"\\x01\\x02");
    for (int i = 0; i < 30000; i++)
        buf_put_char(&b, 'x');
    buf_put_str(&b, "\" closes; " HTTP);
    play_world(buf_cstr(&b), "-n -Pn -sV -p 80,1001 10.0.0.5", &seen);
    buf_finish(&b);
    assert_int_equal(at(&seen, 1001)->r.end, SERVICE_END_PORT_BYTES);
    assert_string_equal(at(&seen, 80)->product, "nginx");
}

static void a_host_has_its_budget_of_bytes(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("host 10.0.0.5; latency 20ms; default filtered; service 1001-1090 endless "
                   "\"and on and on \"; service 2001-2002 after 2s says \"220 (vsFTPd 3.0.3)\\r\\n\"",
                   "-n -Pn -sV -T2 -p 1001-1090,2001-2002 10.0.0.5", &seen);
    unsigned ends[SERVICE_END_CUT + 1] = {0};
    assert_int_equal(seen.of_hosts, 92);
    for (size_t i = 0; i < seen.n; i++)
        ends[seen.v[i].r.end]++;
    assert_int_equal(ends[SERVICE_END_BYTES] + ends[SERVICE_END_HOST_BYTES], 92);
    assert_true(ends[SERVICE_END_BYTES] >= 40 && ends[SERVICE_END_HOST_BYTES] >= 20);
    assert_true(r.count.conns <= 2 * ends[SERVICE_END_BYTES] + 2); /* the others are not even asked */
}

static void a_mute_port_alone_ends_in_time(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r = play_world("host 10.0.0.5; latency 200ms; default filtered; service 1001 mute",
                                          "-n -Pn -sV --version-all -p 1001 10.0.0.5", &seen);
    assert_int_equal(at(&seen, 1001)->r.end, SERVICE_END_SILENT);
    assert_false(at(&seen, 1001)->r.probed);
    assert_true(r.elapsed < 15 * S);
}

static void one_connection_at_a_time(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("host 10.0.0.5; latency 20ms; default filtered; service 22 says \"SSH-2.0-Solo_1\\r\\n\" once; "
                   "service 8080 answers \"GET \" \"" PAGE "\" closes once; service 4000 answers \"GET \" \"" PAGE
                   "\" closes once; service 2525 says \"220 mail.example ESMTP Postfix\\r\\n\" once",
                   "-n -Pn -sV -p 22,2525,4000,8080 10.0.0.5", &seen);
    assert_string_equal(at(&seen, 22)->name, "ssh");
    assert_string_equal(at(&seen, 2525)->name, "smtp");
    assert_string_equal(at(&seen, 4000)->name, "http");
    assert_string_equal(at(&seen, 8080)->name, "http");
    assert_true(r.elapsed < 10 * S);
}

static void a_greeting_after_four_seconds(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("host 10.0.0.5; latency 20ms; default filtered; service 25 says \"220 mail.example ESMTP "
                   "Postfix\\r\\n\" after 4s; service 2222 says \"SSH-2.0-Late_1\\r\\n\" after 4s; "
                   "service 1021 says \"220 (vsFTPd 3.0.3)\\r\\n\" after 4s",
                   "-n -Pn -sV -p 25,2222,1021 10.0.0.5", &seen);
    assert_string_equal(at(&seen, 25)->name, "smtp");
    assert_string_equal(at(&seen, 2222)->name, "ssh");
    assert_string_equal(at(&seen, 1021)->name, "ftp");
    assert_string_equal(at(&seen, 1021)->product, "vsftpd");
    assert_true(r.elapsed < 15 * S);
}

static void a_closed_connection_is_no_greeting(void **state) {
    (void)state;
    struct seen seen;
    play_world("host 10.0.0.5; latency 20ms; default filtered; service 80 answers \"GET \" \"\" closes; "
               "service 81 says \"\" closes; service 82 says \"go away\\r\\n\" closes",
               "-n -Pn -sV -p 80-82 10.0.0.5", &seen);
    assert_int_equal(at(&seen, 80)->r.end, SERVICE_END_SILENT);
    assert_int_equal(at(&seen, 81)->r.end, SERVICE_END_WRAPPED);
    assert_int_equal(at(&seen, 82)->r.end, SERVICE_END_NONE);
    assert_true(at(&seen, 82)->r.print.n > 0);
}

static void lossy_paths_find_the_same(void **state) {
    (void)state;
    struct seen seen;
    struct scenario s = {.world = "host 10.0.0.5; latency 100ms jitter 50ms; loss 3% 3%; " SSH SMTP HTTP,
                         .command = "-n -Pn -sV -p 22,25,80 10.0.0.5"};
    for (s.seed = 1; s.seed <= 20; s.seed++) {
        struct scenario_result r = play(s, &seen);
        assert_int_equal(r.end, RUN_COMPLETE);
        assert_string_equal(at(&seen, 22)->name, "ssh");
        assert_string_equal(at(&seen, 25)->product, "Postfix smtpd");
        assert_string_equal(at(&seen, 80)->product, "nginx");
        assert_true(r.elapsed < 20 * S);
    }
}

/* ---- very many ports, very many hosts */

static void the_same_on_a_thousand_ports_is_sampled(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r = play_world("host 10.0.0.5; latency 20ms; service 1-1000 says \"220 hello\\r\\n\"",
                                          "-n -Pn -sV --allports -p 1-1000 10.0.0.5", &seen);
    assert_true(seen.of_hosts >= 12 && seen.of_hosts <= 30);
    assert_int_equal(seen.of_hosts + seen.alike, 1000);
    assert_int_equal(r.ports, seen.of_hosts);
    assert_true(r.elapsed < 15 * S);
    assert_true(r.count.conns < 500);
}

static void different_services_are_not_sampled(void **state) {
    (void)state;
    struct seen seen;
    play_world("host 10.0.0.5; latency 20ms; service 1-50 says \"SSH-2.0-OpenSSH_9.2\\r\\n\"; service 51-100 says "
               "\"220 (vsFTPd 3.0.3)\\r\\n\"; service 101-150 answers \"GET \" \"" PAGE "\" closes",
               "-n -Pn -sV --allports -p 1-150 10.0.0.5", &seen);
    assert_int_equal(seen.of_hosts, 150);
    assert_int_equal(seen.alike, 0);
}

static void three_hundred_hosts_at_once(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("dials 400; range 10.0.0.0-10.0.1.43; latency 50ms; default filtered; " SSH SMTP HTTP,
                   "-n -Pn -sV -p 22,25,80 10.0.0.0/24 10.0.1.0-43", &seen);
    assert_int_equal(seen.hosts, 300);
    assert_int_equal(seen.of_hosts, 900);
    for (size_t i = 0; i < seen.n; i++)
        assert_true(seen.v[i].r.probed && seen.v[i].r.product.n > 0);
    assert_true(r.count.conns_most <= 400);
    assert_true(r.count.conns <= 1800);
    assert_true(r.elapsed < 30 * S);
}

/* ---- ends from outside */

static void a_host_timeout_keeps_what_is_known(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("host 10.0.0.5; latency 20ms; default filtered; " HTTP "service 1001-1003 mute",
                   "-n -Pn -sV --host-timeout 2s -p 80,1001-1003 10.0.0.5", &seen);
    assert_int_equal(seen.timed_out, 1);
    assert_string_equal(at(&seen, 80)->product, "nginx");
    for (uint16_t port = 1001; port <= 1003; port++)
        assert_int_equal(at(&seen, port)->r.end, SERVICE_END_CUT);
    assert_true(r.elapsed < 3 * S);
}

static void a_host_out_of_time_is_not_asked(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("host 10.0.0.5; latency 20ms; default closed; " HTTP,
                   "-n -Pn -r -sV --max-rate 50 --host-timeout 3s -p 80,1000-2000 10.0.0.5", &seen);
    assert_int_equal(seen.timed_out, 1);
    assert_int_equal(r.count.conns, 0);
    assert_true(r.elapsed < 4 * S);
}

static void a_stopped_run_keeps_what_is_known(void **state) {
    (void)state;
    struct seen seen;
    struct scenario s = {.world = "host 10.0.0.5; latency 20ms; default filtered; " HTTP "service 1001-1003 mute",
                         .command = "-n -Pn -sV -p 80,1001-1003 10.0.0.5",
                         .stop_at = 2 * S};
    struct scenario_result r = play(s, &seen);
    assert_int_equal(r.end, RUN_INTERRUPTED);
    assert_true(r.elapsed < 3 * S);
    assert_int_equal(seen.hosts, 1);
    assert_string_equal(at(&seen, 80)->product, "nginx");
    assert_int_equal(at(&seen, 1001)->r.end, SERVICE_END_CUT);
}

/* ---- what is asked of known ports */

#define UPGRADE                                                                                                        \
    "service 25 says \"220 mail.example ESMTP Postfix\\r\\n\" answers \"EHLO\" "                                       \
    "\"250-mail.example\\r\\n250 STARTTLS\\r\\n\" answers \"HELP\" \"502 no\\r\\n\" answers \"STARTTLS\" \"220 "       \
    "go\\r\\n\"; "

/* It says "go", and no handshake follows: the port is known, and is told as if nothing had been tried. */
static void a_false_starttls_holds_nothing_up(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("host 10.0.0.5; latency 20ms; default filtered; " UPGRADE, "-n -Pn -sV -p 25 10.0.0.5", &seen);
    assert_string_equal(at(&seen, 25)->product, "Postfix smtpd");
    assert_int_equal(at(&seen, 25)->r.n_facts, 0);
    assert_int_equal(r.count.conns, 2);
    assert_true(r.elapsed < 15 * S);
    r = play_world("host 10.0.0.5; latency 20ms; default filtered; " UPGRADE,
                   "-n -Pn -sV --version-intensity 6 -p 25 10.0.0.5", &seen);
    assert_int_equal(r.count.conns, 1);
    assert_true(r.elapsed < 2 * S);
}

static void a_host_timeout_keeps_a_port_that_is_asked_for_facts(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r = play_world("host 10.0.0.5; latency 20ms; default filtered; " UPGRADE,
                                          "-n -Pn -sV --host-timeout 4s -p 25 10.0.0.5", &seen);
    assert_int_equal(seen.timed_out, 1);
    assert_int_equal(seen.of_hosts, 1);
    assert_int_equal(at(&seen, 25)->r.end, SERVICE_END_NONE);
    assert_string_equal(at(&seen, 25)->product, "Postfix smtpd");
    assert_true(r.elapsed < 5 * S);
}

/* ---- UDP */

/* memcached, doc/protocol.txt: the answer repeats the identifier of the question, which is always the same here. */
static void a_udp_service_opens_its_port(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r = play_world("host 10.0.0.5; latency 20ms; udp filtered; service udp 11211 answers \"\" "
                                          "\"LL\\0\\0\\0\\x01\\0\\0VERSION 1.6.18\\r\\n\"; service udp 13 answers \"\" "
                                          "\"Wed Nov 25 17:00:00 2026\\r\\n\"",
                                          "-n -Pn -sU -sV -p 7,13,11211 10.0.0.5", &seen);
    assert_int_equal(seen.udp_open, 2);
    assert_string_equal(at(&seen, 11211)->name, "memcached");
    assert_string_equal(at(&seen, 11211)->version, "1.6.18");
    assert_string_equal(at(&seen, 13)->name, "daytime");
    assert_int_equal(seen.of_hosts, 2);
    assert_true(r.elapsed < 20 * S);
}

static void a_user_of_connections_sees_the_same(void **state) {
    (void)state;
    struct seen seen;
    struct scenario s = {.world = "host 2001:db8:ffff::5; latency 100ms; " SSH SMTP HTTP,
                         .command = "-6 -n -Pn -sT -sV -p 22,25,80 2001:db8:ffff::5",
                         .connect = true};
    struct scenario_result r = play(s, &seen);
    assert_int_equal(r.end, RUN_COMPLETE);
    assert_string_equal(at(&seen, 22)->product, "OpenSSH");
    assert_string_equal(at(&seen, 25)->product, "Postfix smtpd");
    assert_string_equal(at(&seen, 80)->product, "nginx");
    assert_true(r.elapsed < 2 * S);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_articles_host_takes_two_seconds),
        cmocka_unit_test(hostile_peers_are_named),
        cmocka_unit_test(a_port_has_its_budget_of_bytes),
        cmocka_unit_test(a_host_has_its_budget_of_bytes),
        cmocka_unit_test(a_mute_port_alone_ends_in_time),
        cmocka_unit_test(one_connection_at_a_time),
        cmocka_unit_test(a_greeting_after_four_seconds),
        cmocka_unit_test(a_closed_connection_is_no_greeting),
        cmocka_unit_test(lossy_paths_find_the_same),
        cmocka_unit_test(the_same_on_a_thousand_ports_is_sampled),
        cmocka_unit_test(different_services_are_not_sampled),
        cmocka_unit_test(three_hundred_hosts_at_once),
        cmocka_unit_test(a_host_timeout_keeps_what_is_known),
        cmocka_unit_test(a_host_out_of_time_is_not_asked),
        cmocka_unit_test(a_stopped_run_keeps_what_is_known),
        cmocka_unit_test(a_false_starttls_holds_nothing_up),
        cmocka_unit_test(a_host_timeout_keeps_a_port_that_is_asked_for_facts),
        cmocka_unit_test(a_udp_service_opens_its_port),
        cmocka_unit_test(a_user_of_connections_sees_the_same),
    };
    return cmocka_run_group_tests_name("service_scenarios", tests, NULL, NULL);
}
