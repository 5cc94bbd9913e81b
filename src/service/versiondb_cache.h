/* Housekeeping in the folder of versiondb_fast.c's cache. Its files are named versiondb-PLACE-KEY.hs: PLACE stands for
 * the path of the user's file, KEY for all that the cached bytes are made from. */
#ifndef LL_SERVICE_VERSIONDB_CACHE_H
#define LL_SERVICE_VERSIONDB_CACHE_H

#include "base/buf.h"

#define VDB_CACHE_FILES 8  /* that are kept; the oldest go first */
#define VDB_CACHE_PLACE 16 /* letters */

/* Letters for the place of a file: of its real path, or of the name itself where there is none. */
void vdb_cache_place(struct slice file, char out[VDB_CACHE_PLACE + 1]);
/* `name` has just been written into `folder`: deletes what was made of earlier versions of the same file, and the
 * oldest of all beyond VDB_CACHE_FILES. Touches nothing with another kind of name. */
void vdb_cache_tidy(const char *folder, const char *name);

#endif
