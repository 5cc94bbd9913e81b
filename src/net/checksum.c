/* Internet checksum; see checksum.h. */
#include "net/checksum.h"

#include <endian.h>

/* Sums of native words are the sum of big-endian ones with its bytes swapped (RFC 1071 2 (B)), so we add the machine's
 * own words and swap once; 128 bits hold the carries of any length. */
uint32_t checksum_add(uint32_t sum, const void *p, size_t n) {
    const uint8_t *at = p;
    u128 wide = 0;
    uint64_t eight;
    for (; n >= 4 * sizeof eight; n -= 4 * sizeof eight, at += 4 * sizeof eight) {
        uint64_t four_of[4];
        memcpy(four_of, at, sizeof four_of);
        wide += (u128)four_of[0] + four_of[1];
        wide += (u128)four_of[2] + four_of[3];
    }
    for (; n >= sizeof eight; n -= sizeof eight, at += sizeof eight) {
        memcpy(&eight, at, sizeof eight);
        wide += eight;
    }
    uint64_t words = (uint64_t)(wide >> 64) + ((uint64_t)wide >> 32) + ((uint64_t)wide & UINT32_MAX);
    uint32_t four;
    if (n >= sizeof four) {
        memcpy(&four, at, sizeof four);
        words += four;
        n -= sizeof four;
        at += sizeof four;
    }
    if (n > 0) {
        uint8_t rest[sizeof four] = {0};
        for (size_t i = 0; i < n; i++)
            rest[i] = at[i];
        memcpy(&four, rest, sizeof four);
        words += four;
    }
    words = (words & UINT32_MAX) + (words >> 32);
    words = (words & UINT16_MAX) + (words >> 16);
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
