#include "net/special.h"

bool special_add_v4(struct rangeset *set) {
    static const struct {
        uint32_t net;
        unsigned bits;
    } blocks[] = {
        {0x00000000, 8},  /* this network, RFC 791 */
        {0x0a000000, 8},  /* private, RFC 1918 */
        {0x64400000, 10}, /* shared with carriers, RFC 6598 */
        {0x7f000000, 8},  /* loopback, RFC 1122 */
        {0xa9fe0000, 16}, /* link local, RFC 3927 */
        {0xac100000, 12}, /* private, RFC 1918 */
        {0xc0000000, 24}, /* protocol assignments, RFC 6890 */
        {0xc0000200, 24}, /* documentation, RFC 5737 */
        {0xc01fc400, 24}, /* AS112, RFC 7535: anycast, nobody's host */
        {0xc034c100, 24}, /* AMT, RFC 7450: anycast */
        {0xc0586300, 24}, /* 6to4 relays, RFC 7526: deprecated */
        {0xc0a80000, 16}, /* private, RFC 1918 */
        {0xc0af3000, 24}, /* AS112, RFC 7534: anycast */
        {0xc6120000, 15}, /* benchmarks, RFC 2544 */
        {0xc6336400, 24}, /* documentation, RFC 5737 */
        {0xcb007100, 24}, /* documentation, RFC 5737 */
        {0xe0000000, 4},  /* multicast, RFC 5771 */
        {0xf0000000, 4},  /* reserved, RFC 1112, with the limited broadcast, RFC 919 */
    };
    for (size_t i = 0; i < LL_COUNT(blocks); i++) {
        struct addr net = addr_v4(blocks[i].net);
        if (!rangeset_add_prefix(set, &net, blocks[i].bits))
            return false;
    }
    return true;
}
