/* leadline.h as a careless and as a hostile program uses it. Only loopback is scanned. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <leadline.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct seen {
    unsigned open_ports, hosts, messages, wrong;
    uint16_t port;
    size_t n_ports;
    int partial;
    char address[64], state[16], last[600];
    struct ll_scan *stop, *meddle; /* to be stopped, or bothered, from inside the callback */
};

static void take_port(struct seen *s, const struct ll_event *e) {
    s->open_ports++;
    s->port = e->port->number;
    s->wrong += strcmp(e->port->protocol, "tcp") != 0 || strcmp(e->port->state, "open") != 0 || !*e->port->reason;
    s->wrong += e->host->n_ports != 0 || !e->host->address || !e->host->name || e->text != NULL;
}

static void take_host(struct seen *s, const struct ll_event *e) {
    const struct ll_host *h = e->host;
    s->hosts++;
    s->n_ports = h->n_ports;
    s->partial = h->partial;
    snprintf(s->address, sizeof s->address, "%s", h->address);
    snprintf(s->state, sizeof s->state, "%s", h->state);
    s->wrong += e->port != NULL || e->text != NULL || !h->name || !h->reason || (h->n_ports == 0) != (h->ports == NULL);
    for (size_t i = 0; i < h->n_ports; i++)
        s->wrong += !*h->ports[i].service || (i && h->ports[i].number <= h->ports[i - 1].number);
}

static void on_event(void *ctx, const struct ll_event *e) {
    struct seen *s = ctx;
    if (e->kind == LL_EVENT_OPEN_PORT)
        take_port(s, e);
    else if (e->kind == LL_EVENT_HOST)
        take_host(s, e);
    else if (e->kind == LL_EVENT_MESSAGE) {
        s->messages++;
        s->wrong += !e->text || e->host || e->port;
        snprintf(s->last, sizeof s->last, "%s", e->text);
    }
    if (s->stop)
        ll_scan_stop(s->stop);
    if (s->meddle) {
        s->wrong += ll_scan_run(s->meddle) != LL_ERROR || ll_scan_target(s->meddle, "127.0.0.1") != LL_ERROR;
        s->wrong += ll_scan_option(s->meddle, "n", NULL) != LL_ERROR;
        ll_scan_on_event(s->meddle, NULL, NULL);
    }
}

static struct ll_scan *scan_new(struct seen *s, const char *targets) {
    struct ll_scan *scan = ll_scan_create();
    assert_non_null(scan);
    memset(s, 0, sizeof *s);
    ll_scan_on_event(scan, on_event, s);
    assert_int_equal(ll_scan_option(scan, "n", NULL), LL_OK);
    if (targets)
        assert_int_equal(ll_scan_target(scan, targets), LL_OK);
    return scan;
}

static void set(struct ll_scan *scan, const char *name, const char *value) {
    if (ll_scan_option(scan, name, value) != LL_OK)
        fail_msg("%s: %s", name, ll_scan_error(scan));
}

static void finish(struct ll_scan *scan, enum ll_status wanted) {
    enum ll_status got = ll_scan_run(scan);
    if (got != wanted)
        fail_msg("status %d, not %d: %s", got, wanted, ll_scan_error(scan));
    assert_int_equal(*ll_scan_error(scan) == 0, got == LL_OK || got == LL_INTERRUPTED);
    ll_scan_destroy(scan);
}

static int listener(char port[8]) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 8) == 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
    snprintf(port, 8, "%u", (unsigned)ntohs(a.sin_port));
    return fd;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void errors_have_a_text(void **state) {
    (void)state;
    static const struct {
        const char *name, *value, *said;
    } cases[] = {
        {"no-such-option", NULL, "unknown option"},
        {"", NULL, "unknown option"},
        {NULL, NULL, "unknown option"},
        {"p", NULL, "needs a value"},
        {"p", "", NULL},
        {"n", "yes", "takes no value"},
        {"max-r", "3", "ambiguous"},
        {"T", "9", NULL},
        {"help", NULL, "belongs to the command"},
        {"max-rate", "\x1b[31m\xff", "max-rate"},
        {"g", "65536", "-g"},
    };
    struct seen s;
    struct ll_scan *scan = scan_new(&s, NULL);
    assert_string_equal(ll_scan_error(scan), "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (ll_scan_option(scan, cases[i].name, cases[i].value) != LL_ERROR || !*ll_scan_error(scan))
            fail_msg("option %zu is taken", i);
        if (cases[i].said && !strstr(ll_scan_error(scan), cases[i].said))
            fail_msg("%zu: %s", i, ll_scan_error(scan));
    }
    static const char *const targets[] = {"", NULL, "10.0.0.256", "10.0.0.0/33", "http://a.example/", "a b", "-x"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        if (ll_scan_target(scan, targets[i]) != LL_ERROR || !*ll_scan_error(scan))
            fail_msg("target %zu is taken", i);
    }
    set(scan, "--max-rate", "100"); /* dashes do not matter, and a good call clears the text */
    assert_string_equal(ll_scan_error(scan), "");
    ll_scan_destroy(scan);
    ll_scan_destroy(NULL);
    assert_true(ll_version()[0] >= '0' && ll_version()[0] <= '9');
}

