/* Probes and patterns of a user's own file in the grammar that Nmap's users know (reference:
 * docs/formats/versiondb.md): read only when the user names it with --versiondb. */
#ifndef LL_SERVICE_VERSIONDB_H
#define LL_SERVICE_VERSIONDB_H

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "model/service.h"
#include "net/portset.h"

struct versiondb;

struct versiondb_probe {
    struct slice name;
    bool udp;
    struct slice payload; /* empty: only listens */
    struct portset ports, tls_ports;
    unsigned rarity;      /* 1..9 */
    int64_t total_wait;   /* ns */
    int64_t wrapped_wait; /* ns; 0: the file does not say it */
    bool no_payload;      /* not to be sent in the place of the UDP scan's question */
};

enum versiondb_found { VERSIONDB_NONE, VERSIONDB_SOFT, VERSIONDB_HARD };

/* Errors name file, line and reason. versiondb_read does not prepare. */
struct versiondb *versiondb_read(const char *path, struct err *e);
struct versiondb *versiondb_parse(struct slice text, const char *name, struct err *e);
/* Makes matching faster than the index does by itself, with equal answers: compiles the patterns for one pass over the
 * bytes, or takes what an earlier run left in `cache_dir` (NULL: $XDG_CACHE_HOME/leadline; "": none). The first time
 * takes seconds for thousands of patterns, and the log says so before. Never fails: without the library, or with a
 * folder that cannot be written, it is only slower. */
void versiondb_prepare(struct versiondb *db, const char *cache_dir, const struct log *log);
size_t versiondb_patterns(const struct versiondb *db);
size_t versiondb_probes(const struct versiondb *db, const struct versiondb_probe **out); /* in the order of the file */
/* The answer to probe `i` (its own patterns, its fallbacks, for TCP those of the listening probe): the first hard match
 * in that order, else the first soft one. `soft_service`: only patterns of this service (after a soft match); empty:
 * all. Fills product, version, extra, hostname, os, device, cpe, name, tunnel (of "ssl/NAME"), confidence (10; soft 8)
 * and evidence.signature ("versiondb:LINE") of *out, with strings in `a`. */
enum versiondb_found versiondb_match(struct versiondb *db, size_t i, struct slice answer, struct slice soft_service,
                                     struct arena *a, struct service_result *out);
/* Has the probe patterns of this service, its own or those that it falls back to? Those follow a soft match. */
bool versiondb_knows(const struct versiondb *db, size_t i, struct slice service);
bool versiondb_excludes(const struct versiondb *db, uint8_t proto, uint16_t port); /* its Exclude line, if any */
void versiondb_destroy(struct versiondb *db);

#endif
