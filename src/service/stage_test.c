/* The stage with a port that speaks TLS, against an OpenSSL server in the same thread. A mute port keeps the host open
 * until the test has seen enough, so that no engine is needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "service/service.h"
#include "stream/tls_peer.h"

#include <string.h>

#define PEERS_MAX 64
#define MUTE 1
#define TLS 443

struct world {
    struct loop *loop;
    struct connector face;
    struct connector_ops ops; /* every connection has a peer of its own */
    struct peer *peers[PEERS_MAX];
    size_t n_peers;
    SSL_CTX *server;
    bool wants_certificate;
    struct settings settings;
    struct arena arena;
    struct port_result ports[2];
    struct host_result result;
    struct loop_timer guard;
};

static struct world *world;

static bool is_busy(const struct world *w) {
    for (size_t i = 0; i + 1 < w->n_peers; i++)
        if (w->peers[i]->ssl && !w->peers[i]->closed)
            return true;
    return false;
}

static struct conn *dial(struct connector *c, const struct conn_request *r, int *os) {
    struct world *w = world;
    (void)c;
    *os = ENOBUFS;
    if (w->n_peers == PEERS_MAX)
        return NULL;
    struct peer *p = w->peers[w->n_peers++] = malloc(sizeof *p);
    assert_non_null(p);
    peer_init(p, w->loop, r->dport == TLS && !is_busy(w) ? w->server : NULL);
    p->face.ops = &w->ops;
    if (p->ssl && w->wants_certificate)
        SSL_set_verify(p->ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return peer_open(&p->face, r, os);
}

static size_t capacity(struct connector *c) {
    (void)c;
    return PEERS_MAX;
}

static void over(void *ctx) {
    struct world *w = ctx;
    w->loop->ops->stop(w->loop);
}

/* Asks both ports for that long; the results are in w->result. */
static void play(struct world *w, SSL_CTX *server, bool wants_certificate, unsigned intensity, int64_t ns) {
    struct err e = {0};
    *w = (struct world){.server = server, .ops = peer_ops, .wants_certificate = wants_certificate};
    world = w;
    w->ops.open = dial;
    w->ops.capacity = capacity;
    w->face.ops = &w->ops;
    w->loop = loop_uv_create(&e);
    w->settings.version_intensity = intensity;
    w->settings.timing.template_level = 3;
    w->ports[0] = (struct port_result){.port = MUTE, .proto = PROTO_TCP, .state = PORT_OPEN};
    w->ports[1] = (struct port_result){.port = TLS, .proto = PROTO_TCP, .state = PORT_OPEN};
    w->result = (struct host_result){.addr = addr_v4(0x7f000001), .scanned = true, .ports = w->ports, .n_ports = 2};
    arena_init(&w->arena, "host", 1 << 20);
    struct service_config c = {.settings = &w->settings, .loop = w->loop, .connector = &w->face};
    struct service_scan *s = service_create(&c, &e);
    assert_non_null(s);
    struct stage_host host = {.result = &w->result, .arena = &w->arena};
    assert_true(service_stage.wanted(s, &host));
    loop_timer_init(&w->guard, over, w);
    loop_timer_at(w->loop, &w->guard, loop_now(w->loop) + ns);
    service_stage.start(s, &host);
    w->loop->ops->run(w->loop);
    service_stage.cancel(s, &host);
    for (size_t i = 0; i < w->n_peers; i++) {
        assert_true(w->peers[i]->closed);
        peer_finish(w->peers[i]);
        free(w->peers[i]);
    }
    service_destroy(s);
    SSL_CTX_free(server);
    w->loop->ops->destroy(w->loop);
}

static const struct service_result *at(const struct world *w, uint16_t port) {
    for (size_t i = 0; i < w->result.n_services; i++)
        if (w->result.services[i].port == port)
            return &w->result.services[i];
    fail_msg("no result for port %u", port);
    return NULL;
}

static struct slice fact(const struct service_result *r, const char *key) {
    for (size_t i = 0; i < r->n_facts; i++)
        if (slice_eq(r->facts[i].key, slice_of(key)))
            return r->facts[i].value;
    return (struct slice){NULL, 0};
}

/* It wants a certificate of ours, so that no handshake ends, and attends to one connection at a time; what it showed
 * says enough. */
static void a_handshake_that_fails_is_tls(void **state) {
    (void)state;
    struct world w;
    play(&w, peer_context(TLS_server_method(), TLS1_2_VERSION, 0, 0), true, 7, 3 * NS_PER_S);
    const struct service_result *r = at(&w, TLS);
    assert_true(r->probed);
    assert_int_equal(r->tunnel, TUNNEL_NONE);
    assert_true(slice_eq(r->name, SLICE("ssl")));
    assert_true(slice_eq(r->evidence.parser, SLICE("tls")));
    assert_true(slice_eq(fact(r, "tls.version"), SLICE("TLSv1.2")));
    assert_true(slice_eq(fact(r, "tls.subject.cn"), SLICE("peer.example")));
    assert_int_equal(at(&w, MUTE)->end, SERVICE_END_CUT);
    assert_int_equal(at(&w, MUTE)->n_facts, 0);
    arena_finish(&w.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_handshake_that_fails_is_tls)};
    return cmocka_run_group_tests_name("service stage", tests, NULL, NULL);
}
