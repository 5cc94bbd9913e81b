/* IPv4 and IPv6 addresses as plain values. No padding and no unused garbage: two equal addresses are equal bytes, so
 * a `struct addr` is a map key as it is. */
#ifndef LL_NET_ADDR_H
#define LL_NET_ADDR_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

__extension__ typedef unsigned __int128 u128;

enum addr_family { ADDR_NONE = 0, ADDR_V4 = 4, ADDR_V6 = 6 };

struct addr {
    uint8_t b[16];   /* network order; IPv4 uses the first four, the rest is zero */
    uint32_t zone;   /* IPv6 scope (interface index), 0 = none */
    uint32_t family; /* enum addr_family */
};

#define ADDR_TEXT_MAX 64 /* longest text with zone and NUL */
#define MAC_LEN 6

struct addr addr_v4(uint32_t host_order);
struct addr addr_v6(const uint8_t b[16], uint32_t zone);
uint32_t addr_v4_value(const struct addr *a); /* host order; 0 for IPv6 */
bool addr_eq(const struct addr *a, const struct addr *b);
int addr_cmp(const struct addr *a, const struct addr *b); /* family, then bytes, then zone */
size_t addr_bytes(const struct addr *a);                  /* 4, 16 or 0 */
/* Numbers 0 .. 2^32-1 or 2^128-1 */
u128 addr_number(const struct addr *a);
struct addr addr_from_number(enum addr_family family, u128 n, uint32_t zone);
/* Literal only: dotted quad (exactly four decimal octets, no leading zeros needed or refused) or IPv6 (RFC 4291 text,
 * embedded IPv4 allowed), zone after '%' as a number or an interface name (link-local and multicast only: elsewhere it
 * would name nothing). False for anything else. */
bool addr_parse(struct slice text, struct addr *out);
/* Canonical text (RFC 5952 for IPv6, "%name" or "%N" for a zone); returns `out`. */
const char *addr_format(const struct addr *a, char out[ADDR_TEXT_MAX]);
/* The name under which the reverse tree keeps it: 4.3.2.1.in-addr.arpa (RFC 1035 3.5, RFC 3596 2.5). */
bool addr_reverse_name(const struct addr *a, char out[80]);
bool addr_is_loopback(const struct addr *a);
bool addr_is_link_local(const struct addr *a); /* 169.254/16, fe80::/10 */
bool addr_is_multicast(const struct addr *a);  /* or the limited broadcast */
/* The first `bits` bits of a and b are the same. */
bool addr_in_prefix(const struct addr *a, const struct addr *net, unsigned bits);
/* Solicited-node multicast address of an IPv6 address, and the Ethernet address of an IPv6 multicast (RFC 4291 2.7.1,
 * RFC 2464 7). */
struct addr addr_solicited_node(const struct addr *a);
void addr_multicast_mac(const struct addr *a, uint8_t mac[MAC_LEN]);
/* "AA:BB:CC:DD:EE:FF" */
const char *mac_format(const uint8_t mac[MAC_LEN], char out[18]);

#endif
