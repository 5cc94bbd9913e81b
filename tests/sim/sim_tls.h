/* TLS in front of a simulated service: one session of an OpenSSL server on memory. */
#ifndef SIM_TLS_H
#define SIM_TLS_H

#include "sim_service.h"

struct buf;
struct sim_tls;
struct sim_tls *sim_tls_create(const struct sim_service *v);
/* Bytes of the client: what they say goes to `plain`, what TLS itself answers to `out`. False: the session is over. */
bool sim_tls_feed(struct sim_tls *t, struct slice bytes, struct buf *plain, struct buf *out);
void sim_tls_seal(struct sim_tls *t, struct slice plain, struct buf *out);
void sim_tls_destroy(struct sim_tls *t);

#endif
