#include "model/program.h"

#include "base/slice.h"

const struct program program_own = {
    .name = "Leadline", .command = "leadline", .version = LL_VERSION, .url = "https://leadline.example"};

/* The version is the one whose command line and formats are kept; callers compare it. */
const struct program program_as_nmap = {
    .name = "Nmap", .command = "nmap", .version = "7.93", .url = "https://nmap.org", .strict = true};

const struct program *program_called(const char *argv0) {
    struct slice name = slice_of(argv0 ? argv0 : "");
    for (size_t slash; (slash = slice_find(name, '/')) < name.n;)
        name = slice_skip(name, slash + 1);
    return slice_eq(name, SLICE("nmap")) ? &program_as_nmap : &program_own;
}
