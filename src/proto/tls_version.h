/* Names of the versions of SSL and TLS, by their numbers on the wire (RFC 8446 4.1.2, 4.2.1). */
#ifndef LL_PROTO_TLS_VERSION_H
#define LL_PROTO_TLS_VERSION_H

#include "base/base.h"

#define TLS_VERSION_FIRST 0x0300
#define TLS_VERSION_LAST 0x0304

/* NULL: no version that anybody has. */
static inline const char *tls_version_text(uint16_t version) {
    static const char *const names[] = {"SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
    return version >= TLS_VERSION_FIRST && version <= TLS_VERSION_LAST ? names[version - TLS_VERSION_FIRST] : NULL;
}

#endif
