#include "io/hosts_file.h"

#include <stdio.h>

#define FILE_MAX ((size_t)1 << 20)
#define ENTRIES_MAX 65536
#define NAME_MAX_BYTES 253

/* The seed need not be secret: whoever writes this file is root. */
static const uint64_t seed[2] = {0x6c6561646c696e65, 0x686f737473};

static void add_line(struct hosts_file *h, struct slice line) {
    struct slice address, name;
    struct addr a;
    line = slice_sub(line, 0, slice_find(line, '#'));
    if (!slice_word(&line, &address) || !slice_word(&line, &name) || name.n > NAME_MAX_BYTES ||
        memchr(name.p, 0, name.n) || !addr_parse(address, &a) || map_get(&h->by_addr, &a))
        return;
    char *copy = arena_string(&h->names, name);
    if (copy && !map_put(&h->by_addr, &a, copy))
        return; /* full: the names so far are good */
}

void hosts_file_load(struct hosts_file *h, const char *path) {
    arena_init(&h->names, "hosts file", 2 * FILE_MAX);
    map_init(&h->by_addr, sizeof(struct addr), ENTRIES_MAX, seed);
    FILE *f = fopen(path, "re");
    char *text = f ? (char *)malloc(FILE_MAX) : NULL;
    if (text) {
        struct slice rest = {text, fread(text, 1, FILE_MAX, f)}, line;
        while (slice_split(&rest, '\n', &line))
            add_line(h, line);
    }
    free(text);
    if (f)
        fclose(f);
}

void hosts_file_finish(struct hosts_file *h) {
    map_finish(&h->by_addr);
    arena_finish(&h->names);
}

struct slice hosts_file_find(const struct hosts_file *h, const struct addr *a) {
    return slice_of((const char *)map_get(&h->by_addr, a));
}
