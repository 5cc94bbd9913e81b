/* SHA-256 (FIPS 180-4 6.2), for names and checks of our own files; nothing secret depends on it. */
#ifndef LL_BASE_SHA256_H
#define LL_BASE_SHA256_H

#include "base/base.h"

#define SHA256_SIZE 32

struct sha256 {
    uint32_t h[8];
    uint64_t n; /* bytes so far */
    uint8_t block[64];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *p, size_t n);
void sha256_finish(struct sha256 *s, uint8_t out[SHA256_SIZE]);

#endif
