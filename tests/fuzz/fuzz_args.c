/* The command line: arguments separated by NUL. */
#include <stdlib.h>
#include <string.h>

/* The command's own files are not in the library. */
#include "cli/args.c"
#include "model/option.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { ARGUMENTS = 64, BYTES = 2048 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static char text[BYTES + 1], name[] = "leadline";
    static char *argv[ARGUMENTS + 1];
    static struct settings s;
    int argc = 0;
    if (size > BYTES)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    argv[argc++] = name;
    for (size_t at = 0; at < size && argc < ARGUMENTS; at += strlen(text + at) + 1)
        argv[argc++] = text + at;
    argv[argc] = NULL;
    struct err e = {0};
    struct args_result r;
    struct services *services = services_parse(SLICE("22\ttcp\tssh\t-\t-\t1\n80\ttcp\thttp\t-\t-\t2\n"), "fuzz", &e);
    if (!services || !settings_init(&s, &e))
        abort();
    struct log quiet = {0};
    bool ok = args_parse(argc, argv, &s, &r, &e) && (r.wish != ARGS_SCAN || option_complete(&s, services, &quiet, &e));
    if (!ok && e.text[0] == '\0')
        abort(); /* a refusal always says why */
    settings_finish(&s);
    services_destroy(services);
    return 0;
}
