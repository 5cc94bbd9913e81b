/* The registry of parsers. Adding one: its file, a line in parsers.def, a line in meson.build, a fuzz target. */
#ifndef LL_PROTO_LIST_H
#define LL_PROTO_LIST_H

#include "proto/parser.h"

#define X(name) extern const struct parser parser_##name;
#include "proto/parsers.def"
#undef X

extern const struct parser *const parser_list[];     /* all of them, NULL at the end */
const struct parser *parser_find(struct slice name); /* by struct parser.name; NULL: there is none */

#endif
