/* libleadline: the scanner as a library. This header is the whole public interface.
 *
 *     struct ll_scan *s = ll_scan_create();
 *     ll_scan_option(s, "p", "22,80");
 *     ll_scan_target(s, "192.0.2.7");
 *     ll_scan_on_event(s, print_event, NULL);
 *     if (ll_scan_run(s) != LL_OK) fprintf(stderr, "%s\n", ll_scan_error(s));
 *     ll_scan_destroy(s);
 *
 * A scan runs once, with the settings given before. One thread uses a scan, except ll_scan_stop, which any thread and
 * any signal handler may call between create and destroy. Several scans may run at once in several threads.
 *
 * Text: arguments are copied. ll_scan_error's text lives until the next call on the same scan, all that an event points
 * to until the callback returns. Pointers to text in events are never NULL. Names and text that come from the network
 * or from files are raw bytes without NUL, not always UTF-8: escape them before they meet a terminal.
 *
 * The process: the library prints nothing, installs no signal handlers, keeps no global state, and leaves privileges as
 * they are. A report that is written to a pipe without a reader raises SIGPIPE: ignore it if that may happen.
 *
 * Later versions may add fields at the ends of structures, and values to enumerations. */
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
    LL_INCOMPLETE, /* a report file could not be written in full. The scan itself is complete if there was a callback;
                      without one it ends as soon as no report is left */
    LL_INTERRUPTED /* ended by ll_scan_stop or the option "max-runtime"; what was found has been told, and the reports
                      are well formed */
};

enum ll_event_kind {
    LL_EVENT_OPEN_PORT = 1, /* the moment it is seen; host and port are set */
    LL_EVENT_HOST,          /* a host is finished; host is set, with its ports. Hosts that are down are told only with
                               the option "v", or when the target is a single address */
    LL_EVENT_MESSAGE        /* text is set: a warning, or an error that does not end the run (a target that is skipped,
                               a report file that fails) */
};

struct ll_port {
    uint16_t number;
    const char *protocol; /* "tcp" */
    const char *state;    /* "open", "closed", "filtered" ... */
    const char *reason;   /* "syn-ack", "reset", "no-response" ... */
    const char *service;  /* name by the port table; "unknown" when it has none */
    uint8_t ttl;          /* of the answer; 0 = unknown (silence, connections) */
};

struct ll_host {
    const char *address;         /* text form; of a link-local IPv6 address with its zone */
    const char *name;            /* as the target was named, or the reverse name; "" = none */
    const char *state;           /* "up", "down", "unknown" ("sL") */
    const char *reason;          /* of the state: "echo-reply", "arp-response" ... */
    double latency_s;            /* round trip; negative: not measured */
    const struct ll_port *ports; /* every scanned port, by number; NULL when n_ports is 0 */
    size_t n_ports;              /* 0 in LL_EVENT_OPEN_PORT */
    double miss_limit; /* upper limit on the chance that an answering port was missed; 0 = no port was silent */
    int partial;       /* 1: ended before its time (host time-out, stop): only ports that answered are in `ports` */
};

struct ll_event {
    enum ll_event_kind kind;
    const struct ll_host *host; /* NULL for LL_EVENT_MESSAGE */
    const struct ll_port *port; /* NULL but for LL_EVENT_OPEN_PORT */
    const char *text;           /* NULL but for LL_EVENT_MESSAGE */
};

struct ll_scan;
/* Called from inside ll_scan_run, on its thread; the scan waits meanwhile. Of this scan's functions it may call only
 * ll_scan_stop; the others change nothing and give LL_ERROR, and ll_scan_destroy is forbidden. */
typedef void (*ll_event_fn)(void *ctx, const struct ll_event *event);

LL_API const char *ll_version(void);         /* such as "0.1.0" */
LL_API struct ll_scan *ll_scan_create(void); /* NULL: no memory */
/* An option of the command (see leadline(1)): name with or without dashes ("p", "-p", "max-rate"), value as a text of
 * its own, NULL for options without one. LL_ERROR: there is no such option, or the value is wrong; the settings are as
 * they were. Lists of ports, and options that do not go together, are judged by ll_scan_run. */
LL_API enum ll_status ll_scan_option(struct ll_scan *s, const char *name, const char *value);
/* Another target, as on the command line: a name, an address, a network, ranges. LL_ERROR: it is malformed. Names are
 * resolved by ll_scan_run; one that has no address is skipped with a message. */
LL_API enum ll_status ll_scan_target(struct ll_scan *s, const char *expression);
/* One callback a scan; NULL: none. */
LL_API void ll_scan_on_event(struct ll_scan *s, ll_event_fn fn, void *ctx);
/* Blocks until the scan has ended. Writes the report files that the options ask for, and nothing to standard output
 * unless one of them is "-". Raw packets are sent if the process may; otherwise connections are made, unless the
 * options ask for packets ("sS"): that is LL_ERROR. */
LL_API enum ll_status ll_scan_run(struct ll_scan *s);
/* Ends the run soon; before ll_scan_run, at its beginning. Again, or after the end, it does nothing. */
LL_API void ll_scan_stop(struct ll_scan *s);
LL_API const char *ll_scan_error(const struct ll_scan *s); /* of the last call; "" when there was none */
LL_API void ll_scan_destroy(struct ll_scan *s);            /* accepts NULL; not while the scan runs */

#ifdef __cplusplus
}
#endif

#endif
