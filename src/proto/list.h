/* The registry of parsers: one line each, in alphabetical order. Adding one: its file, a line here, a line in
 * meson.build, a fuzz target. */
#ifndef LL_PROTO_LIST_H
#define LL_PROTO_LIST_H

#include "proto/parser.h"

/* clang-format off */
#define PARSER_LIST(X)                                                                                                 \
    X(ssh)
/* clang-format on */

#define X(name) extern const struct parser parser_##name;
PARSER_LIST(X)
#undef X

extern const struct parser *const parser_list[];     /* all of them, NULL at the end */
const struct parser *parser_find(struct slice name); /* by struct parser.name; NULL: there is none */

#endif