static void combinations_are_checked_by_run(void **state) {
    (void)state;
    struct seen s;
    struct ll_scan *scan = scan_new(&s, "127.0.0.1");
    set(scan, "p", "99999");
    assert_int_equal(ll_scan_run(scan), LL_ERROR);
    assert_non_null(strstr(ll_scan_error(scan), "99999"));
    ll_scan_destroy(scan);
    scan = scan_new(&s, "127.0.0.1");
    set(scan, "sn", NULL);
    set(scan, "sT", NULL);
    assert_int_equal(ll_scan_run(scan), LL_ERROR);
    assert_non_null(strstr(ll_scan_error(scan), "-sT"));
    assert_int_equal(ll_scan_run(scan), LL_ERROR); /* also after a failure a scan has had its run */
    assert_non_null(strstr(ll_scan_error(scan), "run already"));
    assert_int_equal(s.hosts, 0);
    ll_scan_destroy(scan);
}

static void open_and_closed_ports(void **state) {
    (void)state;
    static const char *const kinds[] = {"sT", NULL};
    for (size_t k = 0; k < 2; k++) {
        struct seen s;
        char port[8], ports[32];
        int fd = listener(port);
        struct ll_scan *scan = scan_new(&s, "127.0.0.1");
        snprintf(ports, sizeof ports, "1,2,%s", port);
        set(scan, "p", ports);
        if (kinds[k])
            set(scan, kinds[k], NULL);
        finish(scan, LL_OK);
        close(fd);
        assert_int_equal(s.open_ports, 1);
        assert_int_equal(s.port, atoi(port));
        assert_int_equal(s.hosts, 1);
        assert_int_equal(s.n_ports, 3);
        assert_string_equal(s.address, "127.0.0.1");
        assert_string_equal(s.state, "up");
        assert_int_equal(s.partial + (int)s.wrong, 0);
    }
}

static void a_scan_runs_once(void **state) {
    (void)state;
    struct seen s;
    struct ll_scan *scan = scan_new(&s, "127.0.0.1");
    set(scan, "sL", NULL);
    assert_int_equal(ll_scan_run(scan), LL_OK);
    assert_int_equal(s.hosts, 1);
    assert_string_equal(s.state, "unknown");
    assert_int_equal(ll_scan_run(scan), LL_ERROR);
    assert_non_null(strstr(ll_scan_error(scan), "make a new one"));
    assert_int_equal(ll_scan_option(scan, "n", NULL), LL_ERROR);
    assert_int_equal(ll_scan_target(scan, "127.0.0.1"), LL_ERROR);
    ll_scan_stop(scan);
    assert_int_equal(s.hosts, 1);
    ll_scan_destroy(scan);
}

static void the_callback_cannot_meddle(void **state) {
    (void)state;
    struct seen s;
    struct ll_scan *scan = scan_new(&s, "127.0.0.0/30");
    s.meddle = scan;
    set(scan, "sL", NULL);
    finish(scan, LL_OK);
    assert_int_equal(s.hosts, 4);
    assert_int_equal(s.wrong, 0);
}

static void *stop_soon(void *ctx) {
    usleep(200000);
    ll_scan_stop(ctx);
    return NULL;
}

/* A scan that would take days ends soon; the report is well formed. */
static void stop_from_another_thread(void **state) {
    (void)state;
    struct seen s;
    pthread_t thread;
    char name[] = "api_test.XXXXXX", text[4096] = "";
    int fd = mkstemp(name);
    struct ll_scan *scan = scan_new(&s, "127.0.0.1");
    set(scan, "sT", NULL);
    set(scan, "p", "1-65535");
    set(scan, "scan-delay", "2s");
    set(scan, "oX", name);
    double start = now();
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, scan), 0);
    assert_int_equal(ll_scan_run(scan), LL_INTERRUPTED);
    assert_true(now() - start < 1.5);
    pthread_join(thread, NULL);
    ll_scan_destroy(scan);
    assert_int_equal(s.hosts, 1);
    assert_int_equal(s.partial, 1);
    assert_int_equal(s.wrong, 0);
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    assert_true(n > 0 && strstr(text, "</nmaprun>") && strstr(text, "interrupted"));
    close(fd);
    unlink(name);
}

static void stop_before_and_inside(void **state) {
    (void)state;
    struct seen s;
    struct ll_scan *scan = scan_new(&s, "127.0.0.1");
    set(scan, "p", "1-65535");
    set(scan, "scan-delay", "2s");
    ll_scan_stop(scan);
    double start = now();
    finish(scan, LL_INTERRUPTED);
    assert_true(now() - start < 0.5);

    scan = scan_new(&s, "127.0.0.0/8");
    s.stop = scan;
    set(scan, "sL", NULL);
    start = now();
    finish(scan, LL_INTERRUPTED);
    assert_true(now() - start < 10);
    assert_true(s.hosts > 0 && s.hosts < 16777216);
}

