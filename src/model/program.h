/* What the program calls itself. Under its own name these are Leadline's words. Under the name `nmap` (a link of the
 * user's own) they are the ones that programs around Nmap look for, because those read bytes and not meanings:
 * docs/formats/nmap-name.md. */
#ifndef LL_MODEL_PROGRAM_H
#define LL_MODEL_PROGRAM_H

#include "base/base.h"

struct program {
    const char *name;    /* "Leadline": in reports, help and version */
    const char *command; /* "leadline": in front of messages */
    const char *version;
    const char *url;
    bool strict; /* the contract of Nmap's callers holds: standard error is silent while nothing is wrong */
};

extern const struct program program_own;
extern const struct program program_as_nmap;

/* By the last part of argv[0], which may be NULL. */
const struct program *program_called(const char *argv0);

#endif
