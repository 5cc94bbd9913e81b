/* Internet checksum; see checksum.h. */
#include "net/checksum.h"

#include <endian.h>

/* Sums of native words are the sum of big-endian ones with its bytes swapped (RFC 1071 2 (B)), so we add the machine's
 * own words and swap once; 64 bits hold the carries of any length. */
uint32_t checksum_add(uint32_t sum, const void *p, size_t n) {
    const uint8_t *at = p;
    uint64_t words = 0;
    for (; n >= 8; n -= 8, at += 8) {
        uint64_t eight;
        memcpy(&eight, at, sizeof eight);
        words += (eight & UINT32_MAX) + (eight >> 32);
    }
    if (n & 4) {
        uint32_t four;
        memcpy(&four, at, sizeof four);
        words += four;
        at += 4;
    }
    if (n & 3) {
        uint8_t rest[4] = {0};
        for (size_t i = 0; i < (n & 3); i++)
            rest[i] = at[i];
        uint32_t four;
        memcpy(&four, rest, sizeof four);
        words += four;
    }
    words = (words & UINT32_MAX) + (words >> 32);
    words = (words & UINT16_MAX) + (words >> 16 & UINT16_MAX) + (words >> 32);
    words = (words & UINT16_MAX) + (words >> 16);
    words = (words & UINT16_MAX) + (words >> 16);
    return sum + be16toh((uint16_t)words);
}

uint16_t checksum_finish(uint32_t sum) {
    sum = (sum & UINT16_MAX) + (sum >> 16);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    return (uint16_t)~sum;
}

uint32_t checksum_pseudo(const struct addr *src, const struct addr *dst, uint8_t proto, uint32_t length) {
    uint32_t sum = (length >> 16) + (length & UINT16_MAX) + proto;
    sum = checksum_add(sum, src->b, addr_bytes(src));
    return checksum_add(sum, dst->b, addr_bytes(dst));
}
