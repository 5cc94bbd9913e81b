/* ONC RPC (RFC 5531) and its port mapper (RFC 1833): the null procedure, then the table of programs. Other programs
 * are recognised by their answer, which says which versions they have. */
#include "proto/binary.h"

#define XID 0x4c4c4c4c
#define PROGRAM_MAPPER 100000
#define PROGRAM_NFS 100003
#define PROGRAM_MOUNT 100005
#define PROGRAM_GLUSTER 123451501 /* "GF-DUMP": the list of programs; as GlusterFS 10.3 answers */
#define PROGRAMS_MAX 60
#define REPLY_MAX (64U << 10)

enum { KNOWN = 0, STEP = 1 }; /* places in memo */
enum { STEP_NULL, STEP_DUMP3, STEP_DUMP2 };

static void call(struct dialogue *d, uint32_t program, uint32_t version, uint32_t procedure, struct buf *ask) {
    if (!d->peer->udp)
        ask_uint(ask, 0x80000028, 4); /* last fragment, 40 bytes (RFC 5531 11) */
    ask_uint(ask, XID, 4);
    ask_uint(ask, 0, 4);
    ask_uint(ask, 2, 4);
    ask_uint(ask, program, 4);
    ask_uint(ask, version, 4);
    ask_uint(ask, procedure, 4);
    buf_fill(ask, 0, 16); /* no credentials, no verifier */
}

static void rpc_hello(struct dialogue *d, struct buf *ask) {
    uint16_t port = d->peer->port;
    if (port == 2049)
        call(d, PROGRAM_NFS, 3, 0, ask);
    else if (port == 20048)
        call(d, PROGRAM_MOUNT, 3, 0, ask);
    else if (port == 24007)
        call(d, PROGRAM_GLUSTER, 1, 1, ask);
    else
        call(d, PROGRAM_MAPPER, 2, 0, ask);
}

struct reply {
    bool denied;
    unsigned status; /* accept_stat, or reject_stat */
    struct rd body;
};

/* RFC 5531 9 */
static bool reply_of(struct slice in, struct reply *out) {
    struct rd r = rd_from(in);
    uint32_t xid = rd_u32(&r), type = rd_u32(&r), denied = rd_u32(&r);
    if (r.bad || xid != XID || type != 1 || denied > 1)
        return false;
    if (!denied) {
        uint32_t flavor = rd_u32(&r), n = rd_u32(&r);
        if (r.bad || n > 400 || flavor > 400000)
            return false;
        rd_skip(&r, (n + 3) / 4 * 4);
    }
    out->denied = denied;
    out->status = rd_u32(&r);
    out->body = r;
    return !r.bad && out->status <= 5;
}

enum got { GOT_NOT, GOT_MORE, GOT_WHOLE };

/* Over TCP a message comes in fragments; answers here are of one, others are not waited for. */
static enum got message(struct slice in, bool udp, struct slice *out, size_t *used) {
    *out = in;
    *used = in.n;
    if (udp)
        return in.n ? GOT_WHOLE : GOT_NOT;
    struct rd r = rd_from(in);
    uint32_t head = rd_u32(&r);
    size_t n = head & 0x7fffffff;
    if (r.bad)
        return GOT_MORE;
    if (!(head & 0x80000000) || n < 16 || n > REPLY_MAX)
        return GOT_NOT;
    *used = n + 4;
    *out = slice_sub(slice_skip(in, 4), 0, n);
    return out->n < n ? GOT_MORE : GOT_WHOLE;
}

static bool rpc_recognise(struct slice in) {
    struct slice one;
    size_t used;
    struct reply reply;
    return reply_of(in, &reply) || (message(in, false, &one, &used) == GOT_WHOLE && reply_of(one, &reply));
}

/* Numbers of IANA's registry "ONC RPC program numbers" */
static const char *program_name(uint32_t program) {
    static const struct {
        uint32_t program;
        const char *name;
    } names[] = {{100000, "rpcbind"},   {100001, "rstatd"},    {100002, "rusersd"}, {100003, "nfs"},
                 {100004, "ypserv"},    {100005, "mountd"},    {100007, "ypbind"},  {100008, "walld"},
                 {100009, "yppasswdd"}, {100011, "rquotad"},   {100012, "sprayd"},  {100021, "nlockmgr"},
                 {100024, "status"},    {100026, "bootparam"}, {100068, "cmsd"},    {100083, "ttdbserverd"},
                 {100227, "nfs_acl"},   {150001, "pcnfsd"},    {391002, "sgi_fam"}};
    for (size_t i = 0; i < LL_COUNT(names); i++)
        if (names[i].program == program)
            return names[i].name;
    return NULL;
}

static void put_program(struct facts *out, uint32_t program, uint32_t version, struct slice where) {
    char text[160];
    const char *name = program_name(program);
    int n = snprintf(text, sizeof text, "%u v%u %s " SLICE_FMT, program, version, name ? name : "-",
                     SLICE_ARG(slice_sub(where, 0, 100)));
    facts_put(out, "rpc.program", (struct slice){text, n > 0 ? (size_t)n : 0});
}

static struct slice xdr_string(struct rd *r) {
    size_t n = rd_u32(r);
    struct slice s = rd_slice(r, n);
    rd_skip(r, (4 - n % 4) % 4);
    return s;
}

