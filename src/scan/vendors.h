/* Who made a network card: the IEEE's public list of address blocks (MA-L), read from Debian's ieee-data package when
 * it is installed, and only when the first hardware address is seen. */
#ifndef LL_SCAN_VENDORS_H
#define LL_SCAN_VENDORS_H

#include "base/buf.h"
#include "net/addr.h"

struct vendor_row;
struct vendors {
    bool loaded;
    struct buf text;
    struct vendor_row *rows; /* by prefix */
    size_t n;
};

void vendors_init(struct vendors *v);
void vendors_finish(struct vendors *v);
/* Empty when unknown, or when the list is not installed. Lives as long as v. */
struct slice vendors_find(struct vendors *v, const uint8_t mac[MAC_LEN]);
/* From the text of the list (oui.txt): lines "AABBCC     (base 16)\t\tName". */
bool vendors_parse(struct vendors *v, struct slice text);

#endif
