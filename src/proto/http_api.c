#include "proto/http_api.h"

#include "proto/json_scan.h"

/* Members of JSON that name product or version, and who shows them. */
static const struct {
    const char *path, *key;
} members[] = {
    {"version", "http.json.version"},                   /* CouchDB /, Grafana /api/health, Consul, Vault, NATS /varz */
    {"Version", "http.json.version"},                   /* Docker /version */
    {"version.number", "http.json.version"},            /* Elasticsearch, OpenSearch / */
    {"data.version", "http.json.version"},              /* Prometheus /api/v1/status/buildinfo */
    {"result.version", "http.json.version"},            /* aria2, answer of JSON-RPC */
    {"etcdserver", "http.json.etcdserver"},             /* etcd /version */
    {"gitVersion", "http.json.gitversion"},             /* Kubernetes /version */
    {"Config.Version", "http.json.config-version"},     /* Consul /v1/agent/self */
    {"Config.NodeName", "http.host"},                   /* the same */
    {"couchdb", "http.json.couchdb"},                   /* CouchDB / */
    {"vendor.name", "http.json.vendor"},                /* the same */
    {"tagline", "http.json.tagline"},                   /* Elasticsearch, OpenSearch / */
    {"version.distribution", "http.json.distribution"}, /* OpenSearch / */
    {"cluster_name", "http.json.cluster"},              /* Elasticsearch, OpenSearch, Vault */
    {"name", "http.json.name"},                         /* Elasticsearch: of the node */
    {"kind", "http.json.kind"},                         /* Kubernetes: "Status" */
    {"ApiVersion", "http.json.api"},                    /* Docker /version */
    {"Os", "http.json.os"},                             /* the same */
    {"Arch", "http.json.arch"},                         /* the same */
    {"KernelVersion", "http.json.kernel"},              /* the same */
    {"platform", "http.json.platform"},                 /* Kubernetes /version: "linux/amd64" */
    {"server_id", "http.json.server-id"},               /* NATS /varz */
    {"server_name", "http.json.server-name"},           /* the same */
    {"sealed", "http.json.sealed"},                     /* Vault /v1/sys/health */
    {"database", "http.json.database"},                 /* Grafana /api/health */
    {"status", "http.json.status"},                     /* Prometheus: "success" */
    {"message", "http.json.message"},                   /* Docker: "page not found" */
};

enum hint_how {
    QUIET = 1, /* only when there is no http.server */
    FRESH = 2  /* also on a connection of its own, where this one ends */
};

/* First answers that suggest a second question. `status` 0: any. */
static const struct {
    unsigned status;
    const char *key, *holds; /* a fact and a part of its value; NULL: neither this fact nor http.server is there */
    const char *path;
    unsigned how; /* enum hint_how */
} hints[] = {
    {404, "http.text", "404 page not found", "/version", 0},         /* etcd: the answer of Go's net/http for no page */
    {404, "http.json.message", "page not found", "/version", 0},     /* Docker */
    {0, "http.server", "Docker/", "/version", 0},                    /* Docker */
    {0, "http.json.kind", "Status", "/version", 0},                  /* Kubernetes */
    {302, "http.location", "/graph", "/api/v1/status/buildinfo", 0}, /* Prometheus 2 */
    {302, "http.location", "/query", "/api/v1/status/buildinfo", 0}, /* Prometheus 3 */
    {200, "http.title", "Prometheus Time Series", "/api/v1/status/buildinfo", 0}, /* behind a path prefix */
    {200, "http.title", "Node Exporter", "/metrics?collect[]=time", 0}, /* only one collector: a short answer */
    {200, "http.title", "Alertmanager", "/api/v2/status", 0},           /* Alertmanager */
    {302, "http.location", "/login", "/api/health", 0},                 /* Grafana */
    {301, "http.location", "/ui/", "/v1/agent/self", 0},                /* Consul */
    {307, "http.location", "/ui/", "/v1/sys/health", 0},                /* Vault */
    {0, "http.reason", NULL, "/no-such-page.leadline", 0}, /* Tomcat: no reason in its status line (since 8.5),
 no header Server; it names itself at the foot of an error */
    {200, "http.icon", "nats.io/favicon", "/varz", 0},     /* NATS monitoring */
    {400, "http.text", "Invalid header received from client", "http://config.privoxy.org/", QUIET | FRESH}, /* Privoxy:
                                                           a page that it makes itself, for who asks it as a proxy */
    {404, "http.cache-control", "no-cache", "/jsonrpc?method=aria2.getVersion&id=1", QUIET},                /* aria2 */
    {404, "http.title", "404 Not Found", "/http-bind", QUIET}, /* Prosody */
    {404, "http.heading", "404 Not Found", "/admin/", QUIET},  /* ejabberd */
    {200, "http.cache-control", "no-cache", "/v2/", QUIET},    /* a registry of container images: nothing at "/" */
};

