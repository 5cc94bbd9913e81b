#include "cli/help.h"

#include "cli/help_text.h"

#define PROGRAM_URL "https://leadline.example"

bool help_print(FILE *to) {
    bool ok = fprintf(to, "Leadline " LL_VERSION " ( " PROGRAM_URL " )\n") >= 0;
    for (size_t i = 0; i < LL_COUNT(help_lines); i++)
        ok = fprintf(to, "%s\n", help_lines[i]) >= 0 && ok;
    return fflush(to) == 0 && ok;
}

bool help_print_version(FILE *to) {
    return fprintf(to, "Leadline version " LL_VERSION " ( " PROGRAM_URL " )\n") >= 0 && fflush(to) == 0;
}
