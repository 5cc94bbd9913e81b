/* Settings of a run: filled from options before the start, const afterwards. Option semantics: docs/options/. */
#ifndef LL_MODEL_SETTINGS_H
#define LL_MODEL_SETTINGS_H

#include "base/arena.h"
#include "base/err.h"
#include "model/portspec.h"
#include "net/addr.h"

enum scan_type { SCAN_DEFAULT, SCAN_SYN, SCAN_CONNECT };
enum discovery_mode { DISCOVER_DEFAULT, DISCOVER_NONE /* -Pn */ };
/* Discovery probes that can be asked for, in the order in which they are sent. */
enum ping_kind { PING_ECHO, PING_SYN, PING_ACK, PING_TIMESTAMP, PING_UDP, PING_MASK, PING_KINDS };
enum dns_mode { DNS_DEFAULT, DNS_NEVER /* -n */, DNS_ALWAYS /* -R */ };
enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum log_format { LOG_FORMAT_NORMAL, LOG_FORMAT_XML, LOG_FORMAT_JSON, LOG_FORMAT_GREP, LOG_FORMAT_LIST };

struct text_list {
    struct slice *v;
    size_t n, cap;
};

/* One option as it was given, for those who show the settings as options. */
struct given_option {
    int id;             /* enum option_id */
    struct slice value; /* p == NULL: none */
};

struct output_file {
    enum log_format format;
    struct slice path; /* "-" = standard output */
};
#define OUTPUT_FILES_MAX 8

/* Values that the user gave, which a template does not replace: bits of settings.timing_given. */
enum timing_value {
    TIMING_INITIAL_RTT = 1 << 0,
    TIMING_MIN_RTT = 1 << 1,
    TIMING_MAX_RTT = 1 << 2,
    TIMING_RETRIES = 1 << 3,
    TIMING_SCAN_DELAY = 1 << 4,
    TIMING_MAX_SCAN_DELAY = 1 << 5,
    TIMING_MIN_PARALLELISM = 1 << 6,
    TIMING_MAX_PARALLELISM = 1 << 7,
    TIMING_HOST_TIMEOUT = 1 << 8,
    TIMING_COMPLETENESS = 1 << 9
};

/* Timing values after templates and options (docs/options/timing-template.md). ns; 0 = no limit unless said. */
struct timing {
    int template_level; /* 0..5 */
    int64_t initial_rtt, min_rtt, max_rtt;
    unsigned max_retries;
    int64_t scan_delay;                        /* least distance of probes to a host */
    int64_t max_scan_delay;                    /* most that adaptation may reach */
    unsigned max_parallelism, min_parallelism; /* 0 = automatic */
    int64_t host_timeout;                      /* 0 = none */
    double min_rate, max_rate;                 /* packets per second, whole run; 0 = none */
    unsigned min_hostgroup, max_hostgroup;     /* accepted; a pipeline has no groups */
    double host_rate_max;                      /* probes per second to one host, from the template */
    double prefix_rate_max;                    /* the same for a /24 (IPv4) or /64 (IPv6) */
    double completeness;                       /* bound on the chance to miss an answering port */
};

struct settings {
    struct arena arena;         /* owns all strings below */
    struct given_option *given; /* in the order in which they were applied */
    size_t n_given, given_cap;
    /* targets */
    struct text_list targets;      /* expressions of the command line */
    struct text_list target_files; /* -iL, "-" = standard input */
    struct text_list excludes;     /* expressions, already split at commas */
    struct text_list exclude_files;
    bool only_v4, only_v6; /* -4, -6; neither = both */
    bool randomize_hosts;
    bool resolve_all; /* --resolve-all: every address of a name */
    bool unique;      /* --unique: no address twice */
    bool random_targets;
    uint64_t random_count; /* -iR; 0 = all there are */
    /* discovery and scan */
    bool list_only, ping_only;
    enum discovery_mode discovery;
    bool no_arp;                           /* --disable-arp-ping */
    unsigned pings;                        /* bits 1 << enum ping_kind; 0 = the default set */
    struct slice ping_text[PING_KINDS];    /* -PS, -PA, -PU: the list of ports; p == NULL: none */
    struct portset ping_ports[PING_KINDS]; /* computed by option_complete, without excluded ones */
    bool ignore_rst;                       /* --discovery-ignore-rst */
    enum scan_type scan;                   /* of TCP */
    bool scan_udp;                         /* -sU, beside a TCP scan that is asked for, or alone */
    bool defeat_icmp_ratelimit;
    /* services */
    bool service_scan;          /* -sV */
    unsigned version_intensity; /* 0..9 */
    bool version_intensity_given;
    bool version_trace;
    bool all_ports;                /* --allports: printers' ports, too */
    struct slice version_db;       /* --versiondb; empty: ours only */
    struct slice version_db_cache; /* a folder, or "auto"; empty: off */
    /* ports: the sets to scan, computed by option_complete */
    struct slice port_text, exclude_port_text;
    bool fast_ports;
    unsigned top_ports;    /* 0 = not given; --port-ratio becomes one */
    double port_ratio;     /* 0 = not given */
    bool sequential_ports; /* -r */
    struct portset ports[PROTO_COUNT];
    struct slice service_db; /* --servicedb: replaces the port table, and means -F where no ports are chosen */
    struct slice data_dir;   /* --datadir */
    struct portset excluded_ports[PROTO_COUNT]; /* --exclude-ports */
    /* names */
    enum dns_mode dns;
    bool system_dns;
    struct text_list dns_servers;
    /* sending */
    struct slice interface; /* -e */
    struct slice source;    /* -S */
    int source_port;        /* -g; -1 = own block */
    int ttl;                /* --ttl; -1 = own choice */
    struct timing timing;
    unsigned timing_given; /* enum timing_value */
    /* reports */
    int verbose, debug; /* 0..10 */
    bool silent;        /* -v0: nothing on standard output */
    bool reason, open_only;
    struct output_file files[OUTPUT_FILES_MAX];
    size_t n_files;
    int64_t max_runtime; /* ns, of the whole run; 0 = no limit */
    unsigned max_open;   /* open ports of a host from which on the rest is sampled; 0 = never */
    enum color_mode color;
    bool packet_trace;
    bool noninteractive;     /* no keys, no progress line */
    bool append;             /* to report files, in place of writing them anew */
    struct slice stylesheet; /* named by the XML report; empty: none */
    int64_t stats_every;     /* ns; 0 = never */
    /* repetition */
    bool has_seed;
    uint64_t seed;
};

bool settings_init(struct settings *s, struct err *e); /* defaults, T3 */
void settings_finish(struct settings *s);
/* Does the run scan ports of this protocol? */
bool settings_scans(const struct settings *s, enum proto p);
bool text_list_add(struct text_list *l, struct arena *a, struct slice text) LL_MUST_USE; /* copies into the arena */

#endif
