/* A packet becomes one printable line, whatever its bytes are. */
#include <stdlib.h>

#include "net/packet_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct buf b;
    buf_init(&b, 512);
    packet_text(&b, bytes, size);
    if (b.failed || b.n == 0)
        abort();
    for (size_t i = 0; i < b.n; i++)
        if (b.p[i] < ' ' || b.p[i] > '~')
            abort();
    buf_finish(&b);
    return 0;
}
