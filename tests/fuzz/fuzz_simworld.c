/* The reader of simulated worlds; and that what it accepts can be asked for every address and port. */
#include <stdlib.h>

#include "../sim/sim_block.c"
#include "../sim/sim_lots.c"
#include "../sim/sim_service.c"
#include "../sim/sim_words.c"
#include "../sim/sim_world.c"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct err e;
    struct sim_world *w = sim_world_create((struct slice){(const char *)p, n}, &e);
    if (!w)
        return 0;
    for (const struct sim_block *b = w->blocks; b; b = b->next) {
        if (b->range && (!sim_block_has(b, &b->first) || !sim_block_has(b, &b->last)))
            abort();
        for (uint32_t port = 0; port < 65536; port += 97)
            if (sim_block_action(b, &b->first, (uint16_t)port).kind > SIM_ICMP)
                abort();
        for (const struct sim_service *v = b->services; v; v = v->next)
            if (v->first > v->last || !sim_block_service(b, v->udp, v->first))
                abort();
    }
    sim_world_destroy(w);
    return 0;
}
