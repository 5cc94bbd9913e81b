#include "scan/port_table.h"

#include <errno.h>
#include <sys/stat.h>

#include "scan/file_text.h"

#define TABLE_PATH_MAX 4096

static struct services *read_table(struct slice path, struct err *e) {
    char name[TABLE_PATH_MAX];
    struct buf text;
    if (!file_text_read(&text, path, e))
        return NULL;
    snprintf(name, sizeof name, SLICE_FMT, SLICE_ARG(path));
    struct services *s = services_parse(buf_slice(&text), name, e);
    buf_finish(&text);
    return s;
}

/* The path of ports.tsv in --datadir; an empty one when there is no such file. False when there is no such folder. */
static bool table_in(struct slice dir, char path[TABLE_PATH_MAX], struct err *e) {
    struct stat st;
    int n = snprintf(path, TABLE_PATH_MAX, SLICE_FMT "/ports.tsv", SLICE_ARG(dir));
    if (n < 0 || n >= TABLE_PATH_MAX)
        return err_set(e, ERR_INPUT, "--datadir: the name is longer than %d bytes", TABLE_PATH_MAX - 1);
    if (stat(path, &st) == 0)
        return true;
    if (errno != ENOENT)
        return err_os(e, errno, "--datadir: cannot read \"%s\"", path);
    path[dir.n] = 0;
    if (stat(path, &st) != 0)
        return err_os(e, errno, "--datadir: cannot read \"%s\"", path);
    path[0] = 0;
    return true;
}

struct services *port_table_load(const struct settings *s, struct err *e) {
    if (s->service_db.p) {
        struct services *table = read_table(s->service_db, e);
        if (!table)
            err_context(e, "--servicedb");
        return table;
    }
    if (s->data_dir.p) {
        char path[TABLE_PATH_MAX];
        if (!table_in(s->data_dir, path, e))
            return NULL;
        if (path[0])
            return read_table(slice_of(path), e);
    }
    return services_builtin(e);
}
