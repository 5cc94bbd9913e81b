/* The fingerprint of a service that answered but is not known: in the form that users of scanners know, so that it can
 * be sent to us, and read by eyes. */
#include "service/state.h"

#include <ctype.h>
#include <inttypes.h>
#include <time.h>

static void put_byte(struct buf *b, unsigned char c) {
    if (isalnum(c) || (c && strchr("_-,;:<>=@!#%&'/~`", c)))
        buf_put_char(b, (char)c);
    else if (c == '\r')
        buf_put_str(b, "\\r");
    else if (c == '\n')
        buf_put_str(b, "\\n");
    else if (c == '\t')
        buf_put_str(b, "\\t");
    else if (c == 0)
        buf_put_str(b, "\\0");
    else if (c > 0x20 && c < 0x7f)
        buf_printf(b, "\\%c", c);
    else
        buf_printf(b, "\\x%02x", c);
}

void print_add(struct buf *answers, const char *name, struct slice bytes) {
    if (answers->n > PRINT_ANSWERS_MAX || !bytes.n)
        return;
    struct slice cut = slice_sub(bytes, 0, PRINT_ANSWER_MAX);
    buf_printf(answers, "%%r(%s,%zX,\"", name, bytes.n);
    for (size_t i = 0; i < cut.n; i++)
        put_byte(answers, (unsigned char)cut.p[i]);
    buf_put_str(answers, "\")");
}

struct slice print_line(struct arena *a, const struct buf *answers, const struct service_result *r, unsigned intensity,
                        int64_t wall) {
    struct buf b;
    struct tm date;
    time_t at = (time_t)wall;
    if (!answers->n || answers->failed || !localtime_r(&at, &date))
        return (struct slice){0};
    buf_init(&b, SERVICE_PRINT_MAX * 4);
    buf_printf(&b, "SF-Port%u-%s:V=%s%s%%I=%u%%D=%d/%d%%Time=%" PRIX64 "%%P=linux", r->port,
               r->proto == PROTO_UDP ? "UDP" : "TCP", LL_VERSION, r->tunnel == TUNNEL_SSL ? "%T=SSL" : "", intensity,
               date.tm_mon + 1, date.tm_mday, (uint64_t)wall);
    buf_put(&b, buf_slice(answers));
    buf_put_char(&b, ';');
    struct slice line = b.failed ? (struct slice){0} : arena_copy(a, buf_slice(&b));
    buf_finish(&b);
    return line;
}
