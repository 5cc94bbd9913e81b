#include "link/refusal_drop.h"

#include "net/eth.h"
#include "net/ip.h"
#include "net/tcp.h"

#include <arpa/inet.h>
#include <assert.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of linux/bpf.h since 6.6, which the headers of a system may not know yet. */
enum { INGRESS = 46 /* BPF_TCX_INGRESS */, VERDICT_NEXT = -1, VERDICT_DROP = 2 };

enum { R0, R1, R2, R3, R4, R5 };

#define INSTRUCTIONS_MAX 48

enum label { FALL, V6, TRANSPORT, PASS, LABELS };

/* While the program is built, `off` of a jump holds a label; `resolve` turns it into a distance. */
struct builder {
    struct bpf_insn code[INSTRUCTIONS_MAX];
    unsigned n;
    unsigned at[LABELS];
};

static void emit(struct builder *b, unsigned code, unsigned dst, unsigned src, int off, int32_t imm) {
    assert(b->n < INSTRUCTIONS_MAX);
    b->code[b->n++] = (struct bpf_insn){
        .code = (uint8_t)code, .dst_reg = dst & 15, .src_reg = src & 15, .off = (int16_t)off, .imm = imm};
}

static void mark(struct builder *b, enum label l) {
    b->at[l] = b->n;
}

static void resolve(struct builder *b) {
    for (unsigned i = 0; i < b->n; i++) {
        struct bpf_insn *in = &b->code[i];
        bool jump = BPF_CLASS(in->code) == BPF_JMP && BPF_OP(in->code) != BPF_EXIT;
        if (jump)
            in->off = (int16_t)(b->at[in->off] - i - 1);
    }
}

/* r5 = bytes of the packet at r2 + offset, as the processor reads them */
static void load(struct builder *b, unsigned size, int offset) {
    emit(b, BPF_LDX | BPF_MEM | size, R5, R2, offset, 0);
}

static void pass_unless(struct builder *b, int32_t value) {
    emit(b, BPF_JMP | BPF_JNE | BPF_K, R5, 0, PASS, value);
}

/* The verifier wants to see it: `n` bytes from r2 lie within the packet's linear part, which ends at r3. */
static void pass_if_shorter(struct builder *b, int n) {
    emit(b, BPF_ALU64 | BPF_MOV | BPF_X, R4, R2, 0, 0);
    emit(b, BPF_ALU64 | BPF_ADD | BPF_K, R4, 0, 0, n);
    emit(b, BPF_JMP | BPF_JGT | BPF_X, R4, R3, PASS, 0);
}

static void emit_start(struct builder *b) {
    emit(b, BPF_LDX | BPF_MEM | BPF_W, R2, R1, offsetof(struct __sk_buff, data), 0);
    emit(b, BPF_LDX | BPF_MEM | BPF_W, R3, R1, offsetof(struct __sk_buff, data_end), 0);
    emit(b, BPF_ALU64 | BPF_MOV | BPF_K, R0, 0, 0, VERDICT_NEXT);
    pass_if_shorter(b, ETH_LEN + IP4_LEN + TCP_LEN);
    load(b, BPF_H, 12);
    emit(b, BPF_JMP | BPF_JEQ | BPF_K, R5, 0, V6, htons(ETH_TYPE_IP6));
    pass_unless(b, htons(ETH_TYPE_IP4));
}

static void emit_ip4(struct builder *b) {
    load(b, BPF_B, ETH_LEN);
    pass_unless(b, 0x45);
    load(b, BPF_B, ETH_LEN + 9);
    pass_unless(b, IP_PROTO_TCP);
    load(b, BPF_H, ETH_LEN + 6);
    emit(b, BPF_JMP | BPF_JSET | BPF_K, R5, 0, PASS, htons(0x3fff)); /* more fragments, or an offset */
    emit(b, BPF_ALU64 | BPF_ADD | BPF_K, R2, 0, 0, ETH_LEN + IP4_LEN);
    emit(b, BPF_JMP | BPF_JA, 0, 0, TRANSPORT, 0);
}

static void emit_ip6(struct builder *b) {
    mark(b, V6);
    pass_if_shorter(b, ETH_LEN + IP6_LEN + TCP_LEN);
    load(b, BPF_B, ETH_LEN + 6);
    pass_unless(b, IP_PROTO_TCP);
    emit(b, BPF_ALU64 | BPF_ADD | BPF_K, R2, 0, 0, ETH_LEN + IP6_LEN);
}

static void emit_tcp(struct builder *b, const struct link_filter *ours) {
    mark(b, TRANSPORT);
    load(b, BPF_B, 13);
    emit(b, BPF_ALU64 | BPF_AND | BPF_K, R5, 0, 0, TCP_SYN | TCP_RST | TCP_ACK);
    pass_unless(b, TCP_RST | TCP_ACK);
    load(b, BPF_W, 4);
    pass_unless(b, 0);
    load(b, BPF_H, 2);
    emit(b, BPF_ALU | BPF_END | BPF_TO_BE, R5, 0, 0, 16);
    emit(b, BPF_JMP | BPF_JLT | BPF_K, R5, 0, PASS, ours->port_first);
    emit(b, BPF_JMP | BPF_JGT | BPF_K, R5, 0, PASS, ours->port_last);
    emit(b, BPF_ALU64 | BPF_MOV | BPF_K, R0, 0, 0, VERDICT_DROP);
    mark(b, PASS);
    emit(b, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static int call(int what, union bpf_attr *a) {
    return (int)syscall(SYS_bpf, what, a, sizeof *a);
}

int refusal_drop_load(const struct link_filter *ours) {
    struct builder b = {.n = 0};
    emit_start(&b);
    emit_ip4(&b);
    emit_ip6(&b);
    emit_tcp(&b, ours);
    resolve(&b);
    union bpf_attr a;
    memset(&a, 0, sizeof a);
    a.prog_type = BPF_PROG_TYPE_SCHED_CLS;
    a.expected_attach_type = INGRESS;
    a.insns = (uintptr_t)b.code;
    a.insn_cnt = b.n;
    a.license = (uintptr_t) "Apache-2.0";
    memcpy(a.prog_name, "ll_refusals", sizeof "ll_refusals");
    return call(BPF_PROG_LOAD, &a);
}

int refusal_drop_attach(int program, int ifindex) {
    union bpf_attr a;
    memset(&a, 0, sizeof a);
    a.link_create.prog_fd = (uint32_t)program;
    a.link_create.target_ifindex = (uint32_t)ifindex;
    a.link_create.attach_type = INGRESS;
    return call(BPF_LINK_CREATE, &a);
}
