/* Phrases and facts that more than one format needs: counts, times, task names, port ranges, the sentence about
 * completeness. All append to a buffer, whose failure flag is checked once at the end (report/out.h). */
#ifndef LL_REPORT_WORDS_H
#define LL_REPORT_WORDS_H

#include "report/writer.h"

#define WORDS_DATE "%a %b %e %H:%M:%S %Y" /* Mon Nov 23 15:53:31 2026 */

/* The words for the program in this run's reports. */
struct program words_program(const struct run_info *run);
/* "1 host", "2 hosts" */
void words_count(struct buf *b, uint64_t n, const char *one, const char *many);
/* Wall clock second by a strftime format, local time zone. */
void words_time(struct buf *b, int64_t wall, const char *format);
/* "0:00:05" */
void words_clock(struct buf *b, double seconds);
/* "SYN Stealth Scan", "Parallel DNS resolution of 1 host." */
void words_task(struct buf *b, enum phase p, uint32_t hosts);
/* "1 IP address (1 host up) scanned in 0.05 seconds" */
void words_summary(struct buf *b, const struct run_stats *s);
/* "340 open ports answer alike (a SYN proxy or a tarpit?); 24 of them were asked, the others are not listed" */
void words_alike(struct buf *b, const struct host_result *h);
/* "so many ports are open that the rest was sampled (--max-open): 900 ports were not asked"; of a host with ports left
 * out. */
void words_sampled(struct buf *b, const struct host_result *h);
/* "Interrupted", "Time limit reached (--max-runtime)" */
const char *words_early(const struct run_stats *s);
/* "interrupted": why a run that did not fail has ended early. */
struct slice words_interrupted(const struct run_stats *s);
/* "1-79,81-100": the ports of a host with this state, protocol and reason. */
void words_ranges(struct buf *b, const struct host_result *h, enum port_state s, const struct extra_reason *r);
/* "loss 2.9%, chance of a missed open port below 1 in 12,000" */
void words_completeness(struct buf *b, const struct completeness *c);
/* Worth a line even when nobody asked: ports were given up, or the chance of a miss is above the usual bound. */
bool words_is_notable(const struct completeness *c);

/* Is this host in the reports at all? Down hosts and hosts without open ports may be left out. */
bool words_host_shown(const struct run_info *run, const struct host_result *h);
struct shown_rules words_rules(const struct run_info *run);
/* Who answered for this port when it was not the target; NULL otherwise. */
const struct addr *words_from(const struct host_result *h, const struct port_result *p);
/* Registered name of the port; empty when there is none. */
struct slice words_service(const struct services *s, const struct port_result *p);
/* What a report says of the service of a port. Strangers' bytes, to be escaped by the format. */
struct words_service_facts {
    struct slice name;                  /* found, or registered; "" = neither */
    const struct service_result *found; /* NULL: nothing was asked */
    bool ssl;
    bool guessed; /* the name is only the table's, although the service was asked */
};
struct words_service_facts words_service_of(const struct writer_options *o, const struct host_result *h,
                                            const struct port_result *p);

#endif
