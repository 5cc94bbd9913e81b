/* data/payloads.txt inside the program: the bytes of the file, made into a C source by tools/embed during the build. */
#ifndef LL_MODEL_PAYLOADS_TABLE_H
#define LL_MODEL_PAYLOADS_TABLE_H

#include "base/base.h"

extern const char payloads_table[];
extern const size_t payloads_table_size;

#endif
