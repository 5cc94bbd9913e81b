/* One regular expression over bytes: PCRE2 with limits. Patterns come from data files and from users, subjects from
 * strangers, so neither may cost more than the limits allow: running into one of them is "does not match". */
#ifndef LL_SERVICE_PATTERN_H
#define LL_SERVICE_PATTERN_H

#include "base/err.h"
#include "base/slice.h"

#define PATTERN_GROUPS 10 /* the whole match and $1 to $9 */
#define PATTERN_TEXT_MAX 8192
#define PATTERN_MATCH_LIMIT 100000
#define PATTERN_DEPTH_LIMIT 10000
#define PATTERN_HEAP_LIMIT_KIB 20480

enum { PATTERN_CASELESS = 1, PATTERN_DOTALL = 2 };

struct pattern;
struct pattern_room; /* scratch memory of matches */

struct pattern *pattern_compile(struct slice text, unsigned flags, struct err *e);
void pattern_destroy(struct pattern *p);
unsigned pattern_captures(const struct pattern *p);
bool pattern_takes_empty(const struct pattern *p, struct pattern_room *room);

struct pattern_room *pattern_room_create(struct err *e);
void pattern_room_destroy(struct pattern_room *room);
/* Groups that took no part are {NULL, 0}; the others point into `subject`. */
bool pattern_match(const struct pattern *p, struct pattern_room *room, struct slice subject,
                   struct slice groups[PATTERN_GROUPS]);

#endif
