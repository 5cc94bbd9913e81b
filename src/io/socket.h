/* What the users of kernel sockets share (dial_socket.c, conn_socket.c). */
#ifndef LL_IO_SOCKET_H
#define LL_IO_SOCKET_H

#include "net/addr.h"

#include <netinet/in.h>
#include <sys/socket.h>

union socket_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};
socklen_t socket_address_of(const struct addr *a, uint16_t port, union socket_address *out);

/* On loopback the kernel may choose the asked port as the source, and the socket then connects to itself: nobody
 * listens there (RFC 9293 3.5, simultaneous open). */
bool socket_is_own_echo(int fd);
/* What SO_ERROR says of the socket: an errno value, which the kernel then forgets; 0: nothing. */
int socket_error(int fd);
/* A lack that goes away when something else is closed: the errno value to report as io/conn.h and io/dial.h say, or 0:
 * it is none. */
int socket_lack(int os);
/* Why a socket could not be had: the lack, or what the kernel said. */
int socket_reason(int os);
/* False: errno says why. NULL = any interface. */
bool socket_bind_interface(int fd, const char *interface);
/* `port` < 0: the kernel's choice at connect(), which may share it between connections to different peers: else 28,000
 * of them would be all. */
bool socket_bind_source(int fd, const struct addr *source, int port);
/* Raises the soft limit of open files to the hard one; how many that are. */
size_t socket_files(void);

#endif
