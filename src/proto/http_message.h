/* One HTTP/1 response as bytes: head, headers, and as much of the body as is worth reading. */
#ifndef LL_PROTO_HTTP_MESSAGE_H
#define LL_PROTO_HTTP_MESSAGE_H

#include "proto/lines.h"

#define HTTP_HEAD_MAX (16U << 10)
#define HTTP_BODY_MAX (16U << 10) /* what is looked at; facts never depend on what lies behind */
#define HTTP_HEADERS_MAX 100

struct http_message {
    struct slice line; /* status line */
    struct slice version, reason;
    unsigned status;
    struct slice head;        /* header lines */
    char body[HTTP_BODY_MAX]; /* without chunk headers; empty when it is compressed */
    size_t n_body;
    size_t n;   /* bytes of the message, once it is whole */
    bool whole; /* its end is known and has come, and the body fits */
    bool keeps; /* the connection can be used again */
};

bool http_recognise(struct slice in);
/* PARSE_NOT, PARSE_MORE, PARSE_DONE. Interim answers (1xx, RFC 9110 15.2) are skipped. */
enum parse http_message_read(struct slice in, bool end, struct http_message *m);
/* Takes the next header off *head; names in any case. False: no more. */
bool http_header_next(struct slice *head, struct slice *name, struct slice *value);
/* The first of this name; p NULL: none. */
struct slice http_header(const struct http_message *m, struct slice name);

#endif
