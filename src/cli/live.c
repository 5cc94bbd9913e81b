#include "cli/live.h"

#include <signal.h>
#include <unistd.h>

#include "cli/terminal.h"
#include "io/loop_uv.h"

#define LEVEL_MAX 10
#define KEY_ESCAPE '\x1b'

static const char *const live_help[] = {
    "keys: v/V say more/less, d/D debug more/less, p/P packet trace on/off, ? this help",
    "any other key tells how far the run is; Ctrl-C ends it, with reports of what was found",
};

/* ---- keys */

static int live_level(int now, int step) {
    int level = now + step;
    return level < 0 ? 0 : level > LEVEL_MAX ? LEVEL_MAX : level;
}

static void live_verbose(struct live *l, int step) {
    l->verbose = live_level(l->verbose, step);
    run_set_verbosity(l->run, l->verbose, l->log->debug);
    log_message(l->log, LOG_INFO, "verbosity is %d now", l->verbose);
}

static void live_debug(struct live *l, int step) {
    l->log->debug = live_level(l->log->debug, step);
    run_set_verbosity(l->run, l->verbose, l->log->debug);
    log_message(l->log, LOG_INFO, "debug level is %d now", l->log->debug);
}

/* False: not a key with a meaning of its own. */
static bool live_command(struct live *l, char key) {
    switch (key) {
    case 'v':
    case 'V':
        live_verbose(l, key == 'v' ? 1 : -1);
        return true;
    case 'd':
    case 'D':
        live_debug(l, key == 'd' ? 1 : -1);
        return true;
    case 'p':
    case 'P':
        run_set_tracing(l->run, key == 'p');
        log_message(l->log, LOG_INFO, "packet trace is %s now", key == 'p' ? "on" : "off");
        return true;
    case '?':
        for (size_t i = 0; i < LL_COUNT(live_help); i++)
            log_message(l->log, LOG_INFO, "%s", live_help[i]);
        return true;
    default:
        return false;
    }
}

static void live_keys(void *ctx, struct slice keys) {
    struct live *l = ctx;
    /* Arrow and function keys arrive as several bytes behind an escape: one key, without a meaning. */
    bool status = keys.p[0] == KEY_ESCAPE;
    for (size_t i = 0; i < keys.n && keys.p[0] != KEY_ESCAPE; i++)
        status = !live_command(l, keys.p[i]) || status;
    if (status)
        run_report_status(l->run);
}

/* ---- signals */

/* What the signal does to a process that knows nothing of it, once the terminal is as it was. */
static void live_default(int signum) {
    struct sigaction usual = {.sa_handler = SIG_DFL}, own;
    sigset_t only, before;
    sigaction(signum, &usual, &own);
    sigemptyset(&only);
    sigaddset(&only, signum);
    sigprocmask(SIG_UNBLOCK, &only, &before);
    raise(signum);
    sigprocmask(SIG_SETMASK, &before, NULL);
    sigaction(signum, &own, NULL);
}

static void live_signal(void *ctx, int signum) {
    struct live *l = ctx;
    if (signum == SIGTSTP || signum == SIGQUIT) {
        progress_line_hide(&l->line);
        keys_release(&l->keys);
        live_default(signum);
    }
    if (signum == SIGTSTP || signum == SIGCONT) {
        /* Whoever had the terminal meanwhile may have left it in any mode; the one to give back is that of now. */
        keys_release(&l->keys);
        keys_take(&l->keys);
    }
    progress_line_resized(&l->line);
}

static void live_signals(struct live *l, struct loop *loop) {
    static const int signums[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGQUIT};
    struct err e;
    for (size_t i = 0; i < LL_COUNT(signums); i++) {
        struct sigaction now;
        if (sigaction(signums[i], NULL, &now) == 0 && now.sa_handler == SIG_IGN)
            continue; /* by the wish of whoever started us */
        if (!loop_uv_signal(loop, signums[i], live_signal, l, &e))
            log_debug(l->log, 1, "%s", e.text);
    }
    /* A job in the background that writes, or asks for the terminal's mode, is not stopped for it. */
    signal(SIGTTOU, SIG_IGN);
    signal(SIGTTIN, SIG_IGN);
}

/* ---- life */

void live_init(struct live *l) {
    *l = (struct live){.run = NULL};
    progress_line_init(&l->line);
    keys_init(&l->keys);
}

struct sink_guard live_guard(struct live *l) {
    return (struct sink_guard){.before = progress_line_hide, .after = progress_line_show, .ctx = &l->line};
}

static bool live_reads_stdin(const struct settings *s) {
    for (size_t i = 0; i < s->target_files.n; i++)
        if (slice_eq(s->target_files.v[i], SLICE("-")))
            return true;
    for (size_t i = 0; i < s->exclude_files.n; i++)
        if (slice_eq(s->exclude_files.v[i], SLICE("-")))
            return true;
    return false;
}

void live_start(struct live *l, const struct settings *s, struct log *log, struct loop *loop, struct run *run) {
    if (s->silent || s->noninteractive)
        return;
    int fd = terminal_line_fd();
    bool keys = isatty(STDIN_FILENO) && !live_reads_stdin(s);
    if (fd < 0 && !keys)
        return;
    l->run = run;
    l->log = log;
    l->verbose = s->verbose;
    live_signals(l, loop);
    if (fd >= 0)
        progress_line_start(&l->line, fd, loop, run);
    if (keys)
        keys_start(&l->keys, loop, live_keys, l);
}

void live_stop(struct live *l) {
    progress_line_stop(&l->line);
    keys_stop(&l->keys);
}
