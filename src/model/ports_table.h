/* data/ports.tsv inside the program: the bytes of the file, made into a C source by tools/embed during the build. */
#ifndef LL_MODEL_PORTS_TABLE_H
#define LL_MODEL_PORTS_TABLE_H

#include "base/base.h"

extern const char ports_table[];
extern const size_t ports_table_size;

#endif
