#include "service/versiondb_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"

#define ENTRIES_MAX 4096 /* of the folder that are looked at */

static const char first[] = "versiondb-";
static const char last[] = ".hs";

void vdb_cache_place(struct slice file, char out[VDB_CACHE_PLACE + 1]) {
    uint8_t hash[SHA256_SIZE];
    char path[PATH_MAX], real[PATH_MAX];
    if (file.n < sizeof path) {
        memcpy(path, file.p, file.n);
        path[file.n] = 0;
        if (realpath(path, real))
            file = slice_of(real);
    }
    struct sha256 s;
    sha256_init(&s);
    sha256_add(&s, file.p, file.n);
    sha256_finish(&s, hash);
    for (size_t i = 0; i < VDB_CACHE_PLACE / 2; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

static bool is_ours(const char *name) {
    size_t n = strlen(name), end = sizeof last - 1;
    return strncmp(name, first, sizeof first - 1) == 0 && n > sizeof first + end && strcmp(name + n - end, last) == 0;
}

/* The next name of our kind that is a plain file. */
static const char *next_file(DIR *d, unsigned *looked, struct stat *st) {
    for (struct dirent *f; (*looked)++ < ENTRIES_MAX && (f = readdir(d));)
        if (is_ours(f->d_name) && fstatat(dirfd(d), f->d_name, st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st->st_mode))
            return f->d_name;
    return NULL;
}

static void drop_earlier(DIR *d, const char *name) {
    size_t place = sizeof first - 1 + VDB_CACHE_PLACE + 1;
    struct stat st;
    unsigned looked = 0;
    for (const char *one; (one = next_file(d, &looked, &st));)
        if (strncmp(one, name, place) == 0 && strcmp(one, name) != 0)
            (void)unlinkat(dirfd(d), one, 0);
}

/* Deletes the oldest one when there are too many; false: there are not. */
static bool drop_oldest(DIR *d, const char *name) {
    char oldest[NAME_MAX + 1] = "";
    struct timespec since = {0};
    struct stat st;
    unsigned looked = 0, n = 0;
    for (const char *one; (one = next_file(d, &looked, &st)); n++) {
        bool older = st.st_mtim.tv_sec < since.tv_sec ||
                     (st.st_mtim.tv_sec == since.tv_sec && st.st_mtim.tv_nsec < since.tv_nsec);
        if (strcmp(one, name) == 0 || (oldest[0] && !older))
            continue;
        snprintf(oldest, sizeof oldest, "%s", one);
        since = st.st_mtim;
    }
    return n > VDB_CACHE_FILES && oldest[0] && unlinkat(dirfd(d), oldest, 0) == 0;
}

void vdb_cache_tidy(const char *folder, const char *name) {
    DIR *d = opendir(folder);
    if (!d)
        return;
    drop_earlier(d, name);
    for (unsigned i = 0; i < ENTRIES_MAX; i++) {
        rewinddir(d);
        if (!drop_oldest(d, name))
            break;
    }
    closedir(d);
}
