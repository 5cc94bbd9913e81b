/* The command: arguments in, a run, an exit status out. */
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "cli/args.h"
#include "cli/config.h"
#include "cli/console.h"
#include "cli/early.h"
#include "cli/echo.h"
#include "cli/help.h"
#include "cli/iflist.h"
#include "cli/live.h"
#include "cli/terminal.h"
#include "io/dial_socket.h"
#include "io/loop_uv.h"
#include "io/privilege.h"
#include "model/option.h"
#include "scan/file_text.h"
#include "scan/port_table.h"
#include "scan/run.h"
#include "scan/world.h"

/* Exit status: docs/man/leadline.1.in, EXIT STATUS. */
enum { EXIT_OK = 0, EXIT_ERROR = 1, EXIT_OUT_OF_TIME = 124, EXIT_SIGNAL = 128 };
#define WAY_MAX 4096
#define TEXT_MAX ((size_t)64 << 20)
#define PATH_TEXT_MAX 4096

struct command {
    struct settings settings;
    struct services *services;
    struct args_result args;
    const struct program *as; /* under which name */
    struct world world;
    struct run *run;
    struct log log;
    struct live live;
    struct sink_guard guard; /* of `live` */
    int signal;              /* that ended the run; 0 = none */
};

static int command_fail(const struct command *c, const struct err *e, int status) {
    console_error(c->as, e->text);
    if (c->as->strict)
        console_error(c->as, "QUITTING!");
    return status;
}

/* Before any report has begun. Who reads XML from standard output gets a document even so, if he asked for Nmap. */
static int command_fail_early(const struct command *c, const struct err *e, int status) {
    if (c->as->strict)
        early_document(&c->settings, c->as, c->args.command_line, e);
    return command_fail(c, e, status);
}

static void command_on_signal(void *ctx, int signum) {
    struct command *c = ctx;
    if (c->signal)
        return;
    c->signal = signum;
    if (c->run)
        run_stop(c->run);
}

static bool command_signals(struct command *c, struct err *e) {
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < LL_COUNT(ends); i++)
        if (!loop_uv_signal(c->world.door.loop, ends[i], command_on_signal, c, e))
            return false;
    return true;
}

/* No packets: the one line that says what is missing and how to get it, and either an end or a connect scan. */
static bool command_without_raw(struct command *c, const struct err *why, struct err *e) {
    struct buf way;
    buf_init(&way, WAY_MAX);
    privilege_missing_text(&way, "raw sockets");
    bool insists = c->settings.scan == SCAN_SYN || c->settings.scan_udp || c->args.privilege == ARGS_PRIVILEGED;
    if (insists)
        err_set(e, ERR_PRIVILEGE, "You requested a scan type which requires root privileges. %s; or %s", buf_cstr(&way),
                c->settings.scan_udp ? "leave out -sU" : "use -sT");
    else if (c->args.privilege == ARGS_PRIVILEGE_DETECT)
        log_message(&c->log, LOG_INFO, "a connect scan runs instead of a SYN scan: %s", buf_cstr(&way));
    log_debug(&c->log, 1, "%s", why->text);
    buf_finish(&way);
    return !insists;
}

/* Raw when it is possible: tried, not assumed from the user id. -sS and -sU insist on it; -sT needs it for discovery
 * only, and does without. */
static bool command_raw(struct command *c, bool *raw, struct err *e) {
    const struct settings *s = &c->settings;
    struct err why = {0};
    *raw = false;
    if (s->list_only)
        return true;
    if (c->args.privilege == ARGS_UNPRIVILEGED)
        err_set(&why, ERR_PRIVILEGE, "--unprivileged was given");
    else
        *raw = world_raw_allowed(&c->world, &why);
    if (*raw || (s->scan == SCAN_CONNECT && !s->scan_udp))
        return true;
    return command_without_raw(c, &why, e);
}

static int command_end(struct command *c, enum run_end end, bool reports_ok, const struct err *e) {
    if (end == RUN_FAILED)
        return command_fail(c, e, EXIT_ERROR);
    if (c->signal)
        return EXIT_SIGNAL + c->signal;
    if (reports_ok && end == RUN_OUT_OF_TIME)
        return EXIT_OUT_OF_TIME;
    return reports_ok && end == RUN_COMPLETE ? EXIT_OK : EXIT_ERROR;
}

/* Nothing that is not needed any more stays. */
static bool command_drop(const struct command *c, bool raw, struct err *e) {
    int port = c->settings.source_port;
    bool dials_from_port = !raw && port >= 0 && !c->settings.list_only;
    if (!privilege_drop((raw ? PRIVILEGE_NET_RAW : 0U) | (dials_from_port ? PRIVILEGE_LOW_PORTS : 0U), e))
        return false;
    return !dials_from_port || dial_socket_port_allowed((uint16_t)port, e) || err_context(e, "-g %d", port);
}

