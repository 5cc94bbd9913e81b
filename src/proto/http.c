/* HTTP/1 (RFC 9110, RFC 9112): asks for "/" and, where the answer suggests a product that says more at a public
 * address, once more, on the same connection where that goes on; where it wants NTLM, with its first message, whose
 * challenge names the host (MS-NTHT 2.2; no user and no password). Bodies are asked for without compression, and
 * compressed ones are not unpacked. */
#include "proto/http_api.h"
#include "proto/ntlm.h"

#define COOKIES_MAX 8
#define NTLM_ASKED UINT64_C(0x100) /* in the memo, in place of the number of a hint: plus the scheme's index */

/* Schemes that carry NTLM (MS-NTHT 2.2.1; RFC 4559 4.1 takes its messages, too), the plain one first. */
static const struct slice ntlm_schemes[] = {{"NTLM", 4}, {"Negotiate", 9}};

static bool usual_port(const struct parser_peer *peer) {
    return peer->port == (peer->tls ? 443 : 80);
}

/* A whole URI is what a proxy is asked for (RFC 9112 3.2.2): Host names what it names. */
static void ask_with(const struct dialogue *d, struct slice path, struct slice scheme, struct buf *ask) {
    bool whole = slice_starts(path, SLICE("http://"));
    struct slice host = whole ? slice_skip(path, SLICE("http://").n) : d->peer->host;
    host = whole ? slice_sub(host, 0, slice_find(host, '/')) : host;
    bool v6 = slice_find(host, ':') < host.n;
    buf_printf(ask, "GET " SLICE_FMT " HTTP/1.1\r\nHost: %s" SLICE_FMT "%s", SLICE_ARG(path), v6 ? "[" : "",
               SLICE_ARG(host), v6 ? "]" : "");
    if (!whole && !usual_port(d->peer))
        buf_printf(ask, ":%u", d->peer->port);
    buf_put_str(ask, "\r\nUser-Agent: Leadline\r\nAccept: */*\r\nAccept-Encoding: identity\r\n");
    if (scheme.n)
        buf_printf(ask, "Authorization: " SLICE_FMT " " SLICE_FMT "\r\n", SLICE_ARG(scheme),
                   SLICE_ARG(ntlm_negotiate_text));
    buf_put_str(ask, "\r\n");
}

static void ask_for(const struct dialogue *d, struct slice path, struct buf *ask) {
    ask_with(d, path, (struct slice){NULL, 0}, ask);
}

static void http_hello(struct dialogue *d, struct buf *ask) {
    ask_for(d, SLICE("/"), ask);
}

static const struct {
    const char *name, *key;
} headers[] = {
    {"Server", "http.server"},
    {"Content-Type", "http.content-type"},
    {"Location", "http.location"},
    {"X-Powered-By", "http.powered-by"},
    {"Via", "http.via"},
    {"WWW-Authenticate", "http.auth"},
    {"Proxy-Authenticate", "http.proxy-auth"},
    {"Proxy-Agent", "http.proxy-agent"},
    {"Upgrade", "http.upgrade"},
    {"Allow", "http.allow"},
    {"DAV", "http.dav"},
    {"X-Generator", "http.generator"},
    {"X-AspNet-Version", "http.aspnet"},
    {"X-Influxdb-Version", "http.x-influxdb-version"},
    {"X-Influxdb-Build", "http.x-influxdb-build"},
    {"X-Jenkins", "http.x-jenkins"},
    {"X-Squid-Error", "http.x-squid-error"},
    {"X-Cache", "http.x-cache"},
    {"X-Varnish", "http.x-varnish"},
    {"Cache-Control", "http.cache-control"},
    {"X-Transmission-Session-Id", "http.x-transmission"},
    {"X-Elastic-Product", "http.x-elastic-product"},
    {"X-Consul-Index", "http.x-consul"},
    {"X-Drupal-Cache", "http.x-drupal-cache"},
    {"X-Pingback", "http.x-pingback"},
    {"X-ClickHouse-Summary", "http.x-clickhouse"},
    {"X-Docker-Registry-Version", "http.x-docker-registry"},
    {"Docker-Distribution-Api-Version", "http.docker-distribution"},
    {"Api-Version", "http.api-version"},
    {"Docker-Experimental", "http.docker-experimental"},
    {"X-Gitlab-Meta", "http.x-gitlab-meta"},
    {"Audit-Id", "http.audit-id"},
    {"X-Kubernetes-Pf-Flowschema-Uid", "http.x-kubernetes"},
    {"kbn-name", "http.kbn-name"},
    {"X-Content-Powered-By", "http.content-powered-by"},
    {"X-Plex-Protocol", "http.x-plex"},
    {"X-Clacks-Overhead", "http.x-clacks"},
    {"Alt-Svc", "http.alt-svc"},
};

