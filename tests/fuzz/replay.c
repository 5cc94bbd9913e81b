/* Runs a fuzz target over the files of its corpus with any compiler, so that every input that was ever interesting is
 * an ordinary test. Prints one "ok" line a file; a target that finds a fault ends the program. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { LARGEST_INPUT = 1 << 20 };

static bool replay(const char *path) {
    static uint8_t bytes[LARGEST_INPUT];
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    /* A copy of exactly this size lets the address sanitizer see a read behind the end. */
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    if (copy == NULL)
        return false;
    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    return true;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    static uint8_t nothing[1];
    LLVMFuzzerTestOneInput(nothing, 0);
    printf("ok 1 - empty input\n");
    struct dirent **names = NULL;
    int count = scandir(argv[1], &names, NULL, alphasort);
    int number = 1;
    bool good = true;
    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", argv[1], names[i]->d_name);
        if (names[i]->d_name[0] != '.') {
            bool done = replay(path);
            good = good && done;
            printf("%s %d - %s\n", done ? "ok" : "not ok", ++number, names[i]->d_name);
        }
        free(names[i]);
    }
    free(names);
    return good ? 0 : 1;
}
