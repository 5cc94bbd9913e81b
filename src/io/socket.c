#include "io/socket.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

socklen_t socket_address_of(const struct addr *a, uint16_t port, union socket_address *out) {
    memset(out, 0, sizeof *out);
    if (a->family == ADDR_V4) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(port);
        memcpy(&out->v4.sin_addr, a->b, 4);
        return sizeof out->v4;
    }
    out->v6.sin6_family = AF_INET6;
    out->v6.sin6_port = htons(port);
    out->v6.sin6_scope_id = a->zone;
    memcpy(&out->v6.sin6_addr, a->b, 16);
    return sizeof out->v6;
}

bool socket_is_own_echo(int fd) {
    union socket_address own, peer;
    socklen_t own_n = sizeof own, peer_n = sizeof peer;
    memset(&own, 0, sizeof own);
    memset(&peer, 0, sizeof peer);
    if (getsockname(fd, &own.any, &own_n) != 0 || getpeername(fd, &peer.any, &peer_n) != 0)
        return false;
    if (own.any.sa_family == AF_INET)
        return own.v4.sin_port == peer.v4.sin_port && own.v4.sin_addr.s_addr == peer.v4.sin_addr.s_addr;
    return own.v6.sin6_port == peer.v6.sin6_port && memcmp(&own.v6.sin6_addr, &peer.v6.sin6_addr, 16) == 0;
}

int socket_lack(int os) {
    switch (os) {
    case EADDRINUSE:
        return EADDRNOTAVAIL;
    case ENOMEM:
        return ENOBUFS;
    case EMFILE:
    case ENFILE:
    case EADDRNOTAVAIL:
    case ENOBUFS:
    case EAGAIN:
        return os;
    default:
        return 0;
    }
}

int socket_reason(int os) {
    return socket_lack(os) ? socket_lack(os) : os;
}

int socket_error(int fd) {
    int os = 0;
    socklen_t n = sizeof os;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &os, &n) == 0 ? os : errno;
}

bool socket_bind_interface(int fd, const char *interface) {
    return !interface || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface)) == 0;
}

bool socket_bind_source(int fd, const struct addr *source, int port) {
    union socket_address from;
    socklen_t n = socket_address_of(source, port < 0 ? 0 : (uint16_t)port, &from);
    int on = 1;
    if (port < 0)
        (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    else
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return bind(fd, &from.any, n) == 0;
}

size_t socket_files(void) {
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l) != 0)
        return 1024;
    struct rlimit up = {.rlim_cur = l.rlim_max, .rlim_max = l.rlim_max};
    if (l.rlim_cur < l.rlim_max && setrlimit(RLIMIT_NOFILE, &up) == 0)
        l = up;
    return l.rlim_cur == RLIM_INFINITY ? SIZE_MAX : (size_t)l.rlim_cur;
}
