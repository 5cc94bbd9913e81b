#define PCRE2_CODE_UNIT_WIDTH 8
#include "service/pattern.h"

#include <pcre2.h>

struct pattern {
    pcre2_code *code;
    uint32_t captures;
};

struct pattern_room {
    pcre2_match_data *data;
    pcre2_match_context *context;
};

static bool compile_code(struct pattern *p, struct slice text, unsigned flags, struct err *e) {
    /* Bytes are bytes: a pattern may not switch to UTF, whose checks would refuse strangers' bytes. */
    uint32_t options = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
    options |= flags & PATTERN_CASELESS ? PCRE2_CASELESS : 0;
    options |= flags & PATTERN_DOTALL ? PCRE2_DOTALL : 0;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (!context)
        return err_set(e, ERR_MEMORY, "no memory for a pattern");
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_set_bsr(context, PCRE2_BSR_UNICODE);
    int fault = 0;
    PCRE2_SIZE at = 0;
    p->code = pcre2_compile((PCRE2_SPTR)(text.p ? text.p : ""), text.n, options, &fault, &at, context);
    pcre2_compile_context_free(context);
    if (p->code)
        return true;
    unsigned char says[128] = "";
    (void)pcre2_get_error_message(fault, says, sizeof says);
    return err_set(e, ERR_INPUT, "the pattern is not valid after %zu characters: %s", (size_t)at, (const char *)says);
}

struct pattern *pattern_compile(struct slice text, unsigned flags, struct err *e) {
    if (text.n > PATTERN_TEXT_MAX) {
        err_set(e, ERR_LIMIT, "a pattern of more than %d bytes", PATTERN_TEXT_MAX);
        return NULL;
    }
    struct pattern *p = calloc(1, sizeof *p);
    if (!p) {
        err_set(e, ERR_MEMORY, "no memory for a pattern");
        return NULL;
    }
    if (!compile_code(p, text, flags, e)) {
        free(p);
        return NULL;
    }
    (void)pcre2_pattern_info(p->code, PCRE2_INFO_CAPTURECOUNT, &p->captures);
    return p;
}

void pattern_destroy(struct pattern *p) {
    if (!p)
        return;
    pcre2_code_free(p->code);
    free(p);
}

unsigned pattern_captures(const struct pattern *p) {
    return p->captures;
}

bool pattern_takes_empty(const struct pattern *p, struct pattern_room *room) {
    struct slice groups[PATTERN_GROUPS];
    return pattern_match(p, room, (struct slice){"", 0}, groups);
}

struct pattern_room *pattern_room_create(struct err *e) {
    struct pattern_room *room = calloc(1, sizeof *room);
    if (room) {
        room->data = pcre2_match_data_create(PATTERN_GROUPS, NULL);
        room->context = pcre2_match_context_create(NULL);
        if (room->data && room->context) {
            pcre2_set_match_limit(room->context, PATTERN_MATCH_LIMIT);
            pcre2_set_depth_limit(room->context, PATTERN_DEPTH_LIMIT);
            pcre2_set_heap_limit(room->context, PATTERN_HEAP_LIMIT_KIB);
            return room;
        }
    }
    pattern_room_destroy(room);
    err_set(e, ERR_MEMORY, "no memory for matching");
    return NULL;
}

void pattern_room_destroy(struct pattern_room *room) {
    if (!room)
        return;
    pcre2_match_data_free(room->data);
    pcre2_match_context_free(room->context);
    free(room);
}

bool pattern_match(const struct pattern *p, struct pattern_room *room, struct slice subject,
                   struct slice groups[PATTERN_GROUPS]) {
    const char *bytes = subject.p ? subject.p : "";
    int n = pcre2_match(p->code, (PCRE2_SPTR)bytes, subject.n, 0, 0, room->data, room->context);
    if (n < 0)
        return false;
    if (n == 0) /* more groups than there is room for */
        n = PATTERN_GROUPS;
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(room->data);
    for (int i = 0; i < PATTERN_GROUPS; i++) {
        groups[i] = (struct slice){0};
        /* \K may put the start of the whole match behind its end. */
        if (i < n && at[2 * i] != PCRE2_UNSET && at[2 * i] <= at[2 * i + 1])
            groups[i] = slice_sub((struct slice){bytes, subject.n}, at[2 * i], at[2 * i + 1] - at[2 * i]);
    }
    return true;
}
