/* A borrowed run of bytes: pointer and length, no terminator. The bytes belong to somebody else; the header of the
 * function that returns one says to whom. An empty slice may have a NULL pointer. */
#ifndef LL_BASE_SLICE_H
#define LL_BASE_SLICE_H

#include "base/base.h"

struct slice {
    const char *p;
    size_t n;
};

#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})
#define SLICE_FMT "%.*s"
#define SLICE_ARG(s) (int)(s).n, ((s).p ? (s).p : "")

struct slice slice_of(const char *text); /* NULL gives the empty slice */
bool slice_eq(struct slice a, struct slice b);
bool slice_eq_nocase(struct slice a, struct slice b); /* ASCII letters only */
bool slice_starts(struct slice s, struct slice prefix);
bool slice_starts_nocase(struct slice s, struct slice prefix);
int slice_cmp(struct slice a, struct slice b);                 /* bytewise order, shorter first */
struct slice slice_sub(struct slice s, size_t from, size_t n); /* clipped to s */
struct slice slice_skip(struct slice s, size_t n);
struct slice slice_trim(struct slice s); /* without blanks, tabs, CR and LF at both ends */
/* Position of the first `c`, or s.n. */
size_t slice_find(struct slice s, char c);
/* Position of the first `part`, or s.n; an empty part is nowhere. */
size_t slice_find_part(struct slice s, struct slice part);
bool slice_has_exact(struct slice s, struct slice part);
bool slice_has(struct slice s, struct slice part); /* ASCII letters only */
/* Takes the part before the first `sep` off the front of *rest (the separator goes too); false when *rest is
 * exhausted (p == NULL). "a,,b" gives "a", "", "b"; "" gives one empty part. */
bool slice_split(struct slice *rest, char sep, struct slice *part);
/* Takes the next word (a run without blank, tab, CR, LF); false at the end. */
bool slice_word(struct slice *rest, struct slice *word);
/* A line of a text file as a statement: its first word, and what follows it, without blanks around. False: the line is
 * blank, or a comment that begins with '#'. */
bool slice_statement(struct slice line, struct slice *word, struct slice *rest);
/* Shell pattern with '*' and '?', ASCII case-insensitive; linear time in pattern * text. */
bool slice_match(struct slice pattern, struct slice text);

#endif
