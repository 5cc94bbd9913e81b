/* Typed events: everything that a run tells. The engine and the assembly make them; writers, the command and users
 * of the library read them. Strings are borrowed for the length of the call. */
#ifndef LL_MODEL_EVENT_H
#define LL_MODEL_EVENT_H

#include "model/program.h"
#include "model/result.h"

enum phase {
    PHASE_NONE,
    PHASE_LIST, /* -sL; makes no lines */
    PHASE_ARP_PING,
    PHASE_ND_PING,
    PHASE_PING,
    PHASE_DNS,
    PHASE_SYN,
    PHASE_CONNECT,
    PHASE_UDP,
    PHASE_SERVICE,
    PHASE_COUNT
};
/* "Ping Scan", "ARP Ping Scan", "Parallel DNS resolution", "SYN Stealth Scan" ... */
const char *phase_text(enum phase p);
bool phase_is_scan(enum phase p); /* asks ports, and is told with their number */

enum event_kind {
    EVENT_PHASE_BEGIN,
    EVENT_PHASE_SCANNING, /* first host of the phase: the "Scanning ... [N ports]" line */
    EVENT_PHASE_PROGRESS,
    EVENT_PHASE_END,
    EVENT_TARGET_BAD, /* a target expression that could not be used */
    EVENT_HOST_UP,    /* discovery proved a host up and a port scan follows (XML hosthint) */
    EVENT_PORT,       /* open port, told the moment it is seen */
    EVENT_HOST,       /* a host is finished: its whole result */
    EVENT_STATUS,     /* --stats-every, or on request */
    EVENT_TRACE       /* --packet-trace: a packet that was sent or received, as a line of text */
};

struct progress {
    double percent;      /* 0..100 */
    int64_t remaining_s; /* < 0: unknown */
    int64_t etc_wall;    /* wall clock second of the expected end */
};

struct event {
    enum event_kind kind;
    int64_t wall;                                 /* seconds since the epoch */
    enum phase phase;                             /* of PHASE_* events and STATUS */
    uint32_t hosts;                               /* PHASE_*: hosts in the phase so far; END: hosts in total */
    uint64_t ports;                               /* SCANNING: ports per host; END: ports in total */
    double elapsed_s;                             /* PHASE_END: of the phase; STATUS: of the run */
    struct progress progress;                     /* PHASE_PROGRESS, STATUS */
    uint64_t hosts_done, hosts_up, hosts_working; /* STATUS */
    const struct host_result *host;               /* HOST_UP, PORT, HOST, and SCANNING with one host; else NULL */
    const struct port_result *port;               /* PORT */
    struct slice text;                            /* TARGET_BAD: the expression; TRACE: the line */
};

/* One scan type of a run, for headers (XML scaninfo, grepable). */
struct scan_info {
    const char *type; /* "syn", "connect" */
    enum proto proto;
    size_t n_services;
    struct slice services; /* "1-100,443" */
};
#define SCAN_INFO_MAX 8

/* What is known when a run begins; const and alive until it ends. */
struct run_info {
    const char *version;           /* of this program, whatever it is called */
    const struct program *program; /* what it calls itself in reports; NULL: program_own, with `version` */
    struct slice args;             /* the command line as one line */
    int64_t wall_start;
    struct scan_info scans[SCAN_INFO_MAX];
    size_t n_scans;
    int verbose, debug;
    bool show_reason;
    bool open_only;
    bool ping_only;          /* -sn */
    bool list_only;          /* -sL */
    bool service_scan;       /* -sV: services are asked what they are */
    bool raw;                /* packets are counted */
    bool show_down;          /* down hosts are reported (-v) */
    struct slice data_dir;   /* where the data files were read from */
    struct slice stylesheet; /* for the XML report; empty: none */
};

struct run_stats {
    int64_t wall_end;
    double elapsed_s;
    uint64_t hosts_up, hosts_down, hosts_total;
    bool raw;
    uint64_t sent_packets, sent_bytes, received_packets, received_bytes;
    bool interrupted;   /* SIGINT or SIGTERM, or stopped by the caller */
    bool out_of_time;   /* interrupted by --max-runtime */
    struct slice error; /* non-empty: the run failed */
};

#endif
