/* Behind the port table of a host: fingerprints of unknown services, and the line of what services say of the host. */
#include "report/text_host.h"

#include "base/text.h"
#include "report/words.h"

#define PRINTS_MAX 9
#define WRAP 74 /* columns of a fingerprint line */
#define KINDS_MAX 5

static void put_print(struct buf *b, struct slice print) {
    struct buf safe;
    buf_init(&safe, 8 * SERVICE_PRINT_MAX);
    text_plain(&safe, print);
    struct slice rest = buf_slice(&safe);
    for (size_t room = WRAP; rest.n > 0; room = WRAP - 3) {
        struct slice line = slice_sub(rest, 0, room);
        buf_put_str(b, room < WRAP ? "SF:" : "");
        buf_put(b, line);
        buf_put_char(b, '\n');
        rest = slice_skip(rest, line.n);
    }
    buf_finish(&safe);
}

void text_fingerprints(struct buf *b, const struct host_result *h) {
    size_t n = 0;
    for (size_t i = 0; i < h->n_services; i++) {
        n += h->services[i].print.n > 0;
    }
    if (n == 0) {
        return;
    }
    words_count(b, n, "service", "services");
    buf_put_str(b,
                " unrecognized although data came. If you know what it is, please send us these lines and its name:\n");
    for (size_t i = 0, put = 0; i < h->n_services && put < PRINTS_MAX; i++) {
        if (h->services[i].print.n == 0) {
            continue;
        }
        if (n > 1) {
            buf_put_str(b, "==============NEXT SERVICE FINGERPRINT==============\n");
        }
        put_print(b, h->services[i].print);
        put++;
    }
}

/* A few values, each once. */
struct few {
    struct slice v[KINDS_MAX];
    size_t n;
};

static void few_add(struct few *f, struct slice s) {
    for (size_t i = 0; i < f->n; i++) {
        if (slice_eq_nocase(f->v[i], s)) {
            return;
        }
    }
    if (s.n > 0 && f->n < KINDS_MAX) {
        f->v[f->n++] = s;
    }
}

static void few_put(struct buf *b, const struct few *f, const char *one, const char *many, const char **separator) {
    for (size_t i = 0; i < f->n; i++) {
        if (i == 0) {
            buf_printf(b, "%s%s: ", *separator, f->n == 1 ? one : many);
        } else {
            buf_put_str(b, ", ");
        }
        text_plain(b, f->v[i]);
    }
    if (f->n > 0) {
        *separator = "; ";
    }
}

/* "Service Info: Host: h; OSs: Unix, Linux; Device: d; CPE: cpe:/o:..." */
void text_service_info(struct buf *b, const struct host_result *h) {
    struct few hosts = {.n = 0}, oses = {.n = 0}, devices = {.n = 0}, cpes = {.n = 0};
    for (size_t i = 0; i < h->n_services; i++) {
        const struct service_result *s = &h->services[i];
        few_add(&hosts, s->hostname);
        few_add(&oses, s->os);
        few_add(&devices, s->device);
        for (size_t k = 0; k < s->n_cpe; k++) {
            if (slice_starts(s->cpe[k], SLICE("cpe:/o:")) || slice_starts(s->cpe[k], SLICE("cpe:/h:"))) {
                few_add(&cpes, s->cpe[k]);
            }
        }
    }
    const char *separator = "Service Info: ";
    few_put(b, &hosts, "Host", "Hosts", &separator);
    few_put(b, &oses, "OS", "OSs", &separator);
    few_put(b, &devices, "Device", "Devices", &separator);
    few_put(b, &cpes, "CPE", "CPE", &separator);
    if (*separator == ';') {
        buf_put_char(b, '\n');
    }
}
