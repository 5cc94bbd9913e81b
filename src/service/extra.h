/* What is asked of a port once its service is known; nothing that the name depends on, only facts for the report. One
 * connection at a time.
 *
 *   told.c       the facts that reports tell        jarm_talks.c       ten hellos to whoever speaks TLS
 *   extra.c      which of them, for which port      starttls_talk.c    into TLS where the service began in clear */
#ifndef LL_SERVICE_EXTRA_H
#define LL_SERVICE_EXTRA_H

#include "proto/starttls.h"
#include "service/talk.h"

#define INTENSITY_STARTTLS 7
#define INTENSITY_JARM 9

struct service_scan;

/* Facts of a port, in the arena of its host. */
struct told {
    const struct service_fact *v;
    size_t n;
    bool whole;                     /* of a handshake that ended well: nothing better will come */
    const struct starttls *upgrade; /* the service offers it; NULL: no */
};

/* Those that a conversation showed. */
void told_talk(struct told *t, struct arena *a, const struct talk_result *r);
/* Those of a handshake, in the place of all others. */
void told_tls(struct told *t, struct arena *a, const struct stream_tls *tls, const char *starttls);
/* Appends those whose key begins with "tls." or "ntlm."; a key that is there stays alone. */
void told_facts(struct told *t, struct arena *a, const struct facts *f);

struct extra_request {
    struct service_scan *scan;
    struct arena *arena; /* of the host */
    const struct parser_peer *peer;
    struct stream_request stream; /* dst, dport, source, interface; what it borrows lives as long as the port */
    int64_t rtt;
    const struct service_result *result;
    struct told *told;
    void (*done)(void *ctx); /* never from inside extra_begin */
    void *ctx;
};

/* Zeroed before use; at most one is at work. */
struct extra {
    struct jarm_talks *jarm;
    struct starttls_talk *upgrade;
};
/* False: there is nothing to ask (or no memory for it). */
bool extra_begin(struct extra *x, const struct extra_request *r);
void extra_cancel(struct extra *x);

/* NULL: no memory. After `done` they are gone. */
struct jarm_talks *jarm_begin(const struct extra_request *r);
void jarm_cancel(struct jarm_talks *j);
struct starttls_talk *starttls_begin(const struct extra_request *r);
void starttls_cancel(struct starttls_talk *s);

#endif
