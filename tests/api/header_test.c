/* The header alone is enough, in strict C11: compiled with -std=c11 -pedantic-errors. */
#include <leadline.h>

static enum ll_status use(struct ll_scan *s) {
    struct ll_event event = {LL_EVENT_MESSAGE, NULL, NULL, "text"};
    struct ll_host host = {0};
    struct ll_port port = {0};
    event.host = &host;
    event.port = &port;
    (void)event;
    return ll_scan_option(s, "n", NULL);
}

int main(void) {
    struct ll_scan *s = ll_scan_create();
    enum ll_status status = s ? use(s) : LL_ERROR;
    ll_scan_destroy(s);
    return status == LL_OK && ll_version()[0] ? 0 : 1;
}
