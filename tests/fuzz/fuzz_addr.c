/* Address literals: what is accepted has one canonical text, and that text is the same address. */
#include <stdlib.h>

#include "net/addr.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct addr a, again;
    char text[ADDR_TEXT_MAX], name[80];
    if (!addr_parse((struct slice){(const char *)bytes, size}, &a))
        return 0;
    if (!addr_parse(slice_of(addr_format(&a, text)), &again) || !addr_eq(&a, &again))
        abort();
    if (!addr_reverse_name(&a, name) || strlen(name) >= sizeof name)
        abort();
    return 0;
}
