#include "cli/echo.h"

#include "model/option.h"
#include "model/option_ids.h"

/* Of these the last one counts; what is not here is kept as often as it was given. */
static bool echo_replaces(int id) {
    switch (id) {
    case OPT_COLOR:
    case OPT_COMPLETENESS:
    case OPT_HOST_TIMEOUT:
    case OPT_INITIAL_RTT_TIMEOUT:
    case OPT_INTERFACE:
    case OPT_MAX_OPEN:
    case OPT_MAX_RUNTIME:
    case OPT_MAX_HOSTGROUP:
    case OPT_MAX_PARALLELISM:
    case OPT_MAX_RATE:
    case OPT_MAX_RETRIES:
    case OPT_MAX_RTT_TIMEOUT:
    case OPT_MAX_SCAN_DELAY:
    case OPT_MIN_HOSTGROUP:
    case OPT_MIN_PARALLELISM:
    case OPT_MIN_RATE:
    case OPT_MIN_RTT_TIMEOUT:
    case OPT_SCAN_DELAY:
    case OPT_SEED:
    case OPT_SOURCE_ADDRESS:
    case OPT_SOURCE_PORT:
    case OPT_STATS_EVERY:
    case OPT_TOP_PORTS:
    case OPT_TTL:
        return true;
    default:
        return false;
    }
}

static void echo_one(struct buf *b, const struct option_row *row, struct slice value) {
    buf_printf(b, " %s%s", option_dashes(row), row->name);
    if (!value.p)
        return;
    if (row->arg == ARG_REQUIRED)
        buf_put_char(b, ' ');
    args_quote(b, value);
}

static bool echo_is_default(const struct option_row *row, struct slice value) {
    return (row->id == OPT_COLOR && slice_eq(value, SLICE("auto"))) ||
           (row->id == OPT_COMPLETENESS && slice_eq(value, SLICE("0.0001")));
}

static void echo_given(struct buf *b, const struct settings *s, const struct option_row *row) {
    const struct given_option *last = NULL;
    for (size_t i = 0; i < s->n_given; i++) {
        if (s->given[i].id != row->id)
            continue;
        last = &s->given[i];
        if (row->arg != ARG_NONE && !echo_replaces(row->id))
            echo_one(b, row, last->value);
    }
    if (last && (row->arg == ARG_NONE || echo_replaces(row->id)) && !echo_is_default(row, last->value))
        echo_one(b, row, last->value);
}

/* Levels as they have come out; -d sets the level of -v as well, so it stands in front. */
static void echo_levels(struct buf *b, const struct settings *s) {
    if (s->debug > 0)
        buf_printf(b, " -d%d", s->debug);
    if (s->verbose != s->debug || s->silent)
        buf_printf(b, " -v%d", s->verbose);
}

void echo_put(struct buf *b, const struct settings *s, const struct args_result *args) {
    buf_put_str(b, "leadline --no-config");
    if (args->privilege != ARGS_PRIVILEGE_DETECT)
        buf_put_str(b, args->privilege == ARGS_PRIVILEGED ? " --privileged" : " --unprivileged");
    if (s->timing.template_level != 3)
        buf_printf(b, " -T %d", s->timing.template_level);
    echo_levels(b, s);
    int seen = -1; /* names of one option stand together, the first one is the usual one */
    for (const struct option_row *row = option_rows; row->name; row++) {
        bool told = row->id == OPT_VERBOSE || row->id == OPT_DEBUG || row->id == OPT_TIMING_TEMPLATE;
        if (row->id != seen && !told)
            echo_given(b, s, row);
        seen = row->id;
    }
    for (size_t i = 0; i < s->targets.n; i++) {
        if (i == 0)
            buf_put_str(b, slice_starts(s->targets.v[0], SLICE("-")) ? " --" : "");
        buf_put_char(b, ' ');
        args_quote(b, s->targets.v[i]);
    }
    buf_put_char(b, '\n');
}
