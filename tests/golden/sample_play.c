#include "sample.h"

enum { QUESTIONS_MAX = 40 };

/* A conversation with a parser. */
struct play {
    const struct sample *s;
    const struct parser *p;
    struct parser_peer peer;
    struct dialogue d;
    struct buf in, ask;
    size_t next;  /* message */
    size_t given; /* bytes of `in` that the parser has seen */
};

static void begin(struct play *y, const struct sample *s, const struct parser *p) {
    *y = (struct play){.s = s, .p = p};
    y->peer = (struct parser_peer){.host = s->host, .port = s->port};
    y->peer.addr = addr_v4(0xc0000201);
    y->peer.udp = s->transport == PARSER_UDP;
    y->peer.tls = s->transport == PARSER_TLS;
    y->d.peer = &y->peer;
    buf_init(&y->in, SAMPLE_BYTES_MAX);
    buf_init(&y->ask, PARSER_ASK_MAX);
}

static void end(struct play *y) {
    buf_finish(&y->in);
    buf_finish(&y->ask);
}

static bool same_question(const struct sample_message *m, const struct buf *ask) {
    return !ask->failed && ask->n > 0 && (m->any || slice_eq(m->bytes, buf_slice(ask)));
}

/* The parser's question against the sample's next message. */
static bool take_question(struct play *y, struct err *e) {
    if (y->next == y->s->n || !y->s->v[y->next].asked)
        return err_set(e, ERR_INPUT, "the parser asks question %u, which is not in the sample", y->d.asked + 1);
    if (!same_question(&y->s->v[y->next], &y->ask))
        return err_set(e, ERR_INPUT, "the parser's question %u is not that of the sample (or has no or too many bytes)",
                       y->d.asked + 1);
    y->d.asked++;
    y->next++;
    return y->d.asked < QUESTIONS_MAX || err_set(e, ERR_LIMIT, "more than %d questions", QUESTIONS_MAX);
}

/* The first message: hello's question, somebody else's, or none. */
static bool take_hello(struct play *y, struct err *e) {
    const struct sample_message *first = &y->s->v[0];
    if (first->asked && y->p->hello) {
        y->p->hello(&y->d, &y->ask);
        if (same_question(first, &y->ask) || !y->p->recognise)
            return take_question(y, e);
        /* Another parser's question: this one is chosen because it recognises the answer. */
        y->d = (struct dialogue){.peer = &y->peer};
    }
    if (first->asked)
        y->next++;
    bool recognised = y->p->recognise && y->next < y->s->n && y->p->recognise(y->s->v[y->next].bytes);
    return recognised || (!first->asked && y->p->greets) ||
           err_set(e, ERR_INPUT,
                   "the parser does not recognise the first bytes, and the question before is not its own");
}

/* Over UDP `in` is one datagram; on a new connection nothing of the old one is left. */
static void drop_rest(struct play *y) {
    buf_clear(&y->in);
    y->given = 0;
}

/* More bytes for the parser; false: there are none before the next question. */
static bool give_more(struct play *y, size_t step) {
    if (y->given == y->in.n && y->next < y->s->n && !y->s->v[y->next].asked) {
        if (y->s->transport == PARSER_UDP)
            drop_rest(y);
        buf_put(&y->in, y->s->v[y->next++].bytes);
    }
    if (y->given == y->in.n)
        return false;
    bool whole = step == 0 || y->s->transport == PARSER_UDP;
    y->given = whole ? y->in.n : ll_min_size(y->given + step, y->in.n);
    return true;
}

static bool step_on(struct play *y, bool more, struct facts *out, enum parse *got, struct err *e) {
    struct slice in = slice_sub(buf_slice(&y->in), 0, y->given);
    size_t before = out->n;
    buf_clear(&y->ask);
    y->d.used = 0;
    y->d.fresh = false;
    *got = y->p->read(&y->d, in, !more, out, &y->ask);
    if (*got == PARSE_MORE)
        out->n = before;
    if (*got != PARSE_ASK)
        return true;
    if (y->d.used > in.n)
        return err_set(e, ERR_INPUT, "the parser has used more bytes than there are");
    size_t used = y->d.used ? y->d.used : in.n;
    buf_drop_front(&y->in, used);
    y->given -= used;
    if (y->d.fresh)
        drop_rest(y);
    return take_question(y, e);
}

static bool converse(struct play *y, size_t step, struct facts *out, struct err *e) {
    enum parse got = PARSE_MORE;
    if (!take_hello(y, e))
        return false;
    while (got == PARSE_MORE || got == PARSE_ASK) {
        bool more = give_more(y, step), last = y->next == y->s->n;
        if (!step_on(y, more, out, &got, e))
            return false;
        bool fresh = got == PARSE_ASK && y->d.fresh; /* the end of the stream stood before that */
        if (!more && !last && !fresh)
            return err_set(e, ERR_INPUT, "the parser waits for more where the sample has a question (message %zu)",
                           y->next + 1);
        if (!more && got == PARSE_MORE)
            return err_set(e, ERR_INPUT, "the parser wants more bytes behind the end");
    }
    if (got == PARSE_NOT)
        return err_set(e, ERR_INPUT, "the parser says that this is not its protocol");
    for (; y->next < y->s->n; y->next++)
        if (y->s->v[y->next].asked)
            return err_set(e, ERR_INPUT, "the parser is done before question %zu of the sample", y->next + 1);
    return true;
}

/* raw.banner, or raw.NAME of the parser whose first question it was. */
static bool play_raw(const struct sample *s, struct facts *out, struct err *e) {
    const struct sample_message *m = &s->v[0];
    struct slice who = m->asked ? s->asked : SLICE("banner");
    if (s->n > (m->asked ? 2U : 1U))
        return err_set(e, ERR_INPUT, "a raw sample has at most one question and one answer");
    for (size_t i = 0; parser_list[i] && m->asked && !who.n; i++) {
        struct play y;
        begin(&y, s, parser_list[i]);
        if (y.p->hello)
            y.p->hello(&y.d, &y.ask);
        if (!m->any && same_question(m, &y.ask))
            who = slice_of(parser_list[i]->name);
        end(&y);
    }
    if (!who.n)
        return err_set(e, ERR_INPUT, "this is no parser's question; \"asked NAME\" says whose it was");
    for (size_t i = 0; parser_list[i]; i++)
        if (parser_list[i]->recognise && parser_list[i]->recognise(s->v[s->n - 1].bytes))
            return err_set(e, ERR_INPUT, "not raw: parser %s recognises these bytes", parser_list[i]->name);
    struct buf key;
    buf_init(&key, 64);
    buf_put_str(&key, "raw.");
    buf_put(&key, who);
    const char *kept = arena_string(out->arena, buf_slice(&key));
    buf_finish(&key);
    if (!kept)
        return err_set(e, ERR_MEMORY, "no memory");
    facts_put(out, kept, s->v[s->n - 1].bytes);
    return true;
}

bool sample_play(const struct sample *s, size_t step, struct facts *out, struct err *e) {
    if (slice_eq(s->parser, SLICE("raw")))
        return play_raw(s, out, e);
    struct play y;
    const struct parser *p = parser_find(s->parser);
    if (!p)
        return err_set(e, ERR_INPUT, "there is no parser " SLICE_FMT, SLICE_ARG(s->parser));
    if (!(p->transports & (unsigned)s->transport))
        return err_set(e, ERR_INPUT, "parser %s does not speak over this transport", p->name);
    begin(&y, s, p);
    bool ok = converse(&y, step, out, e);
    end(&y);
    return ok;
}
