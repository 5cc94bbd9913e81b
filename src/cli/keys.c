#include "cli/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/terminal.h"

/* A shell moves a running job between foreground and background without a word to it. */
#define LOOK_EVERY (250 * NS_PER_MS)
#define READ_MOST 64

void keys_init(struct keys *k) {
    *k = (struct keys){.fd = -1};
}

static void keys_readable(void *ctx) {
    struct keys *k = ctx;
    char typed[READ_MOST];
    if (!terminal_is_ours(k->fd)) {
        keys_release(k);
        return;
    }
    ssize_t n = read(k->fd, typed, sizeof typed);
    if (n > 0)
        k->on_keys(k->ctx, (struct slice){typed, (size_t)n});
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        keys_stop(k); /* the terminal is gone */
}

void keys_take(struct keys *k) {
    struct termios mode;
    if (k->fd < 0 || k->taken || !terminal_is_ours(k->fd) || tcgetattr(k->fd, &k->before) != 0)
        return;
    mode = k->before;
    mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO); /* signals still come from the keyboard */
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    k->watch = k->loop->ops->watch(k->loop, k->fd, LOOP_READ, keys_readable, k);
    if (!k->watch)
        return;
    k->taken = tcsetattr(k->fd, TCSANOW, &mode) == 0;
    if (!k->taken)
        keys_release(k);
}

void keys_release(struct keys *k) {
    if (k->watch)
        k->loop->ops->unwatch(k->loop, k->watch);
    k->watch = NULL;
    /* In the background the terminal belongs to the shell, which has set its own mode. */
    if (k->taken && terminal_is_ours(k->fd))
        tcsetattr(k->fd, TCSANOW, &k->before);
    k->taken = false;
}

static void keys_look(void *ctx) {
    struct keys *k = ctx;
    if (k->taken && !terminal_is_ours(k->fd))
        keys_release(k);
    else
        keys_take(k);
    loop_timer_at(k->loop, &k->timer, loop_now(k->loop) + LOOK_EVERY);
}

void keys_start(struct keys *k, struct loop *loop, void (*on_keys)(void *ctx, struct slice keys), void *ctx) {
    /* Watching makes a descriptor non-blocking, for everybody who has inherited it: so not standard input itself. */
    if (!isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) < 0)
        return;
    k->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (k->fd < 0)
        return;
    k->loop = loop;
    k->on_keys = on_keys;
    k->ctx = ctx;
    loop_timer_init(&k->timer, keys_look, k);
    keys_look(k);
}

void keys_stop(struct keys *k) {
    if (k->fd < 0)
        return;
    keys_release(k);
    loop_timer_off(k->loop, &k->timer);
    close(k->fd);
    k->fd = -1;
}
