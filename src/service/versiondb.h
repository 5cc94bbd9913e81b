/* Probes and patterns of a user's own file in the grammar that Nmap's users know (reference:
 * docs/formats/versiondb.md): read only when the user names it with --versiondb. */
#ifndef LL_SERVICE_VERSIONDB_H
#define LL_SERVICE_VERSIONDB_H

#include "base/arena.h"
#include "base/err.h"
#include "model/service.h"
#include "net/portset.h"

struct versiondb;

struct versiondb_probe {
    struct slice name;
    bool udp;
    struct slice payload; /* empty: only listens */
    struct portset ports, tls_ports;
    unsigned rarity;    /* 1..9 */
    int64_t total_wait; /* ns */
};

enum versiondb_found { VERSIONDB_NONE, VERSIONDB_SOFT, VERSIONDB_HARD };

/* Errors name file, line and reason. */
struct versiondb *versiondb_read(const char *path, struct err *e);
struct versiondb *versiondb_parse(struct slice text, const char *name, struct err *e);
size_t versiondb_probes(const struct versiondb *db, const struct versiondb_probe **out); /* in the order of the file */
/* The answer to probe `i` (its own patterns, its fallbacks, for TCP those of the listening probe). `soft_service`: only
 * patterns of this service (after a soft match); empty: all. Strings of *out are put into `a`. */
enum versiondb_found versiondb_match(struct versiondb *db, size_t i, struct slice answer, struct slice soft_service,
                                     struct arena *a, struct service_result *out);
bool versiondb_excludes(const struct versiondb *db, uint8_t proto, uint16_t port); /* its Exclude line */
void versiondb_destroy(struct versiondb *db);

#endif
