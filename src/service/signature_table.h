/* The files of data/signatures as they are in the program, in the order of their names (made by tools/embed). */
#ifndef LL_SERVICE_SIGNATURE_TABLE_H
#define LL_SERVICE_SIGNATURE_TABLE_H

#include <stddef.h>

struct signature_file {
    const char *name, *text;
    size_t size;
};
extern const struct signature_file signature_table[]; /* name NULL at the end */

#endif
