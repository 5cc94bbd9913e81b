/* The statements of docs/formats/versiondb.md. */
#include "base/num.h"
#include "service/versiondb_data.h"

enum { SEEN_PORTS = 1, SEEN_TLS = 2, SEEN_WAIT = 4, SEEN_WRAPPED = 8, SEEN_RARITY = 16, SEEN_FALLBACK = 32 };
enum {
    WAIT_LEAST_MS = 100,
    WAIT_MOST_MS = 300000,
    WAIT_MS = 5000,
    WAIT_LISTENING_MS = 6000,
    RARITY = 5,
    PORT_MAX = 65535
};

static struct slice shown(struct slice s) {
    return slice_sub(s, 0, 40);
}

static bool no_memory(struct err *e) {
    return err_set(e, ERR_LIMIT, "no memory for the probes and patterns");
}

/* "80", "1-5"; list of them, each with "T:", "U:" or "S:" in front for Exclude; one without it means all protocols that
 * `to` has, or those of the letter before. */
static bool read_range(struct slice item, uint16_t *from, uint16_t *until) {
    uint64_t a, b;
    size_t dash = slice_find(item, '-');
    if (!num_u64_max(slice_sub(item, 0, dash), PORT_MAX, &a))
        return false;
    b = a;
    if (dash < item.n && !num_u64_max(slice_skip(item, dash + 1), PORT_MAX, &b))
        return false;
    *from = (uint16_t)a;
    *until = (uint16_t)b;
    return a <= b;
}

static bool read_ports(struct slice list, bool qualified, struct portset *const to[3], struct err *e) {
    struct slice item;
    unsigned protos = 7;
    while (slice_split(&list, ',', &item)) {
        uint16_t from, until;
        item = slice_trim(item);
        if (qualified && item.n >= 2 && item.p[1] == ':') {
            size_t which = slice_find(SLICE("TUS"), item.p[0]);
            if (which == 3)
                return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\": a protocol is T:, U: or S:", SLICE_ARG(shown(item)));
            protos = 1U << which;
            item = slice_skip(item, 2);
        }
        if (!read_range(item, &from, &until))
            return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is neither a port nor a range of ports",
                           SLICE_ARG(shown(item)));
        for (size_t i = 0; i < 3; i++)
            if (to[i] && protos >> i & 1)
                portset_add_range(to[i], from, until);
    }
    return true;
}

static bool read_exclude(struct versiondb *db, struct slice rest, struct err *e) {
    if (db->has_exclude || db->n_probes)
        return err_set(e, ERR_INPUT, "Exclude stands once, before the first Probe");
    db->has_exclude = true;
    for (size_t i = 0; i < 3; i++) {
        db->exclude[i] = arena_alloc(&db->arena, sizeof(struct portset));
        if (!db->exclude[i])
            return no_memory(e);
    }
    return read_ports(rest, true, db->exclude, e);
}

