/* The port table: data/ports.tsv in memory. Names are for reports and for `-p name`, ranks choose the default ports. */
#ifndef LL_MODEL_SERVICES_H
#define LL_MODEL_SERVICES_H

#include "base/err.h"
#include "model/reason.h"
#include "net/portset.h"

struct services;

/* Reads a table from text, which is copied. docs/formats/ports.md describes the format; lines in the form of
 * services(5), with a frequency as rank, are read, too. `file` is for messages. NULL on error. */
struct services *services_parse(struct slice text, const char *file, struct err *e);
/* The table that is built into the program from data/ports.tsv. */
struct services *services_builtin(struct err *e);
void services_destroy(struct services *s);
/* The name that operators use, else IANA's; {NULL,0} when the port is not registered. */
struct slice services_name(const struct services *s, enum proto p, uint16_t port);
/* Adds every port of `p` one of whose names matches the pattern ('*', '?', no case). Returns how many matched. */
size_t services_match(const struct services *s, enum proto p, struct slice pattern, struct portset *out);
/* Adds every port that has a name. */
void services_all(const struct services *s, enum proto p, struct portset *out);
/* Adds the n ports of highest rank that are in `within` (NULL = any), then the unranked ones, lowest first. Returns how
 * many were added: fewer than n only when no more are known. */
size_t services_top(const struct services *s, enum proto p, size_t n, const struct portset *within,
                    struct portset *out);
/* How many ports have a rank. */
size_t services_ranked(const struct services *s, enum proto p);
/* Rank, 1 = most likely open; 0 = unranked. */
unsigned services_rank(const struct services *s, enum proto p, uint16_t port);

#endif