static struct ll_scan *stopped_by_signal;

static void on_signal(int signum) {
    (void)signum;
    ll_scan_stop(stopped_by_signal);
}

static void stop_from_a_signal_handler(void **state) {
    (void)state;
    struct seen s;
    struct sigaction act = {.sa_handler = on_signal}, old;
    struct ll_scan *scan = scan_new(&s, "127.0.0.1");
    stopped_by_signal = scan;
    set(scan, "p", "1-65535");
    set(scan, "scan-delay", "2s");
    sigaction(SIGALRM, &act, &old);
    alarm(1);
    finish(scan, LL_INTERRUPTED);
    sigaction(SIGALRM, &old, NULL);
}

static void messages_are_events(void **state) {
    (void)state;
    struct seen s;
    struct ll_scan *scan = scan_new(&s, "no-such-host.invalid");
    assert_int_equal(ll_scan_target(scan, "127.0.0.1"), LL_OK);
    set(scan, "sL", NULL);
    finish(scan, LL_OK);
    assert_int_equal(s.hosts, 1);
    assert_int_equal(s.messages, 1);
    assert_non_null(strstr(s.last, "no-such-host.invalid"));
    assert_int_equal(s.wrong, 0);
    scan = scan_new(&s, NULL); /* no target at all */
    finish(scan, LL_OK);
    assert_int_equal(s.messages, 1);
    scan = ll_scan_create(); /* and without a callback */
    assert_int_equal(ll_scan_target(scan, "no-such-host.invalid"), LL_OK);
    finish(scan, LL_OK);
}

/* With a callback the scan goes on; without one nobody would see any more of it, so it ends. */
static void a_report_that_cannot_be_written(void **state) {
    (void)state;
    struct seen s;
    struct ll_scan *scan = scan_new(&s, "127.0.0.0/24");
    set(scan, "sL", NULL);
    set(scan, "oX", "/dev/full");
    finish(scan, LL_INCOMPLETE);
    assert_int_equal(s.hosts, 256);
    assert_int_equal(s.messages, 1);
    assert_non_null(strstr(s.last, "/dev/full"));

    scan = scan_new(&s, "127.0.0.0/8");
    ll_scan_on_event(scan, NULL, NULL);
    set(scan, "sL", NULL);
    set(scan, "oX", "/dev/full");
    double start = now();
    finish(scan, LL_INCOMPLETE);
    assert_true(now() - start < 3);

    scan = scan_new(&s, "127.0.0.1");
    set(scan, "oJ", "there/is/none");
    finish(scan, LL_ERROR);
    assert_int_equal(s.hosts, 0);
}

static void *listing(void *ctx) {
    struct seen *s = ctx;
    struct ll_scan *scan = ll_scan_create();
    ll_scan_on_event(scan, on_event, s);
    ll_scan_target(scan, "127.0.0.0/20");
    ll_scan_option(scan, "sL", NULL);
    ll_scan_option(scan, "n", NULL);
    s->wrong += ll_scan_run(scan) != LL_OK;
    ll_scan_destroy(scan);
    return NULL;
}

static void scans_at_once(void **state) {
    (void)state;
    enum { N = 4 };
    struct seen s[N] = {0};
    pthread_t thread[N];
    for (size_t i = 0; i < N; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, listing, &s[i]), 0);
    for (size_t i = 0; i < N; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(s[i].hosts, 4096);
        assert_int_equal(s[i].wrong, 0);
    }
}

/* Hundreds of scans in one process leave nothing open. */
static void many_scans_one_after_another(void **state) {
    (void)state;
    int before = -1;
    for (unsigned i = 0; i < 200; i++) {
        struct seen s;
        struct ll_scan *scan = scan_new(&s, "127.0.0.1");
        if (i % 2)
            set(scan, "p", "1");
        set(scan, i % 2 ? "sT" : "sL", NULL);
        if (i % 5 == 0)
            set(scan, "oJ", "there/is/none");
        finish(scan, i % 5 ? LL_OK : LL_ERROR);
        int next = open("/dev/null", O_RDONLY);
        close(next);
        before = before < 0 ? next : before;
        assert_int_equal(next, before);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_have_a_text),
        cmocka_unit_test(combinations_are_checked_by_run),
        cmocka_unit_test(open_and_closed_ports),
        cmocka_unit_test(a_scan_runs_once),
        cmocka_unit_test(the_callback_cannot_meddle),
        cmocka_unit_test(stop_from_another_thread),
        cmocka_unit_test(stop_before_and_inside),
        cmocka_unit_test(stop_from_a_signal_handler),
        cmocka_unit_test(messages_are_events),
        cmocka_unit_test(a_report_that_cannot_be_written),
        cmocka_unit_test(scans_at_once),
        cmocka_unit_test(many_scans_one_after_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
