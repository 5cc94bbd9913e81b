/* The IEEE's list of address blocks, as a package installs it. */
#include "scan/vendors.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct vendors v;
    vendors_init(&v);
    v.loaded = true; /* nothing is read from the system */
    if (vendors_parse(&v, (struct slice){(const char *)bytes, size})) {
        uint8_t mac[MAC_LEN] = {0};
        for (size_t i = 0; i < MAC_LEN && i < size; i++)
            mac[i] = bytes[i];
        (void)vendors_find(&v, mac);
    }
    vendors_finish(&v);
    return 0;
}
