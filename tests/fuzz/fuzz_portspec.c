/* The grammar of -p. The first byte chooses the protocols. */
#include "model/portspec.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char table[] =
    "22\ttcp\tssh\t-\t-\t1\n80\ttcp\thttp\t-\t-\t2\n53\tudp\tdomain\t-\t-\t1\n1\tip\ticmp\t-\t-\t-\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static struct portspec spec;
    if (size == 0 || size > 1024)
        return 0;
    struct err e;
    struct services *s = services_parse(SLICE(table), "fuzz", &e);
    if (s == NULL)
        return 0;
    if (portspec_parse((struct slice){(const char *)bytes + 1, size - 1}, s, bytes[0] & 0xf, &spec, &e)) {
        for (unsigned port = 256; port < 65536; port++) {
            if (portset_has(&spec.set[PROTO_IP], (uint16_t)port))
                abort();
        }
    }
    services_destroy(s);
    return 0;
}
