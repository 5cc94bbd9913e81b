/* Prints the open ports of hosts as they are found: cc example.c $(pkg-config --cflags --libs leadline) */
#include <leadline.h>
#include <stdio.h>

static void on_event(void *ctx, const struct ll_event *event) {
    unsigned *open_ports = ctx;
    if (event->kind == LL_EVENT_OPEN_PORT) {
        ++*open_ports;
        printf("%s %u/%s %s\n", event->host->address, (unsigned)event->port->number, event->port->protocol,
               event->port->service);
        fflush(stdout);
    } else if (event->kind == LL_EVENT_HOST) {
        printf("%s is %s, %zu ports scanned\n", event->host->address, event->host->state, event->host->n_ports);
    } else if (event->kind == LL_EVENT_MESSAGE) {
        fprintf(stderr, "%s\n", event->text);
    }
}

int main(int argc, char **argv) {
    unsigned open_ports = 0;
    struct ll_scan *scan = ll_scan_create();
    if (argc < 3 || !scan) {
        fprintf(stderr, "usage: example PORTS TARGET...\n");
        ll_scan_destroy(scan);
        return 2;
    }
    ll_scan_on_event(scan, on_event, &open_ports);
    enum ll_status status = ll_scan_option(scan, "p", argv[1]);
    if (status == LL_OK)
        status = ll_scan_option(scan, "n", NULL); /* no reverse names */
    for (int i = 2; i < argc && status == LL_OK; i++)
        status = ll_scan_target(scan, argv[i]);
    if (status == LL_OK)
        status = ll_scan_run(scan);
    if (status != LL_OK)
        fprintf(stderr, "%s\n", ll_scan_error(scan));
    printf("%u open\n", open_ports);
    ll_scan_destroy(scan);
    return status == LL_OK ? 0 : 1;
}
