/* Answers of name servers to PTR questions. */
#include "io/ptr_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    char name[PTR_NAME_MAX];
    size_t name_n = 0;
    if (ptr_reply_read(p, n, name, &name_n) && (name_n == 0 || name_n > PTR_NAME_MAX || memchr(name, 0, name_n)))
        abort();
    return 0;
}
