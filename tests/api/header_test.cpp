// The header in C++: names without mangling, a lambda as callback.
#include <leadline.h>

int main() {
    unsigned hosts = 0;
    ll_scan *s = ll_scan_create();
    if (!s)
        return 1;
    ll_scan_on_event(
        s,
        [](void *ctx, const ll_event *event) {
            if (event->kind == LL_EVENT_HOST)
                ++*static_cast<unsigned *>(ctx);
        },
        &hosts);
    bool ok = ll_scan_option(s, "sL", nullptr) == LL_OK && ll_scan_option(s, "n", nullptr) == LL_OK &&
              ll_scan_target(s, "192.0.2.0/30") == LL_OK && ll_scan_run(s) == LL_OK;
    ll_scan_destroy(s);
    return ok && hosts == 4 ? 0 : 1;
}
