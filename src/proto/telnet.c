/* Telnet (RFC 854, options RFC 855): the options that the server offers, and the text that it prints once they are
 * refused. The refusal is the same for every server, so that it can be sent after the first offer. */
#include "proto/lines.h"

#define TEXT_MAX 1024
#define READ_MAX 4096
#define OFFERS_MAX 32
#define OPTION_LAST 49 /* of the registered ones, but 255 (IANA, Telnet Options) */

enum { IAC = 255, DONT = 254, DO = 253, WONT = 252, WILL = 251, SB = 250, SE = 240 };
enum option { ECHO = 1, SUPPRESS_GO_AHEAD = 3 };

static uint8_t at(struct slice s, size_t i) {
    return i < s.n ? (uint8_t)s.p[i] : 0;
}

static bool is_offer(struct slice s) {
    return s.n >= 3 && at(s, 0) == IAC && at(s, 1) >= WILL && at(s, 1) <= DONT && at(s, 2) <= OPTION_LAST;
}

/* An offer, and nothing, another one or text behind it. */
static bool telnet_recognise(struct slice in) {
    struct slice rest = slice_skip(in, 3);
    return is_offer(in) && (rest.n == 0 || is_offer(rest) || is_text(rest));
}

/* Two groups of options, each answered once, as soon as one of them is offered: those about the terminal and about
 * authentication, for which servers wait first, and those about the line. We have none but what a line printer has:
 * the server may echo and need not say "go ahead". */
enum group { GROUP_TERMINAL = 1, GROUP_LINE = 2 };

static enum group group_of(uint8_t option) {
    return option == 24 || option == 32 || (option >= 35 && option <= 39) ? GROUP_TERMINAL : GROUP_LINE;
}

static void put_answer(struct buf *ask, uint8_t verb, uint8_t option) {
    const char words[3] = {(char)IAC, (char)verb, (char)option};
    buf_put(ask, (struct slice){words, sizeof words});
}

static void answer(struct buf *ask, enum group group) {
    for (uint8_t option = 0; option <= 39; option++) {
        if (group_of(option) != group || (option >= 7 && option <= 23) || (option >= 25 && option <= 30))
            continue;
        put_answer(ask, WONT, option);
        put_answer(ask, option == ECHO || option == SUPPRESS_GO_AHEAD ? DO : DONT, option);
    }
}

struct session {
    struct facts *out; /* NULL: none are wanted */
    char text[TEXT_MAX];
    size_t n;
    unsigned offers;
};

static void put_offer(struct session *s, uint8_t verb, uint8_t option) {
    if (s->out && (verb == WILL || verb == DO) && s->offers++ < OFFERS_MAX)
        facts_put_u64(s->out, verb == WILL ? "telnet.will" : "telnet.do", option);
}

/* Takes one command or byte of text off the front; false: it is not whole. */
static bool step(struct slice *in, struct session *s) {
    if (at(*in, 0) != IAC) {
        if (s->n < TEXT_MAX && in->p[0] != '\0')
            s->text[s->n++] = in->p[0];
        *in = slice_skip(*in, 1);
        return true;
    }
    uint8_t verb = at(*in, 1);
    size_t n = verb >= WILL && verb <= DONT ? 3 : 2;
    if (in->n < n)
        return false;
    if (n == 3)
        put_offer(s, verb, at(*in, 2));
    if (verb == SB) {
        while (n + 1 < in->n && !(at(*in, n) == IAC && at(*in, n + 1) == SE))
            n++;
        if (n + 1 >= in->n)
            return false;
        n += 2;
    }
    *in = slice_skip(*in, n);
    return true;
}

static bool has_prompt(struct slice text) {
    return slice_has(text, SLICE("login:")) || slice_has(text, SLICE("username:")) ||
           slice_has(text, SLICE("password:"));
}

static bool ends_in_prompt(struct slice text) {
    text = slice_trim(text);
    return text.n && (text.p[text.n - 1] == ':' || text.p[text.n - 1] == '>') && has_prompt(text);
}

/* The first offer of a group that was not answered: bytes up to its end, 0 = none. */
static size_t unanswered(const struct dialogue *d, struct slice in, enum group *group) {
    struct session s = {.out = NULL};
    struct slice rest = slice_sub(in, 0, READ_MAX);
    while (rest.n) {
        if (is_offer(rest) && at(rest, 1) != WONT && at(rest, 1) != DONT) {
            *group = group_of(at(rest, 2));
            if (!(d->memo[0] & *group))
                return in.n - slice_skip(in, (size_t)(rest.p - in.p) + 3).n;
            rest = slice_skip(rest, 3);
        } else if (!step(&rest, &s)) {
            return 0;
        }
    }
    return 0;
}

static void put_all(struct slice in, struct session *s) {
    struct slice rest = slice_sub(in, 0, READ_MAX);
    while (rest.n && !ends_in_prompt((struct slice){s->text, s->n}) && step(&rest, s))
        ;
    facts_put_some(s->out, "telnet.text", (struct slice){s->text, s->n});
}

/* Without an offer only a prompt tells that it is a terminal. */
static bool may_be_telnet(struct slice in) {
    return in.n == 0 || is_offer(in) || (in.n < 3 && at(in, 0) == IAC) || (at(in, 0) != IAC && is_text(in));
}

static enum parse telnet_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct session s = {.out = out};
    enum group group;
    if (d->memo[0] == 0 && !may_be_telnet(in))
        return PARSE_NOT;
    bool known = d->memo[0] != 0 || is_offer(in) || (end && has_prompt(in));
    size_t asked = known && !end ? unanswered(d, in, &group) : 0;
    if (asked) {
        put_all(slice_sub(in, 0, asked), &s);
        answer(ask, group);
        d->memo[0] |= group;
        d->used = asked;
        return PARSE_ASK;
    }
    if (known)
        put_all(in, &s);
    if (!end && in.n < READ_MAX && !ends_in_prompt((struct slice){s.text, s.n}))
        return PARSE_MORE;
    return known ? PARSE_DONE : PARSE_NOT;
}

static const uint16_t telnet_ports[] = {23, 2323, 0};
static const uint16_t telnet_tls_ports[] = {992, 0};

static const struct parser_key telnet_keys[] = {{"telnet.do", "number of an option that we are to use; several"},
                                                {"telnet.will", "number of an option that the server uses; several"},
                                                {"telnet.text", "what it prints, up to the first prompt"},
                                                {NULL, NULL}};

const struct parser parser_telnet = {
    .name = "telnet",
    .service = "telnet",
    .source = "RFC 854",
    .transports = PARSER_TCP | PARSER_TLS,
    .greets = true,
    .rarity = 1,
    .ports = telnet_ports,
    .tls_ports = telnet_tls_ports,
    .keys = telnet_keys,
    .recognise = telnet_recognise,
    .read = telnet_read,
};
