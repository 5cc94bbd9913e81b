#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "io/ptr_reply.h"

/* Header with 1 question and 1 answer, question "\1" "1" "\0" PTR IN, owner by pointer, PTR IN, TTL. */
#define HEAD                                                                                                           \
    "\x12\x34\x81\x80\0\1\0\1\0\0\0\0"                                                                                 \
    "\1"                                                                                                               \
    "1\0\0\x0c\0\1"
#define RECORD(type) "\xc0\x0c" type "\0\1\0\0\0\x3c"
#define MESSAGE(literal)                                                                                               \
    { (literal), sizeof(literal) - 1 }
#define L63                                                                                                            \
    "\x3f"                                                                                                             \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
    const char *what;
    struct slice message;
    const char *name; /* NULL: none */
} cases[] = {
    {"plain",
     MESSAGE(HEAD RECORD("\0\x0c") "\0\x08"
                                   "\2ns\3net\0"),
     "ns.net"},
    {"compressed",
     MESSAGE(HEAD RECORD("\0\x0c") "\0\5"
                                   "\2ns\xc0\x0c"),
     "ns.1"},
    {"raw bytes stay",
     MESSAGE(HEAD RECORD("\0\x0c") "\0\6"
                                   "\4<\x1b\xff>\0"),
     "<\x1b\xff>"},
    {"not PTR",
     MESSAGE(HEAD RECORD("\0\1") "\0\4"
                                 "\1"
                                 "a\0\0"),
     NULL},
    {"behind a CNAME",
     MESSAGE("\x12\x34\x81\x80\0\1\0\2\0\0\0\0"
             "\1"
             "1\0\0\x0c\0\1" RECORD("\0\5") "\0\3"
                                            "\1"
                                            "x\0" RECORD("\0\x0c") "\0\3"
                                                                   "\1"
                                                                   "y\0"),
     "y"},
    {"the first of two",
     MESSAGE("\x12\x34\x81\x80\0\1\0\2\0\0\0\0"
             "\1"
             "1\0\0\x0c\0\1" RECORD("\0\x0c") "\0\3"
                                              "\1"
                                              "x\0" RECORD("\0\x0c") "\0\3"
                                                                     "\1"
                                                                     "y\0"),
     "x"},
    {"empty name",
     MESSAGE(HEAD RECORD("\0\x0c") "\0\1"
                                   "\0"),
     NULL},
    {"NUL in a label",
     MESSAGE(HEAD RECORD("\0\x0c") "\0\5"
                                   "\3"
                                   "a\0b\0"),
     NULL},
    {"dot in a label",
     MESSAGE(HEAD RECORD("\0\x0c") "\0\5"
                                   "\3"
                                   "a.b\0"),
     NULL},
    {"pointer loop",
     MESSAGE(HEAD RECORD("\0\x0c") "\0\2"
                                   "\xc0\x1f"),
     NULL},
    {"pointer behind the end",
     MESSAGE(HEAD RECORD("\0\x0c") "\0\2"
                                   "\xff\xff"),
     NULL},
    {"reserved label type",
     MESSAGE(HEAD RECORD("\0\x0c") "\0\3"
                                   "\x40"
                                   "a\0"),
     NULL},
    {"cut in the record",
     MESSAGE(HEAD RECORD("\0\x0c") "\0\x0a"
                                   "\2ns"),
     NULL},
    {"cut in the header", MESSAGE("\x12\x34\x81\x80\0\1"), NULL},
    {"no answers", MESSAGE("\x12\x34\x81\x80\0\0\0\0\0\0\0\0"), NULL},
    {"too long", MESSAGE(HEAD RECORD("\0\x0c") "\1\1" L63 L63 L63 L63 "\0"), NULL},
    {"nothing", {NULL, 0}, NULL},
};

static void names_are_read_or_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        char name[PTR_NAME_MAX];
        size_t n = 99;
        bool ok = ptr_reply_read((const uint8_t *)cases[i].message.p, cases[i].message.n, name, &n);
        if (ok != (cases[i].name != NULL))
            fail_msg("%s", cases[i].what);
        if (ok && !slice_eq((struct slice){name, n}, slice_of(cases[i].name)))
            fail_msg("%s: " SLICE_FMT, cases[i].what, SLICE_ARG(((struct slice){name, n})));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_are_read_or_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
