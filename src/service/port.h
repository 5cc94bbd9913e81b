/* One port at work: what port.c (questions and time) and port_hear.c (answers) share. */
#ifndef LL_SERVICE_PORT_H
#define LL_SERVICE_PORT_H

#include "service/state.h"

struct port_talk {
    struct talk *talk;
    struct ask ask;
};

struct service_port {
    struct port_request r;
    struct parser_peer peer;
    struct ask_list asks;
    size_t next_ask;
    struct port_talk talks[PORT_TALKS_MAX];
    unsigned n_talks;
    struct byte_budget bytes;
    struct loop_timer timer; /* the next question, or the end */
    int64_t began, next_at, rtt;
    struct buf answers; /* for the fingerprint */
    struct service_result best;
    bool have_best;
    bool tunnel, restart;
    bool no_alpn;       /* its TLS takes only names that we do not know */
    char alpn[16];      /* the name that it chose */
    struct addr source; /* -S, -e */
    char interface[32];
    bool listened;     /* a conversation in which nothing was asked has ended */
    bool again;        /* the last round */
    bool last_word;    /* has been waited for */
    bool compares;     /* an answer waits for another one */
    struct ask cut[2]; /* had to make room the first time */
    unsigned n_cut;
    bool second;     /* and were asked again */
    unsigned no_tls; /* handshakes that have failed */
    bool hung_up;    /* and it was the peer who ended it, without a byte */
    bool heard, too_much, too_slow, ended;
    unsigned connected;
    struct told told;
    struct extra extra; /* when the service is known */
    bool answered;
    uint64_t last_hash; /* of an answer that nobody understood */
    unsigned same;      /* how often it came in a row */
    bool same_text;     /* it is text */
};

/* An answer to `a`. True: that settles it. */
bool port_hear(struct service_port *p, const struct ask *a, const struct talk_result *r);

#endif
