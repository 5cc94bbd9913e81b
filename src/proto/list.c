#include "proto/list.h"

const struct parser *const parser_list[] = {
#define X(name) &parser_##name,
#include "proto/parsers.def"
#undef X
    NULL};

const struct parser *parser_find(struct slice name) {
    for (size_t i = 0; parser_list[i]; i++)
        if (slice_eq(slice_of(parser_list[i]->name), name))
            return parser_list[i];
    return NULL;
}
