#include "io/privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Believes the kernel, not the library: asks again, and tries what must fail now. */
static const struct {
    unsigned keep, cap;
} keepable[] = {{PRIVILEGE_NET_RAW, CAP_NET_RAW}, {PRIVILEGE_LOW_PORTS, CAP_NET_BIND_SERVICE}};

static bool kept(unsigned keep, unsigned cap) {
    for (size_t i = 0; i < LL_COUNT(keepable); i++)
        if (keepable[i].cap == cap && keep & keepable[i].keep)
            return true;
    return false;
}

static bool check_dropped(unsigned keep, struct err *e) {
    if (capng_get_caps_process() != 0)
        return err_set(e, ERR_PRIVILEGE, "cannot read back the capabilities of this process");
    for (unsigned cap = 0; cap <= (unsigned)CAP_LAST_CAP; cap++) {
        if (kept(keep, cap))
            continue;
        if (capng_have_capability(CAPNG_EFFECTIVE, cap) || capng_have_capability(CAPNG_PERMITTED, cap))
            return err_set(e, ERR_PRIVILEGE, "capability %s is still there after it was given up",
                           capng_capability_to_name(cap));
    }
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
        return err_set(e, ERR_PRIVILEGE, "programs started from here could still gain privileges");
    if (keep & PRIVILEGE_NET_RAW)
        return true;
    int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, 255);
    if (fd < 0)
        return true;
    close(fd);
    return err_set(e, ERR_PRIVILEGE, "a raw socket can still be opened after the capabilities were given up");
}

bool privilege_drop(unsigned keep, struct err *e) {
    if (capng_get_caps_process() != 0)
        return err_set(e, ERR_PRIVILEGE, "cannot read the capabilities of this process");
    unsigned stay = 0;
    for (size_t i = 0; i < LL_COUNT(keepable); i++)
        if (keep & keepable[i].keep && capng_have_capability(CAPNG_PERMITTED, keepable[i].cap))
            stay |= keepable[i].keep;
    bool bounding = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP); /* needed to shrink the bounding set */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return err_os(e, errno, "cannot give up privileges (no_new_privs)");
    capng_clear(CAPNG_SELECT_ALL);
    for (size_t i = 0; i < LL_COUNT(keepable); i++)
        if (stay & keepable[i].keep &&
            capng_update(CAPNG_ADD, (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED), keepable[i].cap) != 0)
            return err_set(e, ERR_PRIVILEGE, "cannot keep %s", capng_capability_to_name(keepable[i].cap));
    /* Dropping everything drops what the bounding set needs, so libcap-ng does that one first. */
    if (capng_apply(bounding ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS) != 0)
        return err_set(e, ERR_PRIVILEGE, "cannot give up capabilities");
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return check_dropped(keep, e);
}

bool privilege_missing_text(struct buf *out, const char *what) {
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = 0;
    return buf_printf(out, "%s need CAP_NET_RAW: run as root, or allow it once with: sudo setcap cap_net_raw=eip %s",
                      what, n > 0 ? path : "PATH-OF-THIS-PROGRAM");
}
