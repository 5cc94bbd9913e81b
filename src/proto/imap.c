/* IMAP4rev1 and 2 (RFC 9051; ID: RFC 2971): greeting, CAPABILITY, ID. */
#include "proto/lines.h"

#define CAPABILITIES_MAX 40
#define ID_MAX 12
#define ANSWER_MAX 8192

enum step { GREETING, CAPABILITY, ID };
enum { STEP, HAS_ID }; /* memo */

static bool is_greeting(struct slice line) {
    return slice_starts_nocase(line, SLICE("* OK ")) || slice_starts_nocase(line, SLICE("* PREAUTH ")) ||
           slice_starts_nocase(line, SLICE("* BYE "));
}

static bool imap_recognise(struct slice in) {
    struct slice line;
    return in.n > 4 && in.p[0] == '*' && line_take(&in, &line) && is_greeting(line) && is_text(line);
}

static enum parse greeting(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct slice rest = in, line, word;
    if (in.n && in.p[0] != '*')
        return PARSE_NOT;
    if (!line_take(&rest, &line))
        return end || in.n > ANSWER_MAX ? PARSE_NOT : PARSE_MORE;
    if (!is_greeting(line) || !is_text(line))
        return PARSE_NOT;
    d->used = in.n - rest.n;
    rest = slice_skip(line, 2);
    (void)slice_word(&rest, &word);
    facts_put(out, "imap.state", word);
    rest = slice_trim(rest);
    if (slice_starts(rest, SLICE("["))) /* a response code: [CAPABILITY ...] */
        rest = slice_trim(slice_skip(rest, slice_find(rest, ']') + 1));
    facts_put(out, "imap.greeting", rest);
    for (rest = slice_skip(line, 2); slice_word(&rest, &word);)
        if (is_host_name(word) && word.p[0] != '[' && !facts_have(out, "imap.host") && word.p[word.n - 1] != '.' &&
            !(word.p[0] >= '0' && word.p[0] <= '9'))
            facts_put(out, "imap.host", word);
    if (slice_starts_nocase(line, SLICE("* BYE ")))
        return PARSE_DONE;
    d->memo[STEP] = CAPABILITY;
    buf_put_str(ask, "a1 CAPABILITY\r\n");
    return PARSE_ASK;
}

/* ("name" "Dovecot" "version" "2.3"), RFC 2971 3.3; literals are passed over. */
static void put_id(struct slice list, struct facts *out) {
    static const struct {
        const char *name, *key;
    } wanted[] = {{"name", "imap.id.name"},      {"version", "imap.id.version"},       {"vendor", "imap.id.vendor"},
                  {"os", "imap.id.os"},          {"os-version", "imap.id.os-version"}, {"support-url", "imap.id.url"},
                  {"environment", "imap.id.env"}};
    struct slice name, value;
    for (unsigned i = 0; i < ID_MAX; i++) {
        list = slice_skip(list, slice_find(list, '"') + 1);
        name = slice_sub(list, 0, slice_find(list, '"'));
        list = slice_trim(slice_skip(list, name.n + 1));
        if (list.n == 0 || list.p[0] != '"')
            continue; /* NIL */
        list = slice_skip(list, 1);
        value = slice_sub(list, 0, slice_find(list, '"'));
        list = slice_skip(list, value.n + 1);
        for (size_t k = 0; k < LL_COUNT(wanted); k++)
            if (slice_eq_nocase(name, slice_of(wanted[k].name)) && !facts_have(out, wanted[k].key))
                facts_put(out, wanted[k].key, value);
    }
}

static void put_capabilities(struct dialogue *d, struct slice words, struct facts *out) {
    struct slice word;
    for (unsigned i = 0; i < CAPABILITIES_MAX && slice_word(&words, &word); i++) {
        facts_put(out, "imap.capability", word);
        if (slice_eq_nocase(word, SLICE("ID")))
            d->memo[HAS_ID] = 1;
    }
}

/* Untagged lines up to the tagged one. */
static enum parse imap_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    if (d->memo[STEP] == GREETING)
        return greeting(d, in, end, out, ask);
    bool first = d->memo[STEP] == CAPABILITY;
    struct slice rest = slice_sub(in, 0, ANSWER_MAX), line;
    while (line_take(&rest, &line)) {
        if (slice_starts(line, first ? SLICE("a1 ") : SLICE("a2 "))) {
            if (!first || !d->memo[HAS_ID])
                return PARSE_DONE;
            d->memo[STEP] = ID;
            buf_put_str(ask, "a2 ID NIL\r\n");
            return PARSE_ASK;
        }
        if (slice_starts_nocase(line, SLICE("* CAPABILITY ")) && !facts_have(out, "imap.capability"))
            put_capabilities(d, slice_skip(line, 13), out);
        if (slice_starts_nocase(line, SLICE("* ID (")) && !first)
            put_id(slice_skip(line, 6), out);
    }
    return end || in.n >= ANSWER_MAX ? PARSE_DONE : PARSE_MORE;
}

static const uint16_t imap_ports[] = {143, 0};
static const uint16_t imap_tls_ports[] = {993, 0};

static const struct parser_key imap_keys[] = {{"imap.state", "OK, PREAUTH or BYE"},
                                              {"imap.greeting", "text of the greeting, without its [code]"},
                                              {"imap.host", "host name in it"},
                                              {"imap.capability", "one of the capabilities; several"},
                                              {"imap.id.name", "ID: name"},
                                              {"imap.id.version", "ID: version"},
                                              {"imap.id.vendor", "ID: vendor"},
                                              {"imap.id.os", "ID: os"},
                                              {"imap.id.os-version", "ID: os-version"},
                                              {"imap.id.url", "ID: support-url"},
                                              {"imap.id.env", "ID: environment"},
                                              {NULL, NULL}};

const struct parser parser_imap = {
    .name = "imap",
    .service = "imap",
    .source = "RFC 9051, RFC 2971",
    .transports = PARSER_TCP | PARSER_TLS,
    .greets = true,
    .rarity = 1,
    .ports = imap_ports,
    .tls_ports = imap_tls_ports,
    .keys = imap_keys,
    .recognise = imap_recognise,
    .read = imap_read,
};