static int hex_of(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One escape behind its backslash; the bytes that it takes, 0: not valid. */
static size_t read_escape(struct slice s, uint8_t *out) {
    static const char letters[] = "0abfnrtv", bytes[] = "\0\a\b\f\n\r\t\v";
    if (s.n == 0)
        return 0;
    for (size_t i = 0; i < sizeof letters - 1; i++)
        if (s.p[0] == letters[i]) {
            *out = (uint8_t)bytes[i];
            return 1;
        }
    if (s.p[0] == 'x') {
        int high = s.n >= 3 ? hex_of(s.p[1]) : -1, low = s.n >= 3 ? hex_of(s.p[2]) : -1;
        *out = (uint8_t)((unsigned)high << 4 | (unsigned)low);
        return high >= 0 && low >= 0 ? 3 : 0;
    }
    bool letter = (s.p[0] >= 'a' && s.p[0] <= 'z') || (s.p[0] >= 'A' && s.p[0] <= 'Z');
    *out = (uint8_t)s.p[0];
    return letter || (s.p[0] >= '1' && s.p[0] <= '9') ? 0 : 1;
}

static bool read_payload(struct versiondb *db, struct slice text, struct slice *out, struct err *e) {
    uint8_t bytes[VDB_PAYLOAD_MAX];
    size_t n = 0;
    while (text.n) {
        size_t used = 1;
        uint8_t byte = (uint8_t)text.p[0];
        if (byte == '\\') {
            size_t more = read_escape(slice_skip(text, 1), &byte);
            if (more == 0)
                return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is not an escape", SLICE_ARG(slice_sub(text, 0, 4)));
            used += more;
        }
        if (n == sizeof bytes)
            return err_set(e, ERR_LIMIT, "a probe of more than %d bytes", VDB_PAYLOAD_MAX);
        bytes[n++] = byte;
        text = slice_skip(text, used);
    }
    *out = arena_copy(&db->arena, (struct slice){(const char *)bytes, n});
    return out->p || no_memory(e);
}

static bool grow_probes(struct versiondb *db, struct err *e) {
    if (db->n_probes == VDB_PROBES_MAX)
        return err_set(e, ERR_LIMIT, "more than %d probes", VDB_PROBES_MAX);
    if (db->n_probes < db->cap_probes)
        return true;
    size_t cap = db->cap_probes ? db->cap_probes * 2 : 16;
    struct versiondb_probe *probes = reallocarray(db->probes, cap, sizeof *probes);
    if (!probes)
        return no_memory(e);
    db->probes = probes;
    struct vdb_group *groups = reallocarray(db->groups, cap, sizeof *groups);
    if (!groups)
        return no_memory(e);
    db->groups = groups;
    db->cap_probes = cap;
    return true;
}

/* "q|...|" and what follows. */
static bool read_quoted(struct slice rest, struct slice *text, struct slice *behind, struct err *e) {
    if (rest.n < 3 || rest.p[0] != 'q')
        return err_set(e, ERR_INPUT, "expected: Probe TCP|UDP NAME q|TEXT|");
    char mark = rest.p[1];
    rest = slice_skip(rest, 2);
    size_t n = slice_find(rest, mark);
    if (n == rest.n)
        return err_set(e, ERR_INPUT, "the '%c' that ends the text of the probe is missing",
                       mark > ' ' && mark <= '~' ? mark : '?');
    *text = slice_sub(rest, 0, n);
    *behind = slice_trim(slice_skip(rest, n + 1));
    return true;
}

static bool check_new_probe(struct versiondb *db, const struct versiondb_probe *p, struct err *e) {
    for (size_t i = 0; i < db->n_probes; i++)
        if (db->probes[i].udp == p->udp && slice_eq(db->probes[i].name, p->name))
            return err_set(e, ERR_INPUT, "probe " SLICE_FMT " is there already", SLICE_ARG(shown(p->name)));
    if (p->payload.n == 0 && p->udp)
        return err_set(e, ERR_INPUT, "a UDP probe needs a text: nobody speaks first over UDP");
    return p->payload.n || !db->listening || err_set(e, ERR_INPUT, "a second probe without a text");
}

static bool read_probe(struct versiondb *db, struct slice rest, struct err *e) {
    struct slice proto = {0}, name = {0}, text, behind, copy;
    (void)slice_word(&rest, &proto);
    (void)slice_word(&rest, &name);
    bool udp = slice_eq(proto, SLICE("UDP"));
    if (!udp && !slice_eq(proto, SLICE("TCP")))
        return err_set(e, ERR_INPUT, "a probe goes over TCP or UDP");
    if (!read_quoted(slice_trim(rest), &text, &behind, e))
        return false;
    if (behind.n && !slice_eq(behind, SLICE("no-payload")))
        return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" behind the text of the probe", SLICE_ARG(shown(behind)));
    copy = arena_copy(&db->arena, name);
    if (!copy.p)
        return no_memory(e);
    if (!grow_probes(db, e))
        return false;
    struct versiondb_probe *p = &db->probes[db->n_probes];
    *p = (struct versiondb_probe){.name = copy, .udp = udp, .rarity = RARITY, .no_payload = behind.n > 0};
    if (!read_payload(db, text, &p->payload, e) || !check_new_probe(db, p, e))
        return false;
    p->total_wait = (p->payload.n ? WAIT_MS : WAIT_LISTENING_MS) * NS_PER_MS;
    db->groups[db->n_probes] = (struct vdb_group){.first = db->n_patterns};
    db->n_probes++;
    if (p->payload.n == 0)
        db->listening = db->n_probes;
    return true;
}

static bool read_match(struct versiondb *db, struct slice rest, bool soft, unsigned line, struct err *e) {
    if (db->n_patterns == VDB_PATTERNS_MAX)
        return err_set(e, ERR_LIMIT, "more than %d patterns", VDB_PATTERNS_MAX);
    if (db->n_patterns == db->cap_patterns) {
        size_t cap = db->cap_patterns ? db->cap_patterns * 2 : 256;
        struct vdb_pattern *v = reallocarray(db->patterns, cap, sizeof *v);
        if (!v)
            return no_memory(e);
        db->patterns = v;
        db->cap_patterns = cap;
    }
    struct vdb_pattern *p = &db->patterns[db->n_patterns++];
    *p = (struct vdb_pattern){.soft = soft, .line = line};
    db->groups[db->n_probes - 1].n++;
    return vdb_read_pattern(db, rest, p, e);
}

static bool read_wait(struct slice rest, int64_t *to, struct err *e) {
    uint64_t ms;
    if (!num_u64_max(rest, WAIT_MOST_MS, &ms) || ms < WAIT_LEAST_MS)
        return err_set(e, ERR_INPUT, "expected milliseconds from %d to %d", WAIT_LEAST_MS, WAIT_MOST_MS);
    *to = (int64_t)ms * NS_PER_MS;
    return true;
}

