#include "cli/help.h"

#include "cli/help_text.h"

/* Callers of Nmap's match the first line; people read on. */
static bool help_who(FILE *to, const struct program *as, const char *word) {
    if (fprintf(to, "%s %s%s ( %s )\n", as->name, word, as->version, as->url) < 0)
        return false;
    return as == &program_own ||
           fprintf(to,
                   "This is %s %s ( %s ), called by the name %s.\n"
                   "It keeps the command line and the formats of %s %s and is not by its makers.\n",
                   program_own.name, program_own.version, program_own.url, as->command, as->name, as->version) >= 0;
}

bool help_print(FILE *to, const struct program *as) {
    bool ok = help_who(to, as, "");
    for (size_t i = 0; i < LL_COUNT(help_lines); i++)
        ok = fprintf(to, "%s\n", help_lines[i]) >= 0 && ok;
    return fflush(to) == 0 && ok;
}

bool help_print_version(FILE *to, const struct program *as) {
    return help_who(to, as, "version ") && fflush(to) == 0;
}
