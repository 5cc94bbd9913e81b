#include "cli/help.h"

#include "cli/help_text.h"

#define PROGRAM_URL "https://leadline.example"

bool help_print(FILE *to) {
    return fprintf(to, "Leadline " LL_VERSION " ( " PROGRAM_URL " )\n") >= 0 && fputs(help_text, to) >= 0 &&
           fflush(to) == 0;
}

bool help_print_version(FILE *to) {
    return fprintf(to, "Leadline version " LL_VERSION " ( " PROGRAM_URL " )\n") >= 0 && fflush(to) == 0;
}
