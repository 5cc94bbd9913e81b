/* Dialled connections over the kernel's TCP: non-blocking connect() on thousands of sockets. */
#ifndef LL_IO_DIAL_SOCKET_H
#define LL_IO_DIAL_SOCKET_H

#include "base/err.h"
#include "io/dial.h"
#include "io/loop.h"

/* Raises the soft limit of open files to the hard one. The loop must outlive the dialer. NULL: see *e. */
struct dialer *dial_socket_create(struct loop *loop, struct err *e);

/* May connections come from this local port? Tried on both families that there are; *e says why not. */
bool dial_socket_port_allowed(uint16_t port, struct err *e);

#endif
