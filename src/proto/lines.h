/* For protocols of lines: taking lines, numbered replies (RFC 959 4.2, RFC 5321 4.2), words and host names in texts.
 * Looking for any part of a text: base/slice.h. */
#ifndef LL_PROTO_LINES_H
#define LL_PROTO_LINES_H

#include "proto/parser.h"

#define LINE_LONGEST 4096         /* a line without an end after that many bytes is no line */
#define REPLY_LONGEST (16U << 10) /* of all its lines */

/* Takes the first line, which must have its LF, off *rest; *line is without CR and LF. False: no whole line there. */
bool line_take(struct slice *rest, struct slice *line);
/* As line_take, but the last line may lack its end. False: nothing is left. */
bool line_last(struct slice *rest, struct slice *line);

enum reply_state { REPLY_NOT, REPLY_MORE, REPLY_WHOLE };

struct reply {
    unsigned code;      /* 100..699 */
    struct slice first; /* text of the first line */
    struct slice lines; /* all lines with their codes; reply_text takes them apart */
    size_t n;           /* bytes of the reply */
};

/* "NNN text", or "NNN-text" and all lines up to "NNN text". */
enum reply_state reply_read(struct slice in, struct reply *out);
/* Takes the next line's text, without the code, off r->lines. */
bool reply_text(struct reply *r, struct slice *text);

/* In either case; surrounded by something else than letters, digits, '.', '-' and '_'. */
bool slice_has_word(struct slice s, struct slice word);
/* Looks like a host name with a dot in it, or an address literal; not "localhost". */
bool is_host_name(struct slice s);
/* No control byte but blank, tab, CR, LF and ESC (colours), among the first 512 bytes. */
bool is_text(struct slice s);
/* Puts the value when it is not empty. */
void facts_put_some(struct facts *f, const char *key, struct slice value);

#endif
