/* The first byte says whose words follow; they come in two pieces a turn, each turn up to a zero byte that is doubled.
 */
#include "proto/list.h"
#include "proto/starttls.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char *const parsers[] = {"smtp", "imap", "pop3",  "ftp",        "nntp", "managesieve",
                                      "xmpp", "ldap", "mysql", "postgresql", "rdp"};

static enum starttls_next turn(const struct starttls *t, unsigned *step, struct slice in) {
    struct parser_peer peer = {.host = SLICE("host.example"), .addr = addr_v4(0x7f000001), .port = 25};
    struct buf say;
    char *copy = malloc(in.n + (in.n == 0));
    if (!copy)
        return STARTTLS_NO;
    if (in.n)
        memcpy(copy, in.p, in.n);
    buf_init(&say, PARSER_ASK_MAX);
    enum starttls_next got = starttls_next(t, &peer, step, (struct slice){copy, in.n}, &say);
    bool says = got == STARTTLS_SAY || got == STARTTLS_SAY_SHAKE;
    if (says != (say.n > 0) || say.failed || *step > 2)
        abort();
    buf_finish(&say);
    free(copy);
    return got;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    if (!n)
        return 0;
    const struct starttls *t = starttls_find(slice_of(parsers[p[0] % LL_COUNT(parsers)]));
    struct slice rest = {(const char *)p + 1, n - 1};
    unsigned step = 0;
    enum starttls_next got = turn(t, &step, (struct slice){NULL, 0});
    while (rest.n && (got == STARTTLS_MORE || got == STARTTLS_SAY)) {
        const char *end = memmem(rest.p, rest.n, "\0\0", 2);
        struct slice one = slice_sub(rest, 0, end ? (size_t)(end - rest.p) : rest.n);
        rest = slice_skip(rest, one.n + (end ? 2 : 0));
        got = turn(t, &step, slice_sub(one, 0, one.n / 2));
        if (got == STARTTLS_MORE)
            got = turn(t, &step, one);
    }
    return 0;
}
