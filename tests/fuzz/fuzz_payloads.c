/* data/payloads.txt: whatever the text, every payload that is found can be sent and says where it comes from. */
#include "model/payloads.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct err e;
    struct payloads *p = payloads_parse((struct slice){(const char *)bytes, size}, "fuzz", &e);
    if (p == NULL)
        return 0;
    size_t n, ports, found = 0;
    (void)payloads_all(p, &n, &ports);
    for (uint32_t port = 0; port < 65536; port++) {
        const struct payload *one = payloads_find(p, (uint16_t)port);
        found += one != NULL;
        if (one && (one->bytes.n == 0 || one->bytes.n > PAYLOAD_MAX || one->source.n == 0 || one->name.n == 0))
            abort();
    }
    uint16_t asked = payloads_elsewhere(p, (struct slice){(const char *)bytes, size});
    if (asked && (!payloads_find(p, asked) || payloads_find(p, asked)->elsewhere.n % 2))
        abort();
    if (found != ports)
        abort();
    payloads_destroy(p);
    return 0;
}