/* realm="..." (RFC 9110 11.5) */
static void put_realm(struct slice value, struct facts *out) {
    for (; value.n; value = slice_skip(value, 1))
        if (slice_starts_nocase(value, SLICE("realm="))) {
            value = slice_skip(value, 6);
            if (value.n && value.p[0] == '"') {
                value = slice_skip(value, 1);
                facts_put(out, "http.realm", slice_sub(value, 0, slice_find(value, '"')));
            } else {
                facts_put(out, "http.realm", slice_sub(value, 0, slice_find(value, ',')));
            }
            return;
        }
}

/* The name in an absolute Location that is not the one we asked for. */
static void put_host(const struct dialogue *d, struct slice location, struct facts *out) {
    size_t scheme = slice_starts_nocase(location, SLICE("http://"))    ? 7
                    : slice_starts_nocase(location, SLICE("https://")) ? 8
                                                                       : location.n;
    struct slice host = slice_skip(location, scheme);
    host = slice_sub(host, 0, slice_find(host, '/'));
    host = slice_sub(host, 0, slice_find(host, ':'));
    struct addr addr;
    if (is_host_name(host) && host.p[0] != '[' && !slice_eq_nocase(host, d->peer->host) && !addr_parse(host, &addr))
        facts_put(out, "http.host", host);
}

/* A Varnish passes on the Server of who stands behind it and names itself in Via (RFC 9110 7.6.3). */
static bool came_through_varnish(const struct http_message *m) {
    return http_header(m, SLICE("X-Varnish")).n && slice_has(http_header(m, SLICE("Via")), SLICE("(Varnish")) &&
           !slice_eq(http_header(m, SLICE("Server")), SLICE("Varnish"));
}

/* The key of the header Server, which is not always the one of what answers: GitLab stands behind an nginx of its own.
 */
static const char *server_key(const struct http_message *m) {
    return came_through_varnish(m)                    ? "http.origin-server"
           : http_header(m, SLICE("X-Gitlab-Meta")).n ? "http.front-server"
                                                      : "http.server";
}

static void put_headers(const struct dialogue *d, const struct http_message *m, struct facts *out) {
    struct slice head = m->head, name, value;
    unsigned cookies = 0;
    const char *server = server_key(m);
    for (unsigned i = 0; i < HTTP_HEADERS_MAX && http_header_next(&head, &name, &value); i++) {
        for (size_t k = 0; k < LL_COUNT(headers); k++) {
            const char *key = k == 0 ? server : headers[k].key;
            if (slice_eq_nocase(name, slice_of(headers[k].name)) && !facts_have(out, key))
                facts_put(out, key, value);
        }
        if (slice_eq_nocase(name, SLICE("Set-Cookie")) && cookies++ < COOKIES_MAX)
            facts_put_some(out, "http.cookie", slice_sub(value, 0, slice_find(value, '=')));
        if (slice_eq_nocase(name, SLICE("WWW-Authenticate")) || slice_eq_nocase(name, SLICE("Proxy-Authenticate")))
            put_realm(value, out);
        if (slice_eq_nocase(name, SLICE("Location")))
            put_host(d, value, out);
    }
}

