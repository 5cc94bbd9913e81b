/* libleadline: the scanner as a library. This header is the whole public interface.
 *
 *     struct ll_scan *s = ll_scan_create();
 *     ll_scan_option(s, "p", "22,80");
 *     ll_scan_target(s, "192.0.2.7");
 *     ll_scan_on_event(s, print_event, NULL);
 *     if (ll_scan_run(s) != LL_OK) fprintf(stderr, "%s\n", ll_scan_error(s));
 *     ll_scan_destroy(s);
 *
 * Options are those of the command (see leadline(1)), by name without dashes. A scan runs once. One thread uses a scan,
 * except ll_scan_stop, which any thread and any signal handler may call. Two scans may run in two threads.
 * Strings handed out live until the next call on the same scan, those in events until the callback returns. All text
 * that comes from the network is raw bytes without NUL: escape it before it meets a terminal. */
#ifndef LEADLINE_H
#define LEADLINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LL_API __attribute__((visibility("default")))

enum ll_status {
    LL_OK = 0,
    LL_ERROR,      /* ll_scan_error says what */
    LL_INCOMPLETE, /* finished, but a report file could not be written in full */
    LL_INTERRUPTED /* ended by ll_scan_stop; what was found has been told */
};

enum ll_event_kind {
    LL_EVENT_OPEN_PORT = 1, /* the moment it is seen; host and port are set */
    LL_EVENT_HOST,          /* a host is finished; host is set, with all its ports */
    LL_EVENT_MESSAGE        /* text is set: a warning or an error that does not end the run */
};

struct ll_port {
    uint16_t number;
    const char *protocol; /* "tcp" */
    const char *state;    /* "open", "closed", "filtered" ... */
    const char *reason;   /* "syn-ack", "reset", "no-response" ... */
    const char *service;  /* name by the port table; "unknown" when it has none */
    uint8_t ttl;          /* of the answer; 0 = none */
};

struct ll_host {
    const char *address; /* text form */
    const char *name;    /* as the target was named, or the reverse name; "" = none */
    const char *state;   /* "up", "down", "unknown" */
    const char *reason;
    double latency_s; /* negative: not measured */
    const struct ll_port *ports;
    size_t n_ports;    /* every scanned port; 0 in LL_EVENT_OPEN_PORT */
    double miss_limit; /* upper limit on the chance that an answering port was missed; 0 = nothing was silent */
};

struct ll_event {
    enum ll_event_kind kind;
    const struct ll_host *host;
    const struct ll_port *port;
    const char *text;
};

struct ll_scan;
typedef void (*ll_event_fn)(void *ctx, const struct ll_event *event);

LL_API const char *ll_version(void);
LL_API struct ll_scan *ll_scan_create(void); /* NULL: no memory */
/* value: NULL for options without one. */
LL_API enum ll_status ll_scan_option(struct ll_scan *s, const char *name, const char *value);
LL_API enum ll_status ll_scan_target(struct ll_scan *s, const char *expression);
LL_API void ll_scan_on_event(struct ll_scan *s, ll_event_fn fn, void *ctx);
/* Blocks until the scan has ended. Writes the report files that the options ask for, and nothing to standard output
 * unless one of them is "-". */
LL_API enum ll_status ll_scan_run(struct ll_scan *s);
LL_API void ll_scan_stop(struct ll_scan *s);
LL_API const char *ll_scan_error(const struct ll_scan *s); /* "" when there was none */
LL_API void ll_scan_destroy(struct ll_scan *s);            /* accepts NULL */

#ifdef __cplusplus
}
#endif

#endif
