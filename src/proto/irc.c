/* IRC (RFC 1459, RFC 2812): what a server says before a client is registered. CAP LS (IRCv3) and VERSION register
 * nobody: a nickname is not taken, other users see nothing. */
#include "proto/lines.h"

#define LINES_MAX 60
#define ANSWER_MAX 8192

static void irc_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put_str(ask, "CAP LS 302\r\nVERSION\r\nQUIT\r\n");
}

struct message {
    struct slice prefix, command, rest; /* rest: parameters */
};

static bool take_message(struct slice line, struct message *m) {
    *m = (struct message){0};
    if (slice_starts(line, SLICE(":"))) {
        if (!slice_word(&line, &m->prefix))
            return false;
        m->prefix = slice_skip(m->prefix, 1);
    }
    if (!slice_word(&line, &m->command))
        return false;
    m->rest = slice_trim(line);
    return true;
}

static bool is_numeric(struct slice s) {
    return s.n == 3 && s.p[0] >= '0' && s.p[0] <= '9' && s.p[1] >= '0' && s.p[1] <= '9' && s.p[2] >= '0' &&
           s.p[2] <= '9';
}

/* What only an IRC server says: a NOTICE to nobody yet, a numeric with its name, CAP, ERROR. */
static bool is_irc(const struct message *m) {
    if (slice_eq(m->command, SLICE("NOTICE")))
        return slice_starts(m->rest, SLICE("AUTH :")) || slice_starts(m->rest, SLICE("* :")) ||
               slice_starts(m->rest, SLICE("Auth :"));
    if (slice_eq(m->command, SLICE("ERROR")))
        return slice_starts(m->rest, SLICE(":Closing Link: ")) || slice_starts(m->rest, SLICE(":Closing link: "));
    if (m->prefix.n == 0)
        return false;
    return is_numeric(m->command) || (slice_eq(m->command, SLICE("CAP")) && slice_has_word(m->rest, SLICE("LS")));
}

static bool irc_recognise(struct slice in) {
    struct slice line;
    struct message m;
    return line_take(&in, &line) && is_text(line) && line.n <= 512 && take_message(line, &m) && is_irc(&m);
}

/* Behind the last " :", the text of a message. */
static struct slice text_of(struct slice rest) {
    if (slice_starts(rest, SLICE(":")))
        return slice_skip(rest, 1);
    return slice_skip(rest, slice_find_part(rest, SLICE(" :")) + 2);
}

static void put_message(const struct message *m, struct facts *out) {
    if (m->prefix.n && !facts_have(out, "irc.server")) {
        facts_put(out, "irc.server", m->prefix);
        if (is_host_name(m->prefix))
            facts_put(out, "irc.host", m->prefix);
    }
    if (slice_eq(m->command, SLICE("NOTICE")))
        facts_put_some(out, "irc.notice", text_of(m->rest));
    else if (slice_eq(m->command, SLICE("CAP")))
        facts_put_some(out, "irc.capabilities", text_of(m->rest));
    else if (slice_eq(m->command, SLICE("ERROR")))
        facts_put_some(out, "irc.error", text_of(m->rest));
    else if (slice_eq(m->command, SLICE("351"))) /* RPL_VERSION: who, version, server, comments */
        facts_put_some(out, "irc.version", slice_skip(m->rest, slice_find(m->rest, ' ')));
    else if (slice_eq(m->command, SLICE("451")))
        facts_put_some(out, "irc.unregistered", m->rest);
}

/* Up to the answer to VERSION, 351 or 451, or to QUIT, which is ERROR (RFC 2812 3.1.7). */
static enum parse irc_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)d;
    (void)ask;
    struct slice rest = slice_sub(in, 0, ANSWER_MAX), line;
    struct message m;
    bool known = false;
    for (unsigned i = 0; i < LINES_MAX && line_take(&rest, &line); i++) {
        if (line.n == 0)
            continue;
        if (!is_text(line) || !take_message(line, &m) || (!known && !is_irc(&m) && !slice_eq(m.command, SLICE("PING"))))
            return PARSE_NOT;
        known = known || is_irc(&m);
        put_message(&m, out);
        if (slice_eq(m.command, SLICE("ERROR")) || slice_eq(m.command, SLICE("351")) ||
            slice_eq(m.command, SLICE("451")) || i + 1 == LINES_MAX)
            return known ? PARSE_DONE : PARSE_NOT;
    }
    if (!end && in.n < ANSWER_MAX)
        return PARSE_MORE;
    return known ? PARSE_DONE : PARSE_NOT;
}

static const uint16_t irc_ports[] = {6667, 194, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6668, 6669, 7000, 0};
static const uint16_t irc_tls_ports[] = {6697, 0};

static const struct parser_key irc_keys[] = {{"irc.server", "name in front of the server's messages"},
                                             {"irc.host", "the same, when it is a host name"},
                                             {"irc.notice", "a notice before registration; several"},
                                             {"irc.capabilities", "answer to CAP LS"},
                                             {"irc.version", "answer to VERSION (351)"},
                                             {"irc.unregistered", "parameters of 451, \"you have not registered\""},
                                             {"irc.error", "text of ERROR"},
                                             {NULL, NULL}};

const struct parser parser_irc = {
    .name = "irc",
    .service = "irc",
    .source = "RFC 1459, RFC 2812",
    .transports = PARSER_TCP | PARSER_TLS,
    .rarity = 4,
    .ports = irc_ports,
    .tls_ports = irc_tls_ports,
    .keys = irc_keys,
    .recognise = irc_recognise,
    .hello = irc_hello,
    .read = irc_read,
};
