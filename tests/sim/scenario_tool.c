/* Plays one scenario from the command line: scenario_tool [-c] [-n RUNS] SEED WORLD-FILE-OR-TEXT OPTIONS-AND-TARGETS */
#include <stdlib.h>
#include <time.h>

#include "scan/file_text.h"
#include "scenario.h"

static void tool_print(const struct scenario_result *r, double cpu) {
    printf("end %d hosts %u up %u down %u missed-hosts %u false-hosts %u ports %llu open %llu missed %llu false %llu "
           "wrong %llu silent %llu capped %llu loss %.4f limit %.2g virtual %.3fs frames %llu cpu %.3fs %s%s\n",
           (int)r->end, r->hosts, r->up, r->down, r->hosts_missed, r->hosts_false, (unsigned long long)r->ports,
           (unsigned long long)r->open_true, (unsigned long long)r->open_missed, (unsigned long long)r->open_false,
           (unsigned long long)r->wrong, (unsigned long long)r->silent, (unsigned long long)r->capped, r->loss,
           r->miss_limit, (double)r->elapsed / 1e9, (unsigned long long)r->count.frames, cpu,
           r->unclean.code ? r->unclean.text : "", r->messages ? r->first_message : "");
}

int main(int argc, char **argv) {
    struct scenario s = {0};
    unsigned long runs = 1;
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (argv[at][1] == 'c')
            s.connect = true;
        if (argv[at][1] == 'n' && at + 1 < argc)
            runs = strtoul(argv[++at], NULL, 10);
    }
    if (argc - at < 3)
        return 2;
    s.seed = strtoull(argv[at], NULL, 10);
    struct buf text;
    struct err e;
    s.world = argv[at + 1];
    bool file = file_text_read(&text, slice_of(argv[at + 1]), &e);
    if (file)
        s.world = buf_cstr(&text);
    s.command = argv[at + 2];
    for (unsigned long i = 0; i < runs; i++, s.seed++) {
        struct scenario_result r = {0};
        clock_t began = clock();
        if (!scenario_run(&s, &r)) {
            printf("cannot play: %s\n", r.error.text);
            return 1;
        }
        tool_print(&r, (double)(clock() - began) / CLOCKS_PER_SEC);
    }
    if (file)
        buf_finish(&text);
    return 0;
}
