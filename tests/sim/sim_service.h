/* Services of a simulated world as data: what connections to a port meet. The words are at the top of sim_world.c. */
#ifndef SIM_SERVICE_H
#define SIM_SERVICE_H

#include "sim_block.h"

/* How a service talks. Texts are bytes. */
struct sim_words_rule {
    struct sim_words_rule *next;
    struct slice to, text; /* what was heard since the last answer begins with `to` */
};
struct sim_service {
    struct sim_service *next;
    uint16_t first, last;
    bool udp, closes, once;
    bool elsewhere;                 /* UDP: answers from another port */
    bool tls, alpn_only, alpn_must; /* TLS: without one of its names it closes; it refuses all others with an alert */
    struct slice alpn;              /* with commas; in the order of its liking */
    int64_t after, drip, shakes;    /* ns; 0 = none */
    struct slice says, endless;
    struct sim_words_rule *rules;
};

/* Reads a `service` line; what it says goes in front of the list. */
bool sim_service_line(struct sim_service **services, const struct sim_line *l, struct arena *a, struct err *e);
/* NULL: nobody, or a mute one. */
const struct sim_service *sim_block_service(const struct sim_block *b, bool udp, uint16_t port);

/* Texts in quotes, whose blanks, ';' and '#' are text. */
size_t sim_find_bare(struct slice s, char c); /* the first one outside of quotes; s.n: none */
bool sim_next_word(struct slice *rest, struct slice *word);

#endif
