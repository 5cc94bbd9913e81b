/* connect(): the kernel makes the connection and tells its end as an errno value. Needs no privilege. */
#include <errno.h>

#include "probe/list.h"

static void connect_set(struct verdict *v, enum port_state state, enum host_state host, enum reason reason) {
    v->kind = VERDICT_ANSWER;
    v->state = state;
    v->host = host;
    v->reason = reason;
}

static void connect_dialled(int result, struct verdict *v) {
    switch (result) {
    case 0:
    case ECONNRESET: /* reset behind the handshake: somebody accepted it */
        connect_set(v, PORT_OPEN, HOST_UP, REASON_SYN_ACK);
        break;
    case ECONNREFUSED:
        connect_set(v, PORT_CLOSED, HOST_UP, REASON_CONN_REFUSED);
        break;
    case EHOSTUNREACH:
        connect_set(v, PORT_FILTERED, HOST_UNKNOWN, REASON_HOST_UNREACH);
        break;
    case ENETUNREACH:
        connect_set(v, PORT_FILTERED, HOST_UNKNOWN, REASON_NET_UNREACH);
        break;
    case EACCES:
    case EPERM:
        connect_set(v, PORT_FILTERED, HOST_UNKNOWN, REASON_ADMIN_PROHIBITED);
        break;
    case ENOPROTOOPT:
        connect_set(v, PORT_FILTERED, HOST_UNKNOWN, REASON_PROTO_UNREACH);
        break;
    case ETIMEDOUT:
    case EHOSTDOWN:
    case EMFILE: /* from here on a shortage of ours: it says nothing about the target */
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EAGAIN:
    case EADDRNOTAVAIL:
    case EADDRINUSE:
        v->kind = VERDICT_NONE;
        break;
    default:
        connect_set(v, PORT_FILTERED, HOST_UNKNOWN, REASON_DEST_UNREACH);
        break;
    }
    if (v->kind == VERDICT_ANSWER && v->host == HOST_UNKNOWN)
        v->kind = VERDICT_ERROR;
}

const struct probe probe_connect = {
    .name = "connect",
    .phase = PHASE_CONNECT,
    .proto = PROTO_TCP,
    .via = PROBE_DIAL,
    .v4 = true,
    .v6 = true,
    .silence = PORT_FILTERED,
    .canary_value = 60,
    .dialled = connect_dialled,
};
