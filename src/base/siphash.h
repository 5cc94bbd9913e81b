/* SipHash-2-4 (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012), 64-bit output. */
#ifndef LL_BASE_SIPHASH_H
#define LL_BASE_SIPHASH_H

#include "base/base.h"

uint64_t siphash(const uint64_t key[2], const void *p, size_t n);

#endif
