#include "probe/list.h"

const struct probe *const probe_list[] = {
#define X(name) &probe_##name,
    PROBE_LIST(X)
#undef X
        NULL};

const struct probe *probe_find(const char *name) {
    for (size_t i = 0; probe_list[i]; i++)
        if (strcmp(probe_list[i]->name, name) == 0)
            return probe_list[i];
    return NULL;
}
