/* Words of the world format: each function reads one value strictly and says in *e what is wrong with it. */
#ifndef SIM_WORDS_H
#define SIM_WORDS_H

#include "base/err.h"
#include "net/addr.h"

bool sim_word_share(struct slice w, double *out, struct err *e);  /* "3%", "0.5%" -> 0.03, 0.005 */
bool sim_word_time(struct slice w, int64_t *ns, struct err *e);   /* "200ms", "1.5s", "2m": the unit is needed */
bool sim_word_rate(struct slice w, double *per_s, struct err *e); /* "100/s", "50000pps" */
bool sim_word_count(struct slice w, uint64_t max, uint64_t *out, struct err *e);
bool sim_word_flag(struct slice w, bool *out, struct err *e); /* yes, no */
bool sim_word_mac(struct slice w, uint8_t mac[MAC_LEN], struct err *e);
bool sim_word_addr(struct slice w, struct addr *out, struct err *e);
/* "10.0.0.2/24": the address itself and the length */
bool sim_word_prefix(struct slice w, struct addr *out, unsigned *bits, struct err *e);
/* "10.0.0.0/24" or "10.0.0.5-10.0.1.9" */
bool sim_word_range(struct slice w, struct addr *first, struct addr *last, struct err *e);
/* Takes the next item of "22,80,1000-2000,-": false at the end or on an error (then *bad). */
bool sim_word_ports(struct slice *rest, uint16_t *first, uint16_t *last, bool *bad, struct err *e);

#endif
