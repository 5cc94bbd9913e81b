/* data/ports.tsv and the form of services(5). */
#include "model/services.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct err e;
    struct services *s = services_parse((struct slice){(const char *)bytes, size}, "fuzz", &e);
    if (s == NULL)
        return 0;
    for (int p = 0; p < PROTO_COUNT; p++) {
        struct portset all, top;
        portset_clear(&all);
        portset_clear(&top);
        services_all(s, (enum proto)p, &all);
        size_t count = portset_count(&all);
        size_t added = services_top(s, (enum proto)p, SIZE_MAX, NULL, &top);
        portset_remove_all(&all, &top);
        if (added < count || portset_count(&top) != added || portset_count(&all) != 0)
            abort();
    }
    services_destroy(s);
    return 0;
}
