/* Samples of conversations (docs/formats/signatures.md): reader and replay, for the tests of the data. */
#ifndef LL_TESTS_GOLDEN_SAMPLE_H
#define LL_TESTS_GOLDEN_SAMPLE_H

#include "base/arena.h"
#include "base/err.h"
#include "proto/list.h"

#define SAMPLE_MESSAGES 64
#define SAMPLE_BYTES_MAX (1 << 20)

enum sample_field {
    SAMPLE_SERVICE,
    SAMPLE_PRODUCT,
    SAMPLE_VERSION,
    SAMPLE_EXTRA,
    SAMPLE_HOSTNAME,
    SAMPLE_OS,
    SAMPLE_DEVICE,
    SAMPLE_CPE,
    SAMPLE_FIELDS
};
#define SAMPLE_CPES 3

extern const char *const sample_field_names[SAMPLE_FIELDS];

struct sample_message {
    bool asked; /* by us */
    bool any;   /* its bytes are not compared */
    struct slice bytes;
};

struct sample {
    struct slice name, origin; /* "openssh-9.2p1-debian12", "captured Debian 12, ..." */
    bool documented;
    struct slice parser, asked;
    struct slice host;
    uint16_t port;
    enum parser_transport transport;
    bool has[SAMPLE_FIELDS];
    struct slice expect[SAMPLE_FIELDS];
    struct slice cpe[SAMPLE_CPES];
    size_t n_cpe;
    struct sample_message v[SAMPLE_MESSAGES];
    size_t n;
};

/* Strings of *s are put into `a`. */
bool sample_read(struct slice text, struct slice name, struct arena *a, struct sample *s, struct err *e);
/* Plays the peer's bytes in chunks of at most `step` (0: each message whole) into the parser and collects its facts;
 * the arena of `out` is the caller's. False: the parser does not take the conversation, or asks something else. */
bool sample_play(const struct sample *s, size_t step, struct facts *out, struct err *e);

#endif
