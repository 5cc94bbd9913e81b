/* The hosts file of the system. */
#include <stdlib.h>
#include <unistd.h>

#include "io/hosts_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    char path[] = "/tmp/fuzz-hosts-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        abort();
    close(fd);
    struct hosts_file h;
    hosts_file_load(&h, path);
    struct addr a = addr_v4(0x7f000001);
    (void)hosts_file_find(&h, &a);
    hosts_file_finish(&h);
    unlink(path);
    return 0;
}
