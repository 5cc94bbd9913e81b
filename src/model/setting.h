/* Inside of the option code: what the setting_*.c files, one a group of options, offer to option.c. Each group is a
 * table from option to function; nothing outside src/model includes this. */
#ifndef LL_MODEL_SETTING_H
#define LL_MODEL_SETTING_H

#include "model/option.h"

/* `value` has p == NULL when none was given; it is borrowed from the caller. */
struct setting_handler {
    int id;
    bool (*apply)(struct settings *s, const struct option_row *row, struct slice value, struct err *e);
};
struct setting_group {
    const struct setting_handler *v;
    size_t n;
};

struct setting_group setting_target_group(void);
struct setting_group setting_scan_group(void);
struct setting_group setting_ping_group(void);
struct setting_group setting_ports_group(void);
struct setting_group setting_timing_group(void);
struct setting_group setting_service_group(void);
struct setting_group setting_output_group(void);

/* After the last option: rules inside a group, and values that follow from several options. */
bool setting_scan_complete(struct settings *s, const struct log *warn, struct err *e);
bool setting_ports_complete(struct settings *s, const struct services *services, const struct log *warn, struct err *e);
bool setting_ping_complete(struct settings *s, const struct services *services, const struct log *warn, struct err *e);
bool setting_timing_complete(struct settings *s, const struct log *warn, struct err *e);
bool setting_service_complete(struct settings *s, const struct log *warn, struct err *e);
bool setting_output_complete(struct settings *s, struct err *e);

/* A stranger's text in a message: one printable line, cut when it is long. */
struct shown {
    char text[96];
};
struct shown setting_show(struct slice value);

/* `--ttl "300": <what would be right>`; returns false. */
bool setting_bad(struct err *e, const struct option_row *row, struct slice value, const char *fmt, ...) LL_PRINTF(4, 5);
bool setting_number(const struct option_row *row, struct slice value, uint64_t min, uint64_t max, uint64_t *out,
                    struct err *e) LL_MUST_USE;
/* A time. Without a unit it is seconds, and `suspicious` seconds or more are refused: such a number was most likely
 * meant as milliseconds. */
bool setting_time(const struct option_row *row, struct slice value, double suspicious, int64_t *out,
                  struct err *e) LL_MUST_USE;
/* A copy in the settings' own memory; an empty value is refused. */
bool setting_text(struct settings *s, const struct option_row *row, struct slice value, struct slice *out,
                  struct err *e) LL_MUST_USE;
bool setting_list_add(struct settings *s, struct text_list *l, struct slice text, struct err *e) LL_MUST_USE;

#endif