static bool read_rarity(struct slice rest, unsigned *to, struct err *e) {
    uint64_t n;
    if (!num_u64_max(rest, 9, &n) || n == 0)
        return err_set(e, ERR_INPUT, "a rarity is a number from 1 to 9");
    *to = (unsigned)n;
    return true;
}

static bool read_fallback(struct versiondb *db, struct slice rest, unsigned line, struct err *e) {
    struct vdb_group *g = &db->groups[db->n_probes - 1];
    struct slice name;
    g->fallback_line = line;
    while (slice_split(&rest, ',', &name)) {
        if (g->n_fallback == VDB_FALLBACKS_MAX)
            return err_set(e, ERR_LIMIT, "more than %d probes to fall back to", VDB_FALLBACKS_MAX);
        g->fallback_name[g->n_fallback] = arena_copy(&db->arena, slice_trim(name));
        if (!g->fallback_name[g->n_fallback++].p)
            return no_memory(e);
    }
    return true;
}

/* A statement that belongs to the last probe. */
static bool read_of_probe(struct versiondb *db, struct slice word, struct slice rest, unsigned line, struct err *e) {
    static const struct slice words[] = {{"ports", 5},         {"sslports", 8}, {"totalwaitms", 11},
                                         {"tcpwrappedms", 12}, {"rarity", 6},   {"fallback", 8}};
    struct versiondb_probe *p = &db->probes[db->n_probes - 1];
    struct vdb_group *g = &db->groups[db->n_probes - 1];
    size_t i = 0;
    while (i < LL_COUNT(words) && !slice_eq(word, words[i]))
        i++;
    if (i == LL_COUNT(words))
        return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is no statement", SLICE_ARG(shown(word)));
    if (g->seen >> i & 1)
        return err_set(e, ERR_INPUT, SLICE_FMT " is there twice for this probe", SLICE_ARG(word));
    g->seen |= 1U << i;
    switch (1U << i) {
    case SEEN_PORTS:
        return read_ports(rest, false, (struct portset *const[3]){&p->ports, NULL, NULL}, e);
    case SEEN_TLS:
        return read_ports(rest, false, (struct portset *const[3]){&p->tls_ports, NULL, NULL}, e);
    case SEEN_WAIT:
        return read_wait(rest, &p->total_wait, e);
    case SEEN_WRAPPED:
        return read_wait(rest, &p->wrapped_wait, e);
    case SEEN_RARITY:
        return read_rarity(rest, &p->rarity, e);
    default:
        return read_fallback(db, rest, line, e);
    }
}

static bool read_line(struct versiondb *db, struct slice line, unsigned number, struct err *e) {
    struct slice word, rest;
    if (line.n > VDB_LINE_MAX)
        return err_set(e, ERR_LIMIT, "longer than %d bytes", VDB_LINE_MAX);
    if (!slice_statement(line, &word, &rest))
        return true;
    if (slice_eq(word, SLICE("Exclude")))
        return read_exclude(db, rest, e);
    if (slice_eq(word, SLICE("Probe")))
        return read_probe(db, rest, e);
    if (!db->n_probes)
        return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" stands before the first Probe", SLICE_ARG(shown(word)));
    if (slice_eq(word, SLICE("match")) || slice_eq(word, SLICE("softmatch")))
        return read_match(db, rest, word.p[0] == 's', number, e);
    return read_of_probe(db, word, rest, number, e);
}

/* Names of probes into places, now that all are known. */
static bool find_fallbacks(struct versiondb *db, struct vdb_group *g, bool udp, struct err *e) {
    for (size_t i = 0; i < g->n_fallback; i++) {
        size_t k = 0;
        while (k < db->n_probes && !(db->probes[k].udp == udp && slice_eq(db->probes[k].name, g->fallback_name[i])))
            k++;
        if (k == db->n_probes)
            return err_set(e, ERR_INPUT, "fallback: there is no %s probe " SLICE_FMT, udp ? "UDP" : "TCP",
                           SLICE_ARG(shown(g->fallback_name[i])));
        g->fallback[i] = k;
    }
    return true;
}

bool vdb_read_text(struct versiondb *db, struct slice text, const char *name, struct err *e) {
    struct slice line;
    unsigned number = 0;
    if (text.n > VDB_TEXT_MAX)
        return err_set(e, ERR_LIMIT, "%s: larger than %u bytes", name, VDB_TEXT_MAX);
    while (slice_split(&text, '\n', &line))
        if (!read_line(db, line, ++number, e))
            return err_context(e, "%s:%u", name, number);
    if (db->n_probes == 0)
        return err_set(e, ERR_INPUT, "%s: there is no Probe in it", name);
    for (size_t i = 0; i < db->n_probes; i++)
        if (!find_fallbacks(db, &db->groups[i], db->probes[i].udp, e))
            return err_context(e, "%s:%u", name, db->groups[i].fallback_line);
    return true;
}
