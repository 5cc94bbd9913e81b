/* Words of a target file; see target.h. */
#include "target/target.h"

enum { WORD_MAX = 1023 };

/* Editors of one large system put a byte order mark in front of text files. */
static struct slice without_byte_order_mark(struct slice text) {
    struct slice mark = SLICE("\xef\xbb\xbf");
    return slice_starts(text, mark) ? slice_skip(text, mark.n) : text;
}

static bool words_of_line(struct slice line, size_t number, target_word_fn fn, void *ctx, struct err *e) {
    line.n = slice_find(line, '#');
    struct slice word;
    while (slice_word(&line, &word)) {
        if (word.n > WORD_MAX)
            return err_set(e, ERR_INPUT, "line %zu: a target of %zu bytes, at most %d are taken", number, word.n,
                           WORD_MAX);
        if (!fn(ctx, word, number))
            return false;
    }
    return true;
}

bool target_words(struct slice text, target_word_fn fn, void *ctx, struct err *e) {
    struct slice rest = without_byte_order_mark(text), line;
    for (size_t number = 1; slice_split(&rest, '\n', &line); number++)
        if (!words_of_line(line, number, fn, ctx, e))
            return false;
    return true;
}
