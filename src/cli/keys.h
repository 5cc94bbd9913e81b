/* Single keys from the terminal while a run goes on. The terminal is in a mode of its own only while this process is in
 * the foreground, and gets its old mode back whenever that ends. */
#ifndef LL_CLI_KEYS_H
#define LL_CLI_KEYS_H

#include <termios.h>

#include "base/slice.h"
#include "io/loop.h"

struct keys {
    int fd; /* a descriptor of our own: standard input stays as it is for others that share it; -1: no keys */
    bool taken;
    struct termios before;
    struct loop *loop;
    struct loop_watch *watch;
    struct loop_timer timer;
    void (*on_keys)(void *ctx, struct slice keys); /* what was typed since the last call */
    void *ctx;
};

void keys_init(struct keys *k); /* no keys; every other function takes it */
/* Reads keys from the terminal that is standard input; does nothing when that is no terminal. */
void keys_start(struct keys *k, struct loop *loop, void (*on_keys)(void *ctx, struct slice keys), void *ctx);
void keys_take(struct keys *k);    /* sets the mode, if this process is in the foreground */
void keys_release(struct keys *k); /* gives the old mode back */
void keys_stop(struct keys *k);    /* the loop must still be there */

#endif
