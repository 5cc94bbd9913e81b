/* Finger: the empty query, who is logged in (RFC 1288 2.5.1). Its answer is any text: away from its own port it must
 * look like the usual table. */
#include "proto/bits.h"
#include "proto/lines.h"
#include "proto/parser.h"

static void finger_hello(struct dialogue *d, struct buf *ask) {
    (void)d;
    (void)buf_put(ask, SLICE("\r\n"));
}

#define PORT 79
#define TEXT_MAX 4096

/* The head of the table, its lack, or what comes to a name that nobody has: other protocols' questions are such. */
static bool is_finger(struct slice line) {
    return slice_starts(line, SLICE("No one logged on")) ||
           (slice_starts(line, SLICE("finger: ")) && slice_has_exact(line, SLICE(": no such user"))) ||
           (slice_starts(line, SLICE("Login ")) && slice_has_exact(line, SLICE(" Name ")) &&
            slice_has_exact(line, SLICE(" Tty ")));
}

static bool looks_like_finger(struct slice in) {
    struct slice rest = in, line;
    while (line_take(&rest, &line))
        if (is_finger(line))
            return true;
    return false;
}

static bool finger_recognise(struct slice in) {
    struct slice rest = slice_sub(in, 0, TEXT_MAX), line;
    return line_take(&rest, &line) && bits_is_text(line, true) && is_finger(line);
}

static enum parse finger_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    (void)ask;
    in = slice_sub(in, 0, TEXT_MAX);
    if (!end && in.n < TEXT_MAX)
        return PARSE_MORE;
    if (!bits_is_text(in, true) || slice_find(in, '\n') == in.n)
        return PARSE_NOT;
    if (d->peer->port != PORT && !looks_like_finger(in))
        return PARSE_NOT;
    facts_put(out, "finger.text", slice_trim(in));
    return PARSE_DONE;
}

static const uint16_t finger_ports[] = {79, 0};

static const struct parser_key finger_keys[] = {{"finger.text", "the answer"}, {NULL, NULL}};

const struct parser parser_finger = {
    .name = "finger",
    .service = "finger",
    .source = "RFC 1288",
    .transports = PARSER_TCP,
    .rarity = 7,
    .ports = finger_ports,
    .keys = finger_keys,
    .recognise = finger_recognise,
    .hello = finger_hello,
    .read = finger_read,
};
