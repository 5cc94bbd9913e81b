#include "cli/progress_line.h"

#include <inttypes.h>
#include <poll.h>
#include <unistd.h>

#include "cli/terminal.h"

#define REDRAW_EVERY (250 * NS_PER_MS)
#define REDRAW_LEAST (40 * NS_PER_MS) /* a burst of report lines does not flicker */
#define RATE_EVERY (500 * NS_PER_MS)

/* The cursor waits in the first column. When the window becomes narrower and the terminal folds the line into two rows,
 * the cursor is still in front of both, and erasing to the end of the screen takes both away. */
#define ERASE "\r\x1b[J"

void progress_line_format(struct buf *b, const struct run_totals *t, double rate, size_t width) {
    struct buf line;
    buf_init(&line, PROGRESS_LINE_MAX);
    buf_put_str(&line, t->phase == PHASE_NONE ? "Working" : phase_text(t->phase));
    buf_printf(&line, " %.1f%%", t->progress.percent);
    if (rate >= 0)
        buf_printf(&line, "  %.0f packets/s", rate);
    buf_printf(&line, "  %" PRIu64, t->hosts_done);
    if (t->hosts_total)
        buf_printf(&line, "/%" PRIu64, t->hosts_total);
    buf_printf(&line, " hosts done, %" PRIu64 " up, %" PRIu64 " open", t->hosts_up, t->open_ports);
    if (t->progress.remaining_s >= 0)
        buf_printf(&line, "  ETA %" PRId64 ":%02d:%02d", t->progress.remaining_s / 3600,
                   (int)(t->progress.remaining_s / 60 % 60), (int)(t->progress.remaining_s % 60));
    buf_put(b, slice_sub(buf_slice(&line), 0, width));
    buf_finish(&line);
}

/* A terminal that is held (Ctrl-S) must not hold the scan: what cannot be written at once is left out. */
static void progress_line_write(const struct progress_line *p, struct slice bytes) {
    struct pollfd room = {.fd = p->fd, .events = POLLOUT};
    if (poll(&room, 1, 0) <= 0)
        return;
    ssize_t n = write(p->fd, bytes.p, bytes.n);
    (void)n;
}

static void progress_line_count(struct progress_line *p, const struct run_totals *t, int64_t now) {
    int64_t since = now - p->counted_at;
    if (since < RATE_EVERY)
        return;
    double rate = (double)(t->probes - p->counted) * 1e9 / (double)since;
    p->rate = p->rate < 0 ? rate : (p->rate + rate) / 2;
    p->counted = t->probes;
    p->counted_at = now;
}

static void progress_line_draw(struct progress_line *p) {
    struct run_totals t;
    if (!terminal_is_ours(p->fd)) {
        p->shown = false; /* the screen belongs to somebody else now */
        return;
    }
    if (!run_totals(p->run, &t)) {
        progress_line_hide(p);
        return;
    }
    int64_t now = loop_now(p->loop);
    progress_line_count(p, &t, now);
    buf_clear(&p->text);
    buf_put_str(&p->text, ERASE);
    /* The last column stays empty: terminals differ in what they do behind it. */
    progress_line_format(&p->text, &t, p->rate, p->width - 1);
    buf_put_char(&p->text, '\r');
    progress_line_write(p, buf_slice(&p->text));
    p->shown = true;
    p->drawn_at = now;
}

static void progress_line_due(void *ctx) {
    struct progress_line *p = ctx;
    progress_line_draw(p);
    loop_timer_at(p->loop, &p->timer, loop_now(p->loop) + REDRAW_EVERY);
}

void progress_line_init(struct progress_line *p) {
    *p = (struct progress_line){.fd = -1, .rate = -1};
    buf_init(&p->text, PROGRESS_LINE_MAX + 32);
}

void progress_line_start(struct progress_line *p, int fd, struct loop *loop, const struct run *run) {
    p->fd = fd;
    p->loop = loop;
    p->run = run;
    p->width = terminal_width(fd);
    p->counted_at = loop_now(loop);
    loop_timer_init(&p->timer, progress_line_due, p);
    loop_timer_at(loop, &p->timer, loop_now(loop) + REDRAW_EVERY);
}

void progress_line_stop(struct progress_line *p) {
    if (p->fd >= 0) {
        progress_line_hide(p);
        loop_timer_off(p->loop, &p->timer);
    }
    buf_finish(&p->text);
    progress_line_init(p);
}

void progress_line_resized(struct progress_line *p) {
    if (p->fd < 0)
        return;
    p->width = terminal_width(p->fd);
    if (p->shown)
        progress_line_draw(p);
}

void progress_line_hide(void *ctx) {
    struct progress_line *p = ctx;
    if (p->shown && terminal_is_ours(p->fd))
        progress_line_write(p, SLICE(ERASE));
    p->shown = false;
}

void progress_line_show(void *ctx) {
    struct progress_line *p = ctx;
    if (p->fd >= 0 && loop_now(p->loop) - p->drawn_at >= REDRAW_LEAST && p->drawn_at)
        progress_line_draw(p);
}
