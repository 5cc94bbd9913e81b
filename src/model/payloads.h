/* What the UDP scan asks the ports of well-known protocols (data/payloads.txt; grammar: docs/formats/payloads.md). */
#ifndef LL_MODEL_PAYLOADS_H
#define LL_MODEL_PAYLOADS_H

#include "base/err.h"
#include "base/slice.h"

/* With the headers it must fit into the smallest packet that IPv6 carries everywhere (RFC 8200 5). */
#define PAYLOAD_MAX 1232
#define PAYLOADS_MAX 200

struct payload {
    struct slice name, source; /* what it is, and the specification that it was written from */
    struct slice bytes;
    struct slice elsewhere; /* pairs of bytes: how answers begin that come from a port of the host's own choice */
    uint16_t port;          /* the first one that gets it */
};

struct payloads;
struct payloads *payloads_builtin(struct err *e);
/* `name` of the file for messages. Copies what it needs. */
struct payloads *payloads_parse(struct slice text, const char *name, struct err *e);
void payloads_destroy(struct payloads *p);
/* NULL: nothing is known for that port. */
const struct payload *payloads_find(const struct payloads *p, uint16_t port);
/* The port whose question such an answer from another port belongs to; 0 = none. */
uint16_t payloads_elsewhere(const struct payloads *p, struct slice said);
/* All of them, in the order of the file; *ports counts the ports that lead to one. */
const struct payload *payloads_all(const struct payloads *p, size_t *n, size_t *ports);

#endif