static int command_run(struct command *c) {
    struct err e = {0};
    bool raw = false, reports_ok = true;
    if (!command_signals(c, &e) || !command_raw(c, &raw, &e))
        return command_fail_early(c, &e, EXIT_ERROR);
    struct run_config rc = {.settings = &c->settings,
                            .services = c->services,
                            .log = &c->log,
                            .args = c->args.command_line,
                            .program = c->as,
                            .wall_start = time(NULL),
                            .raw = raw,
                            .terminal = !c->settings.silent,
                            .color = terminal_color(c->as->strict ? COLOR_NEVER : c->settings.color),
                            .guard = c->guard};
    c->run = run_create(&rc, &e);
    if (!c->run)
        return command_fail_early(c, &e, EXIT_ERROR);
    if (!command_drop(c, raw, &e)) {
        run_destroy(c->run);
        return command_fail_early(c, &e, EXIT_ERROR);
    }
    if (!c->as->strict) /* its callers know no line that is redrawn */
        live_start(&c->live, &c->settings, &c->log, c->world.door.loop, c->run);
    enum run_end end = run_play(c->run, &c->world.door, &reports_ok, &e);
    live_stop(&c->live);
    int status = command_end(c, end, reports_ok, &e);
    run_destroy(c->run);
    c->run = NULL;
    return status;
}

static int command_scan(struct command *c) {
    struct err e = {0};
    c->services = port_table_load(&c->settings, &e);
    if (!c->services)
        return command_fail_early(c, &e, EXIT_ERROR);
    if (!option_complete(&c->settings, c->services, &c->log, &e))
        return command_fail_early(c, &e, EXIT_ERROR);
    if (!world_open(&c->world, &c->settings, &c->log, &e))
        return command_fail_early(c, &e, EXIT_ERROR);
    int status = command_run(c);
    world_close(&c->world);
    return status;
}

/* Prints and frees. */
static int command_text(const struct command *c, struct buf *text) {
    struct err e;
    bool ok = fwrite(text->p, 1, text->n, stdout) == text->n && fflush(stdout) == 0;
    if (!ok)
        err_os(&e, errno, "cannot write to standard output");
    buf_finish(text);
    return ok ? EXIT_OK : command_fail(c, &e, EXIT_ERROR);
}

static int command_echo(struct command *c) {
    struct err e = {0};
    struct buf text;
    c->services = port_table_load(&c->settings, &e);
    if (!c->services || !option_complete(&c->settings, c->services, &c->log, &e))
        return command_fail(c, &e, EXIT_ERROR);
    buf_init(&text, TEXT_MAX);
    echo_put(&text, &c->settings, &c->args);
    return command_text(c, &text);
}

static int command_print(const struct command *c, bool (*print)(FILE *to, const struct program *as), int status) {
    if (print(stdout, c->as) && fflush(stdout) == 0)
        return status;
    struct err e;
    err_os(&e, errno, "cannot write to standard output");
    return command_fail(c, &e, EXIT_ERROR);
}

static int command_iflist(const struct command *c) {
    struct err e = {0};
    struct buf text;
    buf_init(&text, TEXT_MAX);
    if (iflist_text(&text, &e))
        return command_text(c, &text);
    buf_finish(&text);
    return command_fail(c, &e, EXIT_ERROR);
}

/* The configuration file comes first and the command line over it; which file, the command line says. */
static bool command_config(struct command *c, int argc, char **argv, struct err *e) {
    struct settings given = c->settings;
    struct buf path, text = {0};
    buf_init(&path, PATH_TEXT_MAX);
    buf_put(&path, c->args.config);
    bool any = c->args.config.p || (!c->args.no_config && config_own_path(&path));
    bool ok = !any || file_text_read(&text, buf_slice(&path), e);
    if (any && ok && settings_init(&c->settings, e)) {
        ok = config_apply(&c->settings, &given, buf_slice(&text), buf_cstr(&path), e) &&
             args_parse(argc, argv, &c->settings, &c->args, e);
        settings_finish(&given);
    }
    buf_finish(&text);
    buf_finish(&path);
    return ok;
}

static int command_wish(struct command *c, int argc, char **argv) {
    struct err e = {0};
    switch (c->args.wish) {
    case ARGS_HELP:
        return command_print(c, help_print, c->args.exit_code);
    case ARGS_VERSION:
        return command_print(c, help_print_version, c->args.exit_code);
    case ARGS_IFLIST:
        return command_iflist(c);
    case ARGS_SCAN:
        break;
    }
    if (!command_config(c, argc, argv, &e))
        return command_fail_early(c, &e, EXIT_ERROR);
    args_environment(&c->args);
    c->log = console_log(c->as, c->settings.debug, &c->guard);
    return c->args.echo ? command_echo(c) : command_scan(c);
}

int main(int argc, char **argv) {
    struct command c = {.as = program_called(argc > 0 ? argv[0] : NULL)};
    struct err e = {0};
    int status;
    console_hold_descriptors();
    live_init(&c.live);
    c.guard = live_guard(&c.live);
    if (!settings_init(&c.settings, &e))
        return command_fail_early(&c, &e, EXIT_ERROR);
    if (!args_parse(argc, argv, &c.settings, &c.args, &e))
        status = command_fail_early(&c, &e, c.args.exit_code);
    else
        status = command_wish(&c, argc, argv);
    services_destroy(c.services);
    settings_finish(&c.settings);
    return status;
}
