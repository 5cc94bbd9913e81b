/* The database of signatures: facts in, product out. Grammar: docs/formats/signatures.md. Ours is built in
 * (data/signatures). */
#ifndef LL_SERVICE_SIGNATURE_H
#define LL_SERVICE_SIGNATURE_H

#include "base/err.h"
#include "model/service.h"
#include "proto/facts.h"

struct signatures;

/* `name` is for messages ("data/signatures/ssh.txt"); errors name file, line and reason. */
struct signatures *signatures_parse(struct slice text, const char *name, struct err *e);
struct signatures *signatures_builtin(struct err *e);
/* Fills product, version, extra, hostname, os, device, cpe, name (when the signature has one), evidence.signature,
 * evidence.documented and confidence (10, or 7) of *out, with strings in `a`. False: none matches; *out is as it was.
 * `parser` is the name of the parser whose facts they are, or "raw". */
bool signatures_match(const struct signatures *db, struct slice parser, const struct facts *f, struct arena *a,
                      struct service_result *out);
size_t signatures_count(const struct signatures *db);
void signatures_destroy(struct signatures *db);

#endif
