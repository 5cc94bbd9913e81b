/* What a HTTP answer says beyond its headers: title, generator, members of JSON; and which public address of an API is
 * worth a second question. */
#ifndef LL_PROTO_HTTP_API_H
#define LL_PROTO_HTTP_API_H

#include "proto/http_message.h"

/* Facts of the body of the first answer. */
void http_body_facts(const struct http_message *m, struct facts *out);
/* Number of what to ask next, 0 = nothing: only what a product shows to everybody and what changes nothing. */
size_t http_api_hint(const struct http_message *m, const struct facts *f);
struct slice http_api_path(size_t hint);
/* Facts of the answer to the second question. */
void http_api_facts(const struct http_message *m, struct slice path, struct facts *out);

#endif