/* rpcblist (RFC 1833 2.1): program, version, netid, address, owner */
static void table3(struct rd r, struct facts *out) {
    for (unsigned i = 0; i < PROGRAMS_MAX && rd_u32(&r) == 1; i++) {
        uint32_t program = rd_u32(&r), version = rd_u32(&r);
        struct slice netid = xdr_string(&r), address = xdr_string(&r);
        (void)xdr_string(&r);
        char where[128];
        if (r.bad)
            return;
        snprintf(where, sizeof where, SLICE_FMT " " SLICE_FMT, SLICE_ARG(slice_sub(netid, 0, 16)),
                 SLICE_ARG(slice_sub(address, 0, 64)));
        put_program(out, program, version, slice_of(where));
    }
}

/* pmaplist (RFC 1833 3.1): program, version, protocol, port */
static void table2(struct rd r, struct facts *out) {
    for (unsigned i = 0; i < PROGRAMS_MAX && rd_u32(&r) == 1; i++) {
        uint32_t program = rd_u32(&r), version = rd_u32(&r), protocol = rd_u32(&r), port = rd_u32(&r);
        char where[32];
        if (r.bad)
            return;
        snprintf(where, sizeof where, "%s %u", protocol == 6 ? "tcp" : protocol == 17 ? "udp" : "?", port);
        put_program(out, program, version, slice_of(where));
    }
}

/* Eight bytes of the client's own, two results (0: it went well), then a list: name, program, version, 64 bits each. */
static bool table_gluster(struct rd r, struct facts *out) {
    bool any = false;
    rd_skip(&r, 8);
    uint64_t results = rd_u64(&r);
    if (r.bad || results)
        return false;
    for (unsigned i = 0; i < PROGRAMS_MAX && rd_u32(&r) == 1; i++) {
        struct slice name = xdr_string(&r);
        uint64_t program = rd_u64(&r), version = rd_u64(&r);
        if (r.bad || program > UINT32_MAX || version > UINT32_MAX)
            break;
        any = any || slice_starts(name, SLICE("GlusterD "));
        put_program(out, (uint32_t)program, (uint32_t)version, name);
    }
    return any;
}

static enum parse first(struct dialogue *d, struct reply *reply, struct facts *out, struct buf *ask) {
    d->memo[KNOWN] = 1;
    facts_put_u64(out, "rpc.status", reply->status);
    if (reply->denied)
        return PARSE_DONE;
    struct rd body = reply->body;
    uint32_t low = rd_u32(&body), high = rd_u32(&body);
    if (reply->status == 2 && !body.bad) { /* the version is not there, but these are */
        facts_put_u64(out, "rpc.lowest", low);
        facts_put_u64(out, "rpc.highest", high);
    }
    if (reply->status != 0)
        return PARSE_DONE;
    if (d->peer->port == 2049 || d->peer->port == 20048) {
        facts_put_str(out, "rpc.name", d->peer->port == 2049 ? "nfs" : "mountd");
        return PARSE_DONE;
    }
    if (d->peer->port == 24007) {
        if (table_gluster(reply->body, out))
            facts_put_str(out, "rpc.name", "glusterd");
        return PARSE_DONE;
    }
    facts_put_str(out, "rpc.name", "rpcbind");
    d->memo[STEP] = STEP_DUMP3;
    call(d, PROGRAM_MAPPER, 3, 4, ask);
    return PARSE_ASK;
}

static enum parse rpc_read(struct dialogue *d, struct slice in, bool end, struct facts *out, struct buf *ask) {
    struct slice one;
    size_t used;
    struct reply reply;
    enum parse over = d->memo[KNOWN] ? PARSE_DONE : PARSE_NOT;
    enum got got = message(in, d->peer->udp, &one, &used);
    if (got == GOT_MORE)
        return end ? over : PARSE_MORE;
    if (got == GOT_NOT || !reply_of(one, &reply))
        return over;
    d->used = used;
    if (d->memo[STEP] == STEP_NULL)
        return first(d, &reply, out, ask);
    if (d->memo[STEP] == STEP_DUMP3 && (reply.denied || reply.status != 0)) {
        d->memo[STEP] = STEP_DUMP2;
        call(d, PROGRAM_MAPPER, 2, 4, ask);
        return PARSE_ASK;
    }
    facts_put_str(out, "rpc.table", d->memo[STEP] == STEP_DUMP3 ? "3" : "2");
    if (reply.denied || reply.status != 0)
        return PARSE_DONE;
    if (d->memo[STEP] == STEP_DUMP3)
        table3(reply.body, out);
    else
        table2(reply.body, out);
    return PARSE_DONE;
}

static const uint16_t rpc_ports[] = {111, 2049, 20048, 24007, 0};

static const struct parser_key rpc_keys[] = {
    {"rpc.name", "program that answered: rpcbind, nfs, mountd, glusterd"},
    {"rpc.status", "accept or reject status of the first answer (RFC 5531 9)"},
    {"rpc.lowest", "lowest version of the program, when it has not the one asked for"},
    {"rpc.highest", "and the highest"},
    {"rpc.table", "version of the port mapper that gave the table: 3 or 2"},
    {"rpc.program", "one of its programs: number, version, name, network, address"},
    {NULL, NULL}};

const struct parser parser_rpc = {
    .name = "rpc",
    .service = "rpcbind",
    .source = "RFC 5531, RFC 1833",
    .transports = PARSER_TCP | PARSER_UDP,
    .rarity = 4,
    .ports = rpc_ports,
    .keys = rpc_keys,
    .recognise = rpc_recognise,
    .hello = rpc_hello,
    .read = rpc_read,
};
