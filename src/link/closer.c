#include "link/closer.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static void *close_one(void *arg) {
    close(*(const int *)arg);
    return NULL;
}

void closer_add(struct closer *c, int fd) {
    if (fd < 0)
        return;
    if (c->n == CLOSER_MAX)
        close(fd);
    else
        c->fd[c->n++] = fd;
}

/* Signals stay with the threads that asked for them. */
void closer_finish(struct closer *c) {
    pthread_t threads[CLOSER_MAX];
    bool started[CLOSER_MAX] = {false};
    sigset_t all, before;
    sigfillset(&all);
    bool quiet = pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
    for (unsigned i = 1; quiet && i < c->n; i++)
        started[i] = pthread_create(&threads[i], NULL, close_one, &c->fd[i]) == 0;
    if (quiet)
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    for (unsigned i = 0; i < c->n; i++)
        if (!started[i])
            close(c->fd[i]);
    for (unsigned i = 0; i < c->n; i++)
        if (started[i])
            (void)pthread_join(threads[i], NULL);
    c->n = 0;
}
