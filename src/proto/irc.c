/* IRC (RFC 1459, RFC 2812). A server tells its software to whom it has registered (002 RPL_YOURHOST, 004 RPL_MYINFO).
 * So once it is known to be one, we register with a nickname that nobody else has, read that, and quit: no channel, no
 * message, no password. Who refuses is known by what it says until then (docs/decisions/0022-irc-registration.md). */
#include "base/fnv.h"
#include "proto/lines.h"

#define LINES_MAX 60
#define ANSWER_MAX 8192
#define TOKEN_MAX 400 /* of a PING */
#define PONGS_MAX 3
#define NICK_DIGITS 6

/* Of a dialogue's memo. */
enum { STAGE, PONGS, NICKS, LOST, LOST_BYTES };
enum { STAGE_NEW, STAGE_REGISTERING, STAGE_LEAVING };
/* Bytes that questions have cost (ask_and_keep): one each for registering, another nickname and the PONGs. */
_Static_assert(2 + PONGS_MAX <= sizeof(uint64_t), "LOST_BYTES is one of the memo");

static void irc_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    buf_put_str(ask, "CAP LS 302\r\n");
}

/* The same at each visit, another one at each server of a network, as they share their nicknames: at most 9 letters
 * (RFC 2812 1.2.1). */
static void put_nick(const struct dialogue *d, struct buf *ask) {
    uint64_t h = fnv_step(FNV_START, d->peer->port);
    for (size_t i = 0; i < sizeof d->peer->addr.b; i++)
        h = fnv_step(h, d->peer->addr.b[i]);
    h ^= h >> 32; /* the low digits are to depend on all of it */
    buf_put_str(ask, d->memo[NICKS] == 0 ? "NICK ll" : "NICK lx");
    for (size_t i = 0; i < NICK_DIGITS; i++, h /= 36)
        buf_put_char(ask, "0123456789abcdefghijklmnopqrstuvwxyz"[h % 36]);
    buf_put_str(ask, "\r\n");
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

/* RPL_MYINFO: our nickname, the server's name, its software, modes. */
static void put_software(struct slice rest, struct facts *out) {
    struct slice word;
    for (unsigned i = 0; i < 3; i++)
        if (!slice_word(&rest, &word))
            return;
    facts_put(out, "irc.software", word);
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
    else if (slice_eq(m->command, SLICE("002")))
        facts_put_some(out, "irc.your-host", text_of(m->rest));
    else if (slice_eq(m->command, SLICE("004")))
        put_software(m->rest, out);
    else if (slice_eq(m->command, SLICE("451")))
        facts_put_some(out, "irc.unregistered", m->rest);
}

/* ---- what to do */

enum act { ACT_NOT, ACT_WAIT, ACT_REGISTER, ACT_NICK, ACT_PONG, ACT_LEAVE, ACT_GONE };

struct view {
    enum act act;
    size_t n;           /* bytes up to the end of the line that decided */
    struct slice token; /* ACT_PONG */
    bool known;         /* it is IRC */
    unsigned pings, taken;
};

static bool is_one_of(struct slice s, const char *const *list) {
    for (; *list; list++)
        if (slice_eq(s, slice_of(*list)))
            return true;
    return false;
}

/* Registered, and 003 is over; 020 is "please wait" of IRCnet's servers, 422 the lack of a message of the day. */
static bool is_welcome(struct slice command) {
    bool reply = is_numeric(command) && command.p[0] <= '3';
    return (reply && slice_cmp(command, SLICE("003")) > 0 && !slice_eq(command, SLICE("020"))) ||
           slice_eq(command, SLICE("422"));
}

static enum act act_on_reply(const struct dialogue *d, const struct message *m, struct view *v) {
    static const char *const refusals[] = {"431", "432", "463", "464", "465", "466", "468", NULL};
    static const char *const taken[] = {"433", "436", "437", NULL};
    if (slice_eq(m->command, SLICE("PING"))) {
        v->token = m->rest;
        v->pings++;
        return v->pings > d->memo[PONGS] && v->pings <= PONGS_MAX && m->rest.n <= TOKEN_MAX ? ACT_PONG : ACT_WAIT;
    }
    if (is_one_of(m->command, taken)) {
        v->taken++;
        return v->taken <= d->memo[NICKS] ? ACT_WAIT : d->memo[NICKS] == 0 ? ACT_NICK : ACT_LEAVE;
    }
    return is_welcome(m->command) || is_one_of(m->command, refusals) ? ACT_LEAVE : ACT_WAIT;
}

/* A bouncer that registers nobody without a password and never tells its version. Its web face, which the same port
 * has, does: HTTP is asked for while we wait for what ZNC says on. So that its answer counts, no signature knows ZNC by
 * its IRC. */
static bool is_znc(const struct message *m) {
    return slice_eq(m->prefix, SLICE("irc.znc.in"));
}

static enum act act_on(const struct dialogue *d, const struct message *m, struct view *v) {
    v->known = v->known || is_irc(m);
    if (slice_eq(m->command, SLICE("ERROR")))
        return ACT_GONE;
    if (d->memo[STAGE] == STAGE_NEW)
        return v->known && !is_znc(m) ? ACT_REGISTER : ACT_WAIT;
    return act_on_reply(d, m, v);
}

/* Up to the first line that something is to be done for. */
static struct view view_of(const struct dialogue *d, struct slice all) {
    struct view v = {.act = ACT_WAIT};
    struct slice rest = all, line;
    struct message m;
    for (unsigned i = 0; v.act == ACT_WAIT && i < LINES_MAX && line_take(&rest, &line); i++) {
        if (line.n == 0)
            continue;
        bool good = is_text(line) && take_message(line, &m);
        if (!v.known && (!good || (!is_irc(&m) && !slice_eq(m.command, SLICE("PING")))))
            v.act = ACT_NOT;
        else if (good)
            v.act = act_on(d, &m, &v);
        v.n = all.n - rest.n;
    }
    return v;
}

static enum parse tell(struct slice rest, const struct view *v, struct facts *out) {
    struct slice line;
    struct message m;
    while (line_take(&rest, &line))
        if (is_text(line) && take_message(line, &m))
            put_message(&m, out);
    return v->known ? PARSE_DONE : PARSE_NOT;
}

/* A server takes a second or more to look up names. A talk that has put facts waits shorter than one whose answer has
 * not ended, so the answer stays in `in`, and nothing is put before the last question. Only its first byte goes: a
 * question has to use one; the memo has it. */
static enum parse ask_and_keep(struct dialogue *d, struct slice in) {
    memcpy((char *)&d->memo[LOST_BYTES] + d->memo[LOST], in.p, 1);
    d->memo[LOST]++;
    d->used = 1;
    return PARSE_ASK;
}

static struct slice whole_answer(const struct dialogue *d, struct slice in, char room[ANSWER_MAX]) {
    size_t lost = (size_t)d->memo[LOST], n = ll_min_size(in.n, ANSWER_MAX - lost);
    memcpy(room, &d->memo[LOST_BYTES], lost);
    if (n)
        memcpy(room + lost, in.p, n);
    return (struct slice){room, lost + n};
}

/* After QUIT: up to ERROR (RFC 2812 3.1.7). What comes before it is of no use. */
static enum parse irc_leave(struct slice in, bool end) {
    struct slice rest = slice_sub(in, 0, ANSWER_MAX), line;
    while (line_take(&rest, &line))
        if (slice_starts(line, SLICE("ERROR ")))
            return PARSE_DONE;
    return end || in.n >= ANSWER_MAX ? PARSE_DONE : PARSE_MORE;
}

static enum parse irc_ask(struct dialogue *d, struct slice in, const struct view *v, struct buf *ask) {
    if (v->act == ACT_PONG) {
        d->memo[PONGS]++;
        buf_put_str(ask, "PONG ");
        buf_put(ask, v->token);
        buf_put_str(ask, "\r\n");
        return ask_and_keep(d, in);
    }
    d->memo[NICKS] += v->act == ACT_NICK;
    put_nick(d, ask);
    if (v->act == ACT_REGISTER) {
        /* who still looks up names answers VERSION with 451, in words of its own */
        buf_put_str(ask, "USER leadline 0 * :leadline\r\nCAP END\r\nVERSION\r\n");
        d->memo[STAGE] = STAGE_REGISTERING;
        d->slow = true; /* it looks up names first */
    }
    return ask_and_keep(d, in);
}

static enum parse irc_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    char room[ANSWER_MAX];
    if (d->memo[STAGE] == STAGE_LEAVING)
        return irc_leave(in, end);
    struct slice all = whole_answer(d, in, room);
    struct view v = view_of(d, all);
    if (v.act == ACT_NOT)
        return PARSE_NOT;
    if (v.act == ACT_WAIT && !end && all.n < ANSWER_MAX)
        return PARSE_MORE;
    bool last = v.act == ACT_LEAVE || v.act == ACT_GONE;
    if (!last && v.act != ACT_WAIT && !end)
        return irc_ask(d, in, &v, ask);
    enum parse told = tell(last ? slice_sub(all, 0, v.n) : all, &v, out);
    if (end || v.act != ACT_LEAVE)
        return told;
    buf_put_str(ask, "QUIT\r\n");
    d->used = v.n - (size_t)d->memo[LOST];
    d->memo[STAGE] = STAGE_LEAVING;
    return PARSE_ASK;
}

static const uint16_t irc_ports[] = {6667, 194, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6668, 6669, 7000, 0};
static const uint16_t irc_tls_ports[] = {6697, 0};

static const struct parser_key irc_keys[] = {{"irc.server", "name in front of the server's messages"},
                                             {"irc.host", "the same, when it is a host name"},
                                             {"irc.notice", "a notice before registration; several"},
                                             {"irc.capabilities", "answer to CAP LS"},
                                             {"irc.your-host", "text of 002"},
                                             {"irc.software", "name and version of the software in 004"},
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
