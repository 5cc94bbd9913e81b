/* The table of ports for a run: the user's (--servicedb, --datadir), else the one that is built in. */
#ifndef LL_SCAN_PORT_TABLE_H
#define LL_SCAN_PORT_TABLE_H

#include "model/services.h"
#include "model/settings.h"

/* To be freed with services_destroy. NULL on error. */
struct services *port_table_load(const struct settings *s, struct err *e);

#endif