/* Text inside <title>: from behind '>' to '<'; entities stay as they are, blanks are folded. */
static void put_folded(struct facts *out, const char *key, struct slice text) {
    char folded[FACT_VALUE_MAX];
    size_t n = 0;
    struct slice word;
    while (n < sizeof folded && slice_word(&text, &word)) {
        if (n)
            folded[n++] = ' ';
        size_t fits = ll_min_size(word.n, sizeof folded - n);
        memcpy(folded + n, word.p, fits);
        n += fits;
    }
    if (n)
        facts_put(out, key, (struct slice){folded, n});
}

/* Where `part` begins, in any case; s.n: nowhere. */
static size_t find(struct slice s, struct slice part) {
    for (size_t i = 0; i + part.n <= s.n; i++)
        if (slice_starts_nocase(slice_skip(s, i), part))
            return i;
    return s.n;
}

static void put_title(struct slice body, const char *key, struct facts *out) {
    struct slice rest = slice_skip(body, find(body, SLICE("<title")));
    size_t open = slice_find(rest, '>');
    if (open == rest.n)
        return;
    rest = slice_skip(rest, open + 1);
    put_folded(out, key, slice_sub(rest, 0, slice_find(rest, '<')));
}

/* The text of the first <h1>, up to the first tag behind text. */
static void put_heading(struct slice body, struct facts *out) {
    struct slice rest = slice_skip(body, find(body, SLICE("<h1")));
    for (unsigned tags = 0; tags < 4 && rest.n; tags++) {
        rest = slice_skip(rest, slice_find(rest, '>') + 1);
        struct slice text = slice_trim(slice_sub(rest, 0, slice_find(rest, '<')));
        if (text.n) {
            put_folded(out, "http.heading", text);
            return;
        }
    }
}

/* All the text of the first <h1>, without tags. */
static void put_whole_heading(struct slice body, struct facts *out) {
    char text[FACT_VALUE_MAX];
    size_t n = 0;
    struct slice rest = slice_skip(body, find(body, SLICE("<h1")));
    rest = slice_sub(rest, 0, find(rest, SLICE("</h1")));
    for (rest = slice_skip(rest, slice_find(rest, '>') + 1); rest.n;) {
        struct slice part = slice_sub(rest, 0, ll_min_size(slice_find(rest, '<'), sizeof text - n));
        if (part.n)
            memcpy(text + n, part.p, part.n);
        n += part.n;
        rest = slice_skip(rest, slice_find(rest, '<'));
        rest = slice_skip(rest, slice_find(rest, '>') + 1);
    }
    put_folded(out, "http.api.heading", (struct slice){text, n});
}

/* <meta name="generator" content="..."> */
static void put_generator(struct slice body, struct facts *out) {
    struct slice rest = slice_skip(body, find(body, SLICE("name=\"generator\"")));
    rest = slice_sub(rest, 0, slice_find(rest, '>'));
    rest = slice_skip(rest, find(rest, SLICE("content=\"")));
    if (rest.n == 0)
        return;
    rest = slice_skip(rest, SLICE("content=\"").n);
    facts_put_some(out, "http.generator", slice_sub(rest, 0, slice_find(rest, '"')));
}

/* <link rel="shortcut icon" href="...">, only in this order */
static void put_icon(struct slice body, struct facts *out) {
    struct slice rest = slice_skip(body, find(body, SLICE("icon\" href=\"")));
    if (rest.n == 0)
        return;
    rest = slice_skip(rest, SLICE("icon\" href=\"").n);
    facts_put_some(out, "http.icon", slice_sub(rest, 0, slice_find(rest, '"')));
}

/* <a href="...">, the first one */
static void put_link(struct slice body, struct facts *out) {
    struct slice rest = slice_skip(body, find(body, SLICE("<a href=\"")));
    if (rest.n == 0)
        return;
    rest = slice_skip(rest, SLICE("<a href=\"").n);
    facts_put_some(out, "http.link", slice_sub(rest, 0, slice_find(rest, '"')));
}

/* The text right below the first heading, as the short pages of errors have it. */
static void put_below(struct slice body, struct facts *out) {
    struct slice rest = slice_skip(body, find(body, SLICE("</h1>"))), end = SLICE("</h1>");
    rest = slice_skip(rest, ll_min_size(rest.n, end.n));
    put_folded(out, "http.below", slice_sub(rest, 0, slice_find(rest, '<')));
}

