/* What the files of service detection share. Nothing outside src/service includes this. */
#ifndef LL_SERVICE_STATE_H
#define LL_SERVICE_STATE_H

#include "service/choose.h"
#include "service/extra.h"
#include "service/service.h"
#include "service/signature.h"
#include "service/talk.h"

struct service_scan {
    struct service_config c;
    struct streams *streams;
    struct signatures *db;
    struct versiondb *user;       /* NULL: none */
    char (*raw_keys)[32];         /* "raw.NAME", by place in parser_list */
    struct service_host *hosts;   /* at work */
    size_t open_ports, ports_max; /* of all hosts */
    bool filling, refill;
};

/* ---- finding.c: answers into results. Strings are put into `a`. */

/* Where an answer came from. */
struct finding {
    struct service_scan *scan;
    struct arena *arena;
    const struct ask *ask;
    const struct talk_result *talk;
};
/* A parser understood it: always a result. */
void finding_of_facts(const struct finding *f, struct service_result *out);
/* A handshake that failed, but showed that it is TLS (or DTLS): "ssl". */
void finding_of_handshake(const struct finding *f, bool udp, struct service_result *out);
/* It says what we say (RFC 862). */
void finding_of_echo(const struct finding *f, struct service_result *out);
/* Nobody understood it; do the user's patterns, or ours for raw bytes? `soft`: only the service is known. */
bool finding_of_bytes(const struct finding *f, struct service_result *out, bool *soft);
/* Another parser recognised it, but could not be asked itself: what do the bytes alone say? */
bool finding_of_other(const struct finding *f, const struct parser_peer *peer, struct service_result *out);

/* ---- print.c */

#define PRINT_ANSWER_MAX 900
#define PRINT_ANSWERS_MAX 2200
void print_add(struct buf *answers, const char *name, struct slice bytes);
/* Turns the answers into the line that users send us; empty when there is none. */
struct slice print_line(struct arena *a, const struct buf *answers, const struct service_result *r, unsigned intensity,
                        int64_t wall);

/* ---- port.c */

#define PORT_TALKS_MAX 5 /* one listens, the others ask */

struct service_port;
struct port_request {
    struct service_scan *scan;
    struct arena *arena;            /* of the host: strings of the result */
    const struct parser_peer *peer; /* lives as long as the port; `port` and `udp` are set */
    int64_t rtt;
    struct byte_budget *host_bytes;
    void (*done)(void *ctx, struct service_port *p, const struct service_result *r, bool answered);
    void *ctx;
};
struct service_port *
port_begin(const struct port_request *r); /* NULL: no memory. `done` comes later, never from inside */
void port_cancel(struct service_port *p);
/* The result, when only facts are still being asked for; NULL: not known yet. */
const struct service_result *port_known(const struct service_port *p);
unsigned port_talks(const struct service_port *p);

#endif
