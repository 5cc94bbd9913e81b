/* Against a small name server in the same loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/wire.h"
#include "io/loop_uv.h"
#include "io/names_cares.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

struct world {
    struct loop *loop;
    struct names *names;
    struct loop_timer guard;
    int server;
    struct loop_watch *watch;
    int questions;
    bool inside_call;
    int calls, wanted, ok;
    const char *error;
    char name[256];
    struct addr addrs[NAMES_ADDRS_MAX];
    size_t n_addrs;
    bool ask_again;
};

/* The server ------------------------------------------------------------------------------------------------------ */

static void put_record(struct wr *w, uint16_t type, const void *p, size_t n) {
    wr_u16(w, 0xc00c);
    wr_u16(w, type);
    wr_u16(w, 1);
    wr_u32(w, 60);
    wr_u16(w, (uint16_t)n);
    wr_bytes(w, p, n);
}

/* Writes the answer to a question whose first label is `label`; rcode in the return value, -1 = drop it. */
static int put_answers(struct wr *w, const char *label, uint16_t type, uint16_t *count) {
    static const uint8_t six[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
    static const uint8_t many_names[2][5] = {"\3one", "\3two"};
    *count = 0;
    if (strcmp(label, "nx") == 0)
        return 3;
    if (strcmp(label, "fail") == 0)
        return 2;
    if (strcmp(label, "drop") == 0 || strcmp(label, "garbage") == 0)
        return -1;
    if (type == 1) {
        put_record(w, 1, "\xc0\0\2\1", 4);
        put_record(w, 1, "\xc0\0\2\2", 4);
        *count = 2;
    } else if (type == 28) {
        put_record(w, 28, six, 16);
        *count = 1;
    } else if (type == 12) {
        put_record(w, 12, many_names[0], 5);
        put_record(w, 12, many_names[1], 5);
        *count = 2;
    }
    return 0;
}

static void serve(void *ctx) {
    struct world *w = (struct world *)ctx;
    uint8_t q[512], a[512];
    struct sockaddr_in from;
    socklen_t from_n = sizeof from;
    ssize_t got = recvfrom(w->server, q, sizeof q, MSG_DONTWAIT, (struct sockaddr *)&from, &from_n);
    if (got < 20)
        return;
    w->questions++;
    struct rd r = rd_of(q, (size_t)got);
    uint16_t id = rd_u16(&r), count;
    char label[64] = "";
    rd_skip(&r, 10);
    uint8_t length = rd_u8(&r);
    rd_copy(&r, label, length < 63 ? length : 63);
    while ((length = rd_u8(&r)) != 0 && !r.bad)
        rd_skip(&r, length);
    uint16_t type = rd_u16(&r);
    rd_skip(&r, 2);
    size_t question_n = (size_t)got - r.n - 12;
    struct wr out = wr_of(a, sizeof a);
    wr_u16(&out, id);
    wr_u16(&out, 0x8180);
    wr_u16(&out, 1);
    wr_zero(&out, 6);
    wr_bytes(&out, q + 12, question_n);
    int rcode = put_answers(&out, label, type, &count);
    wr_patch_u16(&out, 2, (uint16_t)(0x8180 | (rcode > 0 ? rcode : 0)));
    wr_patch_u16(&out, 6, count);
    if (strcmp(label, "garbage") == 0) /* the right id, and then nothing that makes sense */
        memset(a + 2, 0xff, (out.n = 60) - 2);
    else if (rcode < 0)
        return;
    assert_int_equal(sendto(w->server, a, out.n, 0, (struct sockaddr *)&from, from_n), out.n);
}

/* The world ------------------------------------------------------------------------------------------------------- */

static void timeout(void *ctx) {
    (void)ctx;
    fail_msg("nothing happened for 10 seconds");
}

static void open_world(struct world *w) {
    struct err e = {0};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    char text[32];
    int big = 1 << 22;
    memset(w, 0, sizeof *w);
    w->loop = loop_uv_create(&e);
    w->server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    (void)setsockopt(w->server, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
    assert_int_equal(bind(w->server, (struct sockaddr *)&at, n), 0);
    assert_int_equal(getsockname(w->server, (struct sockaddr *)&at, &n), 0);
    w->watch = w->loop->ops->watch(w->loop, w->server, LOOP_READ, serve, w);
    assert_non_null(w->watch);
    snprintf(text, sizeof text, "127.0.0.1:%u", ntohs(at.sin_port));
    struct slice server = slice_of(text);
    struct names_cares_options o = {
        .servers = &server, .n_servers = 1, .timeout_ms = 40, .hosts_path = "/nonexistent/hosts"};
    w->names = names_cares_create(w->loop, &o, &e);
    if (!w->names)
        fail_msg("%s", e.text);
    loop_timer_init(&w->guard, timeout, w);
    loop_timer_at(w->loop, &w->guard, loop_now(w->loop) + 10 * NS_PER_S);
    w->wanted = 1;
}

static void close_world(struct world *w) {
    w->names->ops->destroy(w->names);
    w->loop->ops->destroy(w->loop);
    close(w->server);
}

static void answered(void *ctx, const struct name_answer *a) {
    struct world *w = (struct world *)ctx;
    assert_false(w->inside_call);
    assert_int_equal(a->ok, a->error == NULL);
    w->ok += a->ok;
    w->error = a->error;
    snprintf(w->name, sizeof w->name, SLICE_FMT, SLICE_ARG(a->name));
    w->n_addrs = a->n_addrs;
    for (size_t i = 0; i < a->n_addrs; i++)
        w->addrs[i] = a->addrs[i];
    if (++w->calls == w->wanted)
        w->loop->ops->stop(w->loop);
    else if (w->ask_again)
        assert_true(w->names->ops->forward(w->names, SLICE("a..b"), ADDR_V4, answered, w));
}

static void forward(struct world *w, const char *name, enum addr_family family) {
    w->inside_call = true;
    assert_true(w->names->ops->forward(w->names, slice_of(name), family, answered, w));
    w->inside_call = false;
}

static void reverse(struct world *w, const struct addr *a) {
    w->inside_call = true;
    assert_true(w->names->ops->reverse(w->names, a, answered, w));
    w->inside_call = false;
}

static void forward_answers(void **state) {
    (void)state;
    static const struct {
        const char *name;
        enum addr_family family;
        size_t addrs;
        const char *error;
    } cases[] = {
        {"good.test", ADDR_V4, 2, NULL},
        {"good.test.", ADDR_V4, 2, NULL},
        {"good.test", ADDR_V6, 1, NULL},
        {"good.test", ADDR_NONE, 3, NULL},
        {"192.0.2.77", ADDR_V4, 1, NULL},
        {"nx.test", ADDR_V4, 0, "no such name"},
        {"fail.test", ADDR_V4, 0, "the name server failed"},
        {"drop.test", ADDR_V4, 0, "the name server did not answer"},
        {"garbage.test", ADDR_V4, 0, ""},
        {"", ADDR_V4, 0, "not a valid name"},
        {"a..test", ADDR_V4, 0, ""},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct world w;
        open_world(&w);
        forward(&w, cases[i].name, cases[i].family);
        assert_int_equal(w.calls, 0);
        w.loop->ops->run(w.loop);
        assert_int_equal(w.calls, 1);
        if ((cases[i].error == NULL) != (w.error == NULL) || w.n_addrs != cases[i].addrs)
            fail_msg("%s: %s, %zu addresses", cases[i].name, w.error ? w.error : "ok", w.n_addrs);
        if (cases[i].error && cases[i].error[0])
            assert_string_equal(w.error, cases[i].error);
        if (cases[i].family == ADDR_V4 && cases[i].addrs == 2)
            assert_true(addr_v4_value(&w.addrs[0]) >> 8 == 0xc00002);
        close_world(&w);
    }
}

static void reverse_answers_are_the_first_name(void **state) {
    (void)state;
    struct world w;
    struct addr a = addr_v4(0xc0000201), none = {0};
    static const uint8_t six[16] = {0x20, 1, 0x0d, 0xb8, [15] = 9};
    open_world(&w);
    reverse(&w, &a);
    w.loop->ops->run(w.loop);
    assert_string_equal(w.name, "one");
    a = addr_v6(six, 0);
    w.wanted = 2;
    reverse(&w, &a);
    w.loop->ops->run(w.loop);
    assert_string_equal(w.name, "one");
    w.wanted = 3;
    reverse(&w, &none);
    w.loop->ops->run(w.loop);
    assert_non_null(w.error);
    close_world(&w);
}

static void more_than_fit_in_flight_are_all_answered_once(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    w.wanted = 3000;
    for (uint32_t i = 0; i < 3000; i++) {
        struct addr a = addr_v4(0x0a000000 + i);
        reverse(&w, &a);
    }
    w.loop->ops->run(w.loop);
    assert_int_equal(w.calls, 3000);
    assert_int_equal(w.ok, 3000);
    loop_timer_off(w.loop, &w.guard);
    w.loop->ops->unwatch(w.loop, w.watch);
    w.loop->ops->run(w.loop); /* ends: the sockets are closed, nothing is watched */
    assert_int_equal(w.calls, 3000);
    close_world(&w);
}

static void cancelled_requests_stay_silent(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    for (uint32_t i = 0; i < 300; i++) {
        struct addr a = addr_v4(0x0a000000 + i);
        reverse(&w, &a);
        forward(&w, "drop.test", ADDR_NONE);
        forward(&w, "", ADDR_NONE);
    }
    w.names->ops->cancel_all(w.names);
    forward(&w, "good.test", ADDR_V4);
    w.loop->ops->run(w.loop);
    assert_int_equal(w.calls, 1);
    assert_int_equal(w.ok, 1);
    forward(&w, "good.test", ADDR_V4); /* destroyed while under way */
    close_world(&w);
}

static void asking_from_the_callback(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    w.wanted = 50;
    w.ask_again = true;
    forward(&w, "nx.test", ADDR_V4);
    w.loop->ops->run(w.loop);
    assert_int_equal(w.calls, 50);
    close_world(&w);
}

static void the_hosts_file_is_asked_first(void **state) {
    (void)state;
    char path[] = "/tmp/leadline-hosts-XXXXXX";
    static const char text[] = "# comment\n192.0.2.5\tfive.example five\n192.0.2.5 other\nnonsense\n"
                               "2001:db8::7 seven # seven\n192.0.2.6\n";
    static const struct {
        const char *addr, *name;
    } cases[] = {{"192.0.2.5", "five.example"}, {"2001:db8::7", "seven"}};
    struct err e = {0};
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    struct world w = {.loop = loop_uv_create(&e), .wanted = 1};
    w.names = names_cares_create(w.loop, &(struct names_cares_options){.hosts_path = path}, &e);
    unlink(path);
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct addr a;
        assert_true(addr_parse(slice_of(cases[i].addr), &a));
        w.calls = 0;
        reverse(&w, &a);
        w.loop->ops->run(w.loop);
        assert_string_equal(w.name, cases[i].name);
    }
    w.names->ops->destroy(w.names);
    w.loop->ops->destroy(w.loop);
}

static void server_texts(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool ok;
    } cases[] = {{"192.0.2.1", true},   {"192.0.2.1:5353", true},  {"[::1]", true},       {"[::1]:53", true},
                 {"2001:db8::1", true}, {"192.0.2.1:0", false},    {"192.0.2.1:", false}, {"192.0.2.1:65536", false},
                 {"ns.example", false}, {"[::1]x", false},         {"[::1", false},       {"", false},
                 {"fe80::1%1", false},  {"192.0.2.1:5353x", false}};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct err e = {0};
        struct loop *loop = loop_uv_create(&e);
        struct slice server = slice_of(cases[i].text);
        struct names_cares_options o = {.servers = &server, .n_servers = 1};
        struct names *n = names_cares_create(loop, &o, &e);
        if ((n != NULL) != cases[i].ok)
            fail_msg("\"%s\": %s", cases[i].text, e.text);
        if (n)
            n->ops->destroy(n);
        else
            assert_int_equal(e.code, ERR_USAGE);
        loop->ops->destroy(loop);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_answers),
        cmocka_unit_test(reverse_answers_are_the_first_name),
        cmocka_unit_test(more_than_fit_in_flight_are_all_answered_once),
        cmocka_unit_test(cancelled_requests_stay_silent),
        cmocka_unit_test(asking_from_the_callback),
        cmocka_unit_test(the_hosts_file_is_asked_first),
        cmocka_unit_test(server_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