/* The first line with text of the first <pre>. */
static void put_preformatted(struct slice body, struct facts *out) {
    struct slice rest = slice_skip(body, find(body, SLICE("<pre>")));
    rest = slice_trim(slice_skip(rest, ll_min_size(rest.n, SLICE("<pre>").n)));
    rest = slice_sub(rest, 0, slice_find(rest, '\n'));
    rest = slice_sub(rest, 0, slice_find(rest, '<'));
    if (rest.n)
        put_folded(out, "http.pre", rest);
}

/* "<h3>Apache Tomcat/10.1.60</h3>" at the foot of a page of errors: the text of its last heading of this size. */
static void put_foot(struct slice body, struct facts *out) {
    struct slice last = {NULL, 0}, rest = slice_skip(body, find(body, SLICE("<h3>")));
    while (rest.n) {
        rest = slice_skip(rest, 4);
        last = slice_sub(rest, 0, slice_find(rest, '<'));
        rest = slice_skip(rest, find(rest, SLICE("<h3>")));
    }
    if (last.n)
        put_folded(out, "http.foot", last);
}

static void put_members(struct slice body, struct facts *out) {
    struct json_scan s = {.rest = body};
    struct slice value;
    while (json_next(&s, &value))
        for (size_t i = 0; i < LL_COUNT(members); i++)
            if (json_is_at(&s, slice_of(members[i].path)) && !facts_have(out, members[i].key))
                facts_put(out, members[i].key, value);
}

void http_body_facts(const struct http_message *m, struct facts *out) {
    struct slice body = slice_trim((struct slice){m->body, m->n_body});
    if (body.n == 0)
        return;
    if (body.p[0] == '{') {
        put_members(body, out);
    } else if (find(slice_sub(body, 0, 1024), SLICE("<")) < ll_min_size(body.n, 1024)) {
        put_title(body, "http.title", out);
        put_link(body, out);
        put_preformatted(body, out);
        put_below(body, out);
        put_generator(body, out);
        put_icon(body, out);
        put_heading(body, out);
        put_foot(body, out);
    } else if (is_text(body)) {
        facts_put(out, "http.text", slice_sub(body, 0, slice_find(body, '\n')));
    }
}

size_t http_api_hint(const struct http_message *m, const struct facts *f) {
    bool goes_on = m->whole && m->keeps;
    for (size_t i = 0; i < LL_COUNT(hints); i++) {
        bool holds = hints[i].holds ? slice_has(facts_get(f, hints[i].key), slice_of(hints[i].holds))
                                    : !facts_have(f, hints[i].key) && !facts_have(f, "http.server");
        holds = holds && !((hints[i].how & QUIET) && facts_have(f, "http.server"));
        if (holds && (goes_on || (hints[i].how & FRESH)) && (hints[i].status == 0 || hints[i].status == m->status))
            return i + 1;
    }
    return 0;
}

struct slice http_api_path(size_t hint) {
    return slice_of(hint && hint <= LL_COUNT(hints) ? hints[hint - 1].path : NULL);
}

/* "node_exporter_build_info{...,version="1.5.0"} 1" of the text format of Prometheus: name and version. */
static void put_build_info(struct slice body, struct facts *out) {
    struct slice line;
    while (line_last(&body, &line)) {
        struct slice name = slice_sub(line, 0, slice_find(line, '{'));
        size_t at = find(line, SLICE("version=\""));
        while (at < line.n && line.p[at - 1] != ',' && line.p[at - 1] != '{') { /* not "goversion" */
            size_t next = at + 1;
            at = next + find(slice_skip(line, next), SLICE("version=\""));
        }
        size_t suffix = SLICE("_build_info").n;
        if (at >= line.n || name.n <= suffix || line.p[0] == '#' ||
            !slice_eq(slice_skip(name, name.n - suffix), SLICE("_build_info")))
            continue;
        struct slice version = slice_skip(line, at + SLICE("version=\"").n);
        facts_put(out, "http.metrics.name", slice_sub(name, 0, name.n - suffix));
        facts_put(out, "http.metrics.version", slice_sub(version, 0, slice_find(version, '"')));
        return;
    }
}

void http_api_facts(const struct http_message *m, struct slice path, struct facts *out) {
    struct slice body = slice_trim((struct slice){m->body, m->n_body});
    facts_put(out, "http.api", path);
    facts_put_u64(out, "http.api.status", m->status);
    facts_put_some(out, "http.api.auth", http_header(m, SLICE("www-authenticate")));
    if (!facts_have(out, "http.docker-distribution"))
        facts_put_some(out, "http.docker-distribution", http_header(m, SLICE("docker-distribution-api-version")));
    put_title(body, "http.api.title", out);
    put_whole_heading(body, out);
    if (body.n && body.p[0] == '{')
        put_members(body, out);
    else if (body.n && body.p[0] == '<' && !facts_have(out, "http.foot"))
        put_foot(body, out);
    else
        put_build_info(body, out);
}
