/* The real connector (io/conn.h): non-blocking sockets in one epoll that the loop watches. */
#ifndef LL_IO_CONN_SOCKET_H
#define LL_IO_CONN_SOCKET_H

#include "base/err.h"
#include "io/conn.h"
#include "io/loop.h"

struct connector *conn_socket_create(struct loop *loop, struct err *e);

#endif
