/* Received packets: any bytes behind any link header. The first byte chooses the link, the rest is the packet. */
#include <stdlib.h>

#include "net/checksum.h"
#include "net/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(bool good) {
    if (!good)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    if (size == 0)
        return 0;
    struct frame f;
    memset(&f, 0xff, sizeof f);
    bool ok = frame_read(bytes[0] & 1 ? FRAME_RAW_IP : FRAME_ETHERNET, bytes + 1, size - 1, 3, &f);
    if (!ok)
        return 0;
    check(!f.payload.bad && f.length < size);
    check(f.payload.p >= bytes + 1 && f.payload.p + f.payload.n <= bytes + size);
    (void)checksum_add(0, f.payload.p, f.payload.n);
    check(f.kind == FRAME_ARP || f.ip.src.family == f.ip.dst.family);
    check(f.kind == FRAME_ICMP_ERROR || !f.quoted.ok);
    check(!f.quoted.ok || f.quoted.ip.src.family == f.ip.src.family);
    return 0;
}
