/* Says whether the arguments are a command line that a run could begin with; sends nothing and opens nothing but the
 * tables that --servicedb and --datadir name. */
#include <stdio.h>

#include "cli/args.h"
#include "model/option.h"
#include "scan/port_table.h"

static void drop(void *ctx, enum log_level level, const char *text) {
    (void)ctx, (void)level, (void)text;
}

static bool judge(int argc, char **argv, struct settings *s, struct err *e) {
    struct args_result result;
    struct log log = {.emit = drop};
    if (!args_parse(argc, argv, s, &result, e))
        return false;
    if (result.wish != ARGS_SCAN)
        return result.exit_code == ARGS_EXIT_OK;
    if (s->targets.n + s->target_files.n == 0)
        return err_set(e, ERR_USAGE, "no targets");
    struct services *table = port_table_load(s, e);
    bool ok = table && option_complete(s, table, &log, e);
    services_destroy(table);
    return ok;
}

int main(int argc, char **argv) {
    struct settings s;
    struct err e = {0};
    if (!settings_init(&s, &e))
        return 1;
    bool ok = judge(argc, argv, &s, &e);
    settings_finish(&s);
    if (!ok)
        printf("%s\n", e.text);
    return ok ? 0 : 1;
}