/* What stands behind this scheme in a header WWW-Authenticate of its own; p NULL: the scheme is not offered. */
static struct slice offered(const struct http_message *m, struct slice scheme) {
    struct slice head = m->head, name, value;
    for (unsigned i = 0; i < HTTP_HEADERS_MAX && http_header_next(&head, &name, &value); i++)
        if (slice_eq_nocase(name, SLICE("WWW-Authenticate")) && slice_starts_nocase(value, scheme) &&
            (value.n == scheme.n || value.p[scheme.n] == ' '))
            return slice_trim(slice_skip(value, scheme.n));
    return (struct slice){NULL, 0};
}

/* Which question comes second: 0, none. */
static uint64_t second(const struct http_message *m, const struct facts *out) {
    for (size_t i = 0; m->status == 401 && m->whole && m->keeps && i < LL_COUNT(ntlm_schemes); i++)
        if (offered(m, ntlm_schemes[i]).p)
            return NTLM_ASKED + i;
    return http_api_hint(m, out);
}

static void second_answer(const struct dialogue *d, const struct http_message *m, struct facts *out) {
    if (d->memo[0] >= NTLM_ASKED)
        (void)ntlm_facts_text(offered(m, ntlm_schemes[d->memo[0] - NTLM_ASKED]), out);
    else
        http_api_facts(m, http_api_path(d->memo[0]), out);
}

static enum parse http_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct http_message m;
    enum parse got = http_message_read(in, end, &m);
    if (d->memo[0]) { /* the second answer; without it the first one stands */
        if (got == PARSE_DONE)
            second_answer(d, &m, out);
        return got == PARSE_MORE ? PARSE_MORE : PARSE_DONE;
    }
    if (got != PARSE_DONE)
        return got;
    facts_put(out, "http.version", m.version);
    if (m.status)
        facts_put_u64(out, "http.status", m.status);
    facts_put_some(out, "http.reason", m.reason);
    put_headers(d, &m, out);
    http_body_facts(&m, out);
    d->memo[0] = d->asked == 1 ? second(&m, out) : 0;
    if (d->memo[0] == 0)
        return PARSE_DONE;
    d->fresh = !m.whole || !m.keeps;
    d->used = d->fresh ? 0 : m.n;
    if (d->memo[0] >= NTLM_ASKED)
        ask_with(d, SLICE("/"), ntlm_schemes[d->memo[0] - NTLM_ASKED], ask);
    else
        ask_for(d, http_api_path(d->memo[0]), ask);
    return ask->failed ? PARSE_DONE : PARSE_ASK;
}

static const uint16_t http_ports[] = {80,   81,   591,  631,  2375, 2379, 2380, 2812, 3000,  3128, 5000, 5984,
                                      8000, 8001, 8008, 8080, 8081, 8086, 8088, 8118, 8123,  8200, 8222, 8500,
                                      8800, 8888, 9000, 9090, 9091, 9093, 9100, 9200, 15672, 0};
static const uint16_t http_tls_ports[] = {443, 4443, 6443, 7443, 8006, 8443, 9443, 10250, 0};

