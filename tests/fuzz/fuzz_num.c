/* Numbers: whatever is accepted is in range, and decimal text comes back when it is written again. */
#include "base/num.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct slice s = {(const char *)data, size};
    uint64_t n;
    if (num_u64(s, &n)) {
        char again[24];
        int length = snprintf(again, sizeof again, "%llu", (unsigned long long)n);
        while (s.n > 1 && s.p[0] == '0')
            s = slice_skip(s, 1);
        assert(slice_eq(s, (struct slice){again, (size_t)length}));
    }
    s = (struct slice){(const char *)data, size};
    assert(!num_u64_max(s, 255, &n) || n <= 255);
    double real;
    assert(!num_real(s, &real) || (real >= 0 && real < 1.9e19));
    int64_t ns;
    bool unit;
    assert(!num_duration_ns(s, &ns, &unit) || ns >= 0);
    (void)num_any_base(s, &n);
    return 0;
}
