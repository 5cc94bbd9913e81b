#include "proto/starttls.h"

#include "proto/asn1.h"
#include "proto/lines.h"
#include "proto/list.h"

#define LINES_MAX 200
#define LDAP_RESPONSE 0x78 /* [APPLICATION 24], constructed (RFC 4511 4.12) */
#define TEXT(literal)                                                                                                  \
    { literal, sizeof(literal) - 1 }

/* Flags of MySQL's request: long password, protocol of 4.1, TLS, its authentication, plugins; then the longest packet
 * and the character set. The rest is zero (MySQL internals manual, "SSLRequest"). */
#define MYSQL_REQUEST                                                                                                  \
    "\x20\x00\x00\x01\x01\x8a\x08\x00\x00\x00\x00\x01\x21\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" \
    "\x00\x00\x00\x00\x00\x00\x00\x00"

static const struct starttls table[] = {
    /* RFC 3207 */
    {"smtp",
     "smtp.extension",
     TEXT("STARTTLS"),
     {TEXT("EHLO leadline.invalid\r\n"), TEXT("STARTTLS\r\n")},
     true,
     STARTTLS_CODES,
     NULL,
     TEXT("220")},
    /* RFC 9051 6.2.1 */
    {"imap",
     "imap.capability",
     TEXT("STARTTLS"),
     {TEXT("a1 STARTTLS\r\n"), {NULL, 0}},
     true,
     STARTTLS_TAGGED,
     NULL,
     TEXT("a1 OK")},
    /* RFC 2595 4 */
    {"pop3", "pop3.capability", TEXT("STLS"), {TEXT("STLS\r\n"), {NULL, 0}}, true, STARTTLS_LINE, NULL, TEXT("+OK")},
    /* RFC 4217 4 */
    {"ftp",
     "ftp.feature",
     TEXT("AUTH TLS"),
     {TEXT("AUTH TLS\r\n"), {NULL, 0}},
     true,
     STARTTLS_CODES,
     NULL,
     TEXT("234")},
    /* RFC 4642 2.2 */
    {"nntp",
     "nntp.capability",
     TEXT("STARTTLS"),
     {TEXT("STARTTLS\r\n"), {NULL, 0}},
     true,
     STARTTLS_CODES,
     NULL,
     TEXT("382")},
    /* RFC 5804 2.2 */
    {"managesieve",
     "managesieve.starttls",
     TEXT("yes"),
     {TEXT("STARTTLS\r\n"), {NULL, 0}},
     true,
     STARTTLS_SIEVE,
     NULL,
     TEXT("OK")},
    /* RFC 6120 5.4 */
    {"xmpp",
     "xmpp.starttls",
     TEXT("yes"),
     {{NULL, 0}, TEXT("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")},
     false,
     STARTTLS_XML,
     NULL,
     TEXT("<proceed")},
    /* RFC 4511 4.14 */
    {"ldap",
     NULL,
     {NULL, 0},
     {TEXT("\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
           "1.3.6.1.4.1.1466.20037"),
      {NULL, 0}},
     false,
     STARTTLS_LDAP,
     NULL,
     TEXT("\x30")},
    /* PostgreSQL manual, "SSL Session Encryption" */
    {"postgresql",
     NULL,
     {NULL, 0},
     {TEXT("\x00\x00\x00\x08\x04\xd2\x16\x2f"), {NULL, 0}},
     false,
     STARTTLS_BYTE,
     NULL,
     TEXT("S")},
    /* MS-RDPBCGR 2.2.1.1, 5.4.2.1 */
    {.parser = "rdp",
     .key = "rdp.tls",
     .word = TEXT("yes"),
     .kind = STARTTLS_TPKT,
     .go = TEXT("\x03\x00\x00\x13"),
     .inside = "credssp"},
    {"mysql", "mysql.tls", TEXT("yes"), {TEXT(MYSQL_REQUEST), {NULL, 0}}, true, STARTTLS_MYSQL, NULL, {NULL, 0}},
};

const struct starttls *starttls_find(struct slice parser) {
    for (size_t i = 0; i < LL_COUNT(table); i++)
        if (slice_eq(parser, slice_of(table[i].parser)))
            return &table[i];
    return NULL;
}

bool starttls_offered(const struct starttls *t, const struct facts *f) {
    if (!t->key)
        return true;
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->v[i].key, t->key) == 0 && slice_has_word(f->v[i].value, t->word))
            return true;
    return false;
}

/* ---- answers: the bytes of the first one; MORE: it is not whole; BROKEN: it is none, or a refusal */

enum { MORE = 0 };
#define BROKEN SIZE_MAX

static size_t codes(struct slice in) {
    struct reply r;
    switch (reply_read(in, &r)) {
    case REPLY_MORE:
        return MORE;
    case REPLY_WHOLE:
        return r.code >= 200 && r.code < 400 ? r.n : BROKEN;
    case REPLY_NOT:
        break;
    }
    return BROKEN;
}