static const struct parser_key http_keys[] = {
    {"http.version", "of the answer: 1.0, 1.1; 0.9 for a page without a head"},
    {"http.status", "status code"},
    {"http.reason", "text behind it"},
    {"http.server", "header Server"},
    {"http.content-type", "header Content-Type"},
    {"http.location", "header Location"},
    {"http.host", "host name in Location, when it is not the asked one; name of a Consul node"},
    {"http.powered-by", "header X-Powered-By"},
    {"http.via", "header Via"},
    {"http.auth", "header WWW-Authenticate"},
    {"http.proxy-auth", "header Proxy-Authenticate"},
    {"http.realm", "realm of either"},
    {"http.proxy-agent", "header Proxy-Agent"},
    {"http.upgrade", "header Upgrade"},
    {"http.allow", "header Allow"},
    {"http.dav", "header DAV"},
    {"http.cookie", "name of a cookie; several"},
    {"http.generator", "meta generator of the page, or header X-Generator"},
    {"http.title", "title of the page, blanks folded, entities as they are"},
    {"http.heading", "first text inside the first <h1>"},
    {"http.below", "text right behind the first </h1>"},
    {"http.foot", "text of the last <h3>"},
    {"http.link", "address of the page's first link"},
    {"http.pre", "first line of the page's first preformatted text"},
    {"http.icon", "address of the page's icon"},
    {"http.text", "first line of a body that is neither HTML nor JSON"},
    {"http.aspnet", "header X-AspNet-Version"},
    {"http.x-influxdb-version", "header X-Influxdb-Version"},
    {"http.x-influxdb-build", "header X-Influxdb-Build"},
    {"http.x-jenkins", "header X-Jenkins"},
    {"http.x-squid-error", "header X-Squid-Error"},
    {"http.x-cache", "header X-Cache"},
    {"http.x-varnish", "header X-Varnish"},
    {"http.cache-control", "header Cache-Control"},
    {"http.origin-server", "header Server of an answer that came through a Varnish; http.server is not there then"},
    {"http.front-server", "header Server of a GitLab, which is its nginx; http.server is not there then"},
    {"http.x-transmission", "header X-Transmission-Session-Id"},
    {"http.x-elastic-product", "header X-Elastic-Product"},
    {"http.x-consul", "header X-Consul-Index"},
    {"http.x-drupal-cache", "header X-Drupal-Cache"},
    {"http.x-pingback", "header X-Pingback"},
    {"http.x-clickhouse", "header X-ClickHouse-Summary"},
    {"http.x-docker-registry", "header X-Docker-Registry-Version"},
    {"http.docker-distribution", "header Docker-Distribution-Api-Version"},
    {"http.api-version", "header Api-Version"},
    {"http.docker-experimental", "header Docker-Experimental"},
    {"http.x-gitlab-meta", "header X-Gitlab-Meta"},
    {"http.audit-id", "header Audit-Id"},
    {"http.x-kubernetes", "header X-Kubernetes-Pf-Flowschema-Uid"},
    {"http.kbn-name", "header kbn-name"},
    {"http.content-powered-by", "header X-Content-Powered-By"},
    {"http.x-plex", "header X-Plex-Protocol"},
    {"http.x-clacks", "header X-Clacks-Overhead"},
    {"http.alt-svc", "header Alt-Svc"},
    NTLM_KEYS,
    {"http.api", "path of a second question that was answered"},
    {"http.api.status", "status code of that answer"},
    {"http.api.auth", "its header WWW-Authenticate"},
    {"http.api.title", "title of its page"},
    {"http.api.heading", "text of its first <h1>, without tags"},
    {"http.metrics.name", "NAME of NAME_build_info in metrics"},
    {"http.metrics.version", "its version"},
    {"http.json.version", "version that a JSON answer names"},
    {"http.json.etcdserver", "etcdserver"},
    {"http.json.gitversion", "gitVersion"},
    {"http.json.config-version", "Config.Version"},
    {"http.json.couchdb", "couchdb"},
    {"http.json.vendor", "vendor.name"},
    {"http.json.tagline", "tagline"},
    {"http.json.distribution", "version.distribution"},
    {"http.json.cluster", "cluster_name"},
    {"http.json.name", "name"},
    {"http.json.kind", "kind"},
    {"http.json.api", "ApiVersion"},
    {"http.json.os", "Os"},
    {"http.json.arch", "Arch"},
    {"http.json.kernel", "KernelVersion"},
    {"http.json.platform", "platform"},
    {"http.json.server-id", "server_id"},
    {"http.json.server-name", "server_name"},
    {"http.json.sealed", "sealed"},
    {"http.json.database", "database"},
    {"http.json.status", "status"},
    {"http.json.message", "message"},
    {NULL, NULL}};

const struct parser parser_http = {
    .name = "http",
    .service = "http",
    .source = "RFC 9110, RFC 9112",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 1,
    .ports = http_ports,
    .tls_ports = http_tls_ports,
    .keys = http_keys,
    .recognise = http_recognise,
    .hello = http_hello,
    .read = http_read,
};
