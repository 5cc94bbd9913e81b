/* Names of the phases, as they stand in event lines and task elements. */
#include "model/event.h"

const char *phase_text(enum phase p) {
    static const char *const names[PHASE_COUNT] = {
        [PHASE_NONE] = "",
        [PHASE_LIST] = "List Scan",
        [PHASE_ARP_PING] = "ARP Ping Scan",
        [PHASE_ND_PING] = "ND Ping Scan",
        [PHASE_PING] = "Ping Scan",
        [PHASE_DNS] = "Parallel DNS resolution",
        [PHASE_SYN] = "SYN Stealth Scan",
        [PHASE_CONNECT] = "Connect Scan",
        [PHASE_UDP] = "UDP Scan",
        [PHASE_SERVICE] = "Service scan",
    };
    return (unsigned)p < PHASE_COUNT ? names[p] : "";
}

bool phase_is_scan(enum phase p) {
    return p == PHASE_SYN || p == PHASE_CONNECT || p == PHASE_UDP;
}
