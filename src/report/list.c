/* Look-up of a format by name. */
#include "report/list.h"

const struct writer_type *writer_find(struct slice name) {
#define X(type) &(type),
    static const struct writer_type *const types[] = {WRITER_LIST(X)};
#undef X
    for (size_t i = 0; i < LL_COUNT(types); i++) {
        if (slice_eq(name, slice_of(types[i]->name))) {
            return types[i];
        }
    }
    return NULL;
}
