/* Reading the lines of one host or range block. Private to the reader of worlds. */
#ifndef SIM_BLOCK_H
#define SIM_BLOCK_H

#include "sim_world.h"

enum { SIM_LINE_WORDS = 80 };

struct sim_line { /* words of one line; [0] is the directive */
    struct slice w[SIM_LINE_WORDS];
    size_t n;
};

/* What the lines of a block have said so far. Rules in order of the text: later ones win. */
struct sim_draft {
    struct sim_manner m;
    struct sim_action *actions;
    size_t n_actions, cap_actions;
    struct sim_ports *sure;
    size_t n_sure, cap_sure;
    struct sim_ports *udp;
    size_t n_udp, cap_udp;
    struct sim_chance_rule *chances;
    struct sim_service *services; /* later ones first; shared with the copies */
    size_t n_chances, cap_chances;
};

void sim_draft_init(struct sim_draft *d); /* an ordinary host: all ports closed, answers pings */
void sim_draft_finish(struct sim_draft *d);
bool sim_draft_copy(struct sim_draft *to, const struct sim_draft *from, struct err *e);
/* Is the first word a directive of blocks? Then *ok tells whether the line was right. */
bool sim_draft_line(struct sim_draft *d, const struct sim_line *l, struct arena *a, bool *ok, struct err *e);
/* Writes manner and rules of the draft into the block; memory from the arena. */
bool sim_draft_seal(const struct sim_draft *d, struct sim_block *b, struct arena *a, struct err *e);

#endif
