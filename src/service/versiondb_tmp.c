#include "service/versiondb.h"
struct versiondb *versiondb_read(const char *path, struct err *e) {
    err_set(e, ERR_USAGE, "%s: not yet", path);
    return NULL;
}
size_t versiondb_probes(const struct versiondb *db, const struct versiondb_probe **out) {
    (void)db;
    (void)out;
    return 0;
}
enum versiondb_found versiondb_match(struct versiondb *db, size_t i, struct slice answer, struct slice soft_service,
                                     struct arena *a, struct service_result *out) {
    (void)db;
    (void)i;
    (void)answer;
    (void)soft_service;
    (void)a;
    (void)out;
    return VERSIONDB_NONE;
}
bool versiondb_excludes(const struct versiondb *db, uint8_t proto, uint16_t port) {
    (void)db;
    (void)proto;
    (void)port;
    return false;
}
void versiondb_destroy(struct versiondb *db) {
    (void)db;
}