/* The first line that begins with one of these, and all before it; what refuses begins otherwise. */
static size_t line_of(struct slice in, bool any_before, struct slice good, struct slice bad) {
    struct slice rest = in, line;
    for (unsigned i = 0; i < LINES_MAX && line_take(&rest, &line); i++) {
        if (slice_starts_nocase(line, good))
            return (size_t)(rest.p - in.p);
        if (!any_before || slice_starts_nocase(line, bad))
            return BROKEN;
    }
    return MORE;
}

static size_t sieve(struct slice in) {
    return slice_starts_nocase(in, SLICE("BYE")) ? BROKEN : line_of(in, true, SLICE("OK"), SLICE("NO"));
}

static size_t until(struct slice in, const char *end) {
    const char *at = in.n ? memmem(in.p, in.n, end, strlen(end)) : NULL;
    return at ? (size_t)(at - in.p) + strlen(end) : MORE;
}

static size_t xml(struct slice in, bool features) {
    size_t n = until(in, features ? "</stream:features>" : ">");
    if (n == MORE)
        return until(in, "</stream:stream>") ? BROKEN : MORE;
    return n;
}

/* ExtendedResponse with success and no server's message of id 0 (RFC 4511 4.12) */
static size_t ldap(struct slice in) {
    struct asn1 all, operation;
    uint64_t id, code;
    switch (asn1_front(in, &all)) {
    case ASN1_SHORT:
        return MORE;
    case ASN1_WHOLE:
        break;
    case ASN1_BAD:
        return BROKEN;
    }
    size_t n = all.n;
    if (all.tag != ASN1_SEQUENCE || !asn1_take_number(&all.body, ASN1_INTEGER, &id) || id != 1 ||
        !asn1_next(&all.body, &operation) || operation.tag != LDAP_RESPONSE ||
        !asn1_take_number(&operation.body, ASN1_ENUM, &code))
        return BROKEN;
    return code == 0 ? n : BROKEN;
}

/* A greeting of protocol 10 */
static size_t mysql(struct slice in) {
    if (in.n < 5)
        return MORE;
    size_t n = (uint8_t)in.p[0] | (size_t)(uint8_t)in.p[1] << 8 | (size_t)(uint8_t)in.p[2] << 16;
    if (n < 8 || n > STARTTLS_ANSWER_MAX || in.p[4] != 10)
        return BROKEN;
    return in.n >= n + 4 ? n + 4 : MORE;
}

static size_t answer(const struct starttls *t, unsigned step, struct slice in) {
    switch (t->kind) {
    case STARTTLS_CODES:
        return codes(in);
    case STARTTLS_TAGGED:
        return step ? line_of(in, true, SLICE("a1 OK"), SLICE("a1 ")) : line_of(in, false, SLICE("* OK"), SLICE(""));
    case STARTTLS_LINE:
        return line_of(in, false, SLICE("+OK"), SLICE(""));
    case STARTTLS_SIEVE:
        return sieve(in);
    case STARTTLS_XML:
        return xml(in, step == 1);
    case STARTTLS_LDAP:
        return ldap(in);
    case STARTTLS_BYTE:
        return in.n ? 1 : MORE;
    case STARTTLS_MYSQL:
        return mysql(in);
    case STARTTLS_TPKT: /* RFC 1006 6 */
        return in.n < 4 ? MORE : in.p[0] != 3 ? BROKEN : in.n < (uint8_t)in.p[3] ? MORE : (size_t)(uint8_t)in.p[3];
    }
    return BROKEN;
}

/* ---- what to do */

static void put_word(const struct starttls *t, const struct parser_peer *peer, unsigned step, struct buf *say) {
    struct dialogue d = {.peer = peer};
    const struct parser *p = t->say[step].p ? NULL : parser_find(slice_of(t->parser));
    if (p && p->hello)
        p->hello(&d, say);
    else
        buf_put(say, t->say[step]);
}

/* The line that says yes need not be the first one. */
static bool says_go(const struct starttls *t, struct slice in) {
    bool first = t->kind != STARTTLS_TAGGED && t->kind != STARTTLS_SIEVE && t->kind != STARTTLS_XML;
    return first ? slice_starts(in, t->go) : slice_has(in, t->go);
}

enum starttls_next starttls_next(const struct starttls *t, const struct parser_peer *peer, unsigned *step,
                                 struct slice in, struct buf *say) {
    unsigned words = t->say[1].n ? 2 : 1;
    if (*step || t->greets) {
        size_t n = in.n ? answer(t, *step, in) : MORE;
        if (n == MORE)
            return in.n < STARTTLS_ANSWER_MAX ? STARTTLS_MORE : STARTTLS_NO;
        if (n == BROKEN)
            return STARTTLS_NO;
        /* Nothing in clear may stand behind the go-ahead. */
        if (*step >= words)
            return n == in.n && says_go(t, in) ? STARTTLS_SHAKE : STARTTLS_NO;
    }
    put_word(t, peer, (*step)++, say);
    return *step == words && !t->go.n ? STARTTLS_SAY_SHAKE : STARTTLS_SAY;
}
