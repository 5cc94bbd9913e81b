/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
/* The command's own files are not in the library. */
#include "cli/args.c"

#include <string.h>

#include "model/option.h"

static const char table[] = "22\ttcp\tssh\t-\t-\t2\n"
                            "25\ttcp\tsmtp\t-\t-\t3\n"
                            "53\tudp\tdomain\t-\t-\t1\n"
                            "80\ttcp\thttp\t-\t-\t1\n"
                            "443\ttcp\thttps\t-\t-\t4\n"
                            "8080\ttcp\thttp-alt\t-\t-\t-\n";

enum { WORDS_MAX = 32 };

struct line {
    char text[1024];
    char *argv[WORDS_MAX];
    int argc;
};

/* "leadline", then `words` cut at blanks; '~' stands for a blank inside a word. */
static void split(struct line *l, const char *words) {
    size_t n = strlen(words);
    assert_true(n < sizeof l->text);
    memcpy(l->text, words, n + 1);
    static char name[] = "leadline";
    l->argc = 0;
    l->argv[l->argc++] = name;
    bool inside = false;
    for (size_t i = 0; i < n; i++) {
        if (l->text[i] == ' ') {
            l->text[i] = '\0';
            inside = false;
            continue;
        }
        if (!inside)
            l->argv[l->argc++] = &l->text[i];
        inside = true;
        assert_true(l->argc < WORDS_MAX);
        if (l->text[i] == '~')
            l->text[i] = ' ';
    }
    l->argv[l->argc] = NULL;
}

struct run {
    struct line line;
    struct settings s;
    struct args_result r;
    struct err e;
    struct services *services;
    char warnings[1024];
    bool ok;
};

static void keep_warning(void *ctx, enum log_level level, const char *text) {
    char *to = ctx;
    assert_int_equal(level, LOG_WARNING);
    size_t n = strlen(to), m = strlen(text);
    assert_true(n + m + 2 < sizeof((struct run *)NULL)->warnings);
    memcpy(to + n, text, m);
    to[n + m] = '\n';
    to[n + m + 1] = '\0';
}

static void begin(struct run *t, const char *words) {
    *t = (struct run){.ok = false};
    split(&t->line, words);
    assert_true(settings_init(&t->s, &t->e));
    t->services = services_parse(SLICE(table), "test.tsv", &t->e);
    assert_non_null(t->services);
    t->ok = args_parse(t->line.argc, t->line.argv, &t->s, &t->r, &t->e);
    if (t->ok && t->r.wish == ARGS_SCAN) {
        struct log warn = {.emit = keep_warning, .ctx = t->warnings};
        t->ok = option_complete(&t->s, t->services, &warn, &t->e);
    }
}

static void end(struct run *t) {
    services_destroy(t->services);
    settings_finish(&t->s);
}

static void begin_ok(struct run *t, const char *words) {
    begin(t, words);
    if (!t->ok)
        fail_msg("\"%s\" fails: %s", words, t->e.text);
    assert_int_equal(t->r.exit_code, 0);
}

static const struct {
    const char *words;
    int code;
    const char *message;
} bad_lines[] = {
    {"--exclud-file x", 255, "unknown option \"--exclud-file\"; did you mean \"--excludefile\"? Try \"leadline -h\""},
    {"-ox x", 255, "unknown option \"-ox\"; did you mean \"-oX\"? Try \"leadline -h\""},
    {"-oA -", 1, "-oA \"-\": three reports cannot share standard output; give the start of file names"},
    {"-oA x -oG x.gnmap", 1, "two reports would go to \"x.gnmap\"; give each a file of its own"},
    {"--stylesheet", 255, "--stylesheet needs a value: PATH"},
    {"--qqqqqqqqqqqq", 255, "unknown option \"--qqqqqqqqqqqq\"; try \"leadline -h\""},
    {"--ma 3", 255,
     "option \"--ma\" is ambiguous: it may be --max-hostgroup, --max-open, --max-os-tries, --max-parallelism, "
     "--max-rate, "
     "--max-retries, --max-rtt-timeout, --max-runtime, --max-scan-delay"},
    {"-max 3", 255,
     "option \"-max\" is ambiguous: it may be --max-hostgroup, --max-open, --max-os-tries, --max-parallelism, "
     "--max-rate, "
     "--max-retries, --max-rtt-timeout, --max-runtime, --max-scan-delay"},
    {"--spoof-mac 0", 255, "--spoof-mac: Leadline does not have this option of Nmap's yet"},
    {"-sY", 255, "-sY: Leadline does not have this option of Nmap's yet"},
    {"-sSY", 255, "-sY: Leadline does not have this option of Nmap's yet"},
    {"-PO1,2 x", 255, "-PO: Leadline does not have this option of Nmap's yet"},
    {"--port-ratio 0 x", 1, "--port-ratio \"0\": must be a number above 0 and below 1, such as 0.01"},
    {"--port-ratio 0.6 x", 1, "--port-ratio \"0.6\": no port is that frequent: the likeliest one counts as 0.5"},
    {"-iR x", 1, "-iR \"x\": must be a whole number from 0 to 4294967295"},
    {"-iR 5 -iR 6", 1, "-iR \"6\": may be given once"},
    {"-PS22 -PS80 x", 1, "-PS \"80\": may be given once; separate the ports with commas"},
    {"-A", 255, "-A: Leadline does not have this option of Nmap's yet"},
    {"-oH x", 255, "-oH: there never was HTML output under this name; use -oX and a style sheet"},
    {"-p", 255, "-p needs a value: PORTS"},
    {"--open=3", 255, "--open takes no value, but was given \"3\""},
    {"--help=me", 255, "--help takes no value, but was given \"me\""},
    {"\xe2\x80\x93sS", 255,
     "argument \"\xe2\x80\x93sS\" begins with a Unicode en dash (U+2013), not with \"-\"; this comes from copying "
     "text "
     "out of a web page or document: type the dash by hand"},
    {"\x96sS", 255,
     "argument \"\\x96sS\" begins with an en dash of a Windows code page, not with \"-\"; this comes from copying "
     "text out of a web page or document: type the dash by hand"},
    {"-", 1, "\"-\" is not a target; \"-iL -\" reads targets from standard input"},
    {"-T 7", 1, "-T \"7\": must be 0 to 5, or paranoid, sneaky, polite, normal, aggressive or insane"},
    {"-Tfast", 1, "-T \"fast\": must be 0 to 5, or paranoid, sneaky, polite, normal, aggressive or insane"},
    {"--ttl 300", 1, "--ttl \"300\": must be a whole number from 0 to 255"},
    {"--ttl -1", 1, "--ttl \"-1\": must be a whole number from 0 to 255"},
    {"-g 0", 1, "-g \"0\": must be a whole number from 1 to 65535"},
    {"-S example.com", 1, "-S \"example.com\": must be an IP address, such as 192.0.2.10"},
    {"-e a/b", 1, "-e \"a/b\": must be the name of a network interface, such as eth0 (see: ip link)"},
    {"--scan-delay 200", 1,
     "--scan-delay \"200\": a time without a unit is in seconds, and this one is very long; write 200ms or 200s"},
    {"--max-rtt-timeout 50", 1,
     "--max-rtt-timeout \"50\": a time without a unit is in seconds, and this one is very long; write 50ms or 50s"},
    {"--host-timeout 10000", 1,
     "--host-timeout \"10000\": a time without a unit is in seconds, and this one is very long; write 10000ms or "
     "10000s"},
    {"--scan-delay 1x", 1, "--scan-delay \"1x\": must be a time such as 500ms, 2s, 5m or 1h (no unit means seconds)"},
    {"--max-rtt-timeout 4ms", 1, "--max-rtt-timeout \"4ms\": is too short; the least is 5ms"},
    {"--stats-every 0", 1, "--stats-every \"0\": is too short; the least is 100ms"},
    {"--min-rate 0", 1, "--min-rate \"0\": must be packets per second, above 0 and at most 1000000000"},
    {"--min-rate 50 --max-rate 20", 1, "--min-rate 50 is above --max-rate 20; lower the first or raise the second"},
    {"--min-parallelism 5 -M 2", 1,
     "--min-parallelism 5 is above --max-parallelism 2; lower the first or raise the second"},
    {"--min-hostgroup 5 --max-hostgroup 2", 1,
     "--min-hostgroup 5 is above --max-hostgroup 2; lower the first or raise the second"},
    {"--min-rtt-timeout 500ms --max-rtt-timeout 100ms", 1,
     "--min-rtt-timeout (500ms) is above --max-rtt-timeout (100ms); lower the first or raise the second"},
    {"--completeness 1", 1, "--completeness \"1\": must be a probability between 0.000000001 and 1, such as 0.0001"},
    {"--seed x", 1, "--seed \"x\": must be a whole number, decimal or 0x hexadecimal, below 2^64"},
    {"--exclude a,,b", 1, "--exclude \"a,,b\": must be targets separated by commas, with none of them empty"},
    {"--exclude=", 1, "--exclude \"\": must be targets separated by commas, with none of them empty"},
    {"--dns-servers 192.0.2.1,ns1", 1,
     "--dns-servers \"ns1\": must be IP addresses of name servers, separated by commas"},
    {"-sS -sT", 1, "-sS and -sT together: a run has one kind of TCP scan; choose one of them"},
    {"-sST", 1, "-sS and -sT together: a run has one kind of TCP scan; choose one of them"},
    {"-sn -sS", 1, "-sn and -sS together: -sn scans no ports; leave out one of them"},
    {"-sL -sT", 1, "-sL and -sT together: -sL scans no ports; leave out one of them"},
    {"-sn -p 22", 1, "-p and -sn together: -sn scans no ports; leave out one of them"},
    {"-sL -F", 1, "-F and -sL together: -sL scans no ports; leave out one of them"},
    {"-F -p 22", 1,
     "-F and -p together: -F chooses the ports itself; leave out one of them (--top-ports with -p takes the most "
     "frequent of the ports of -p)"},
    {"-p 22 -p 23", 1, "-p \"23\": may be given once; separate the ports with commas"},
    {"-p 22 --exclude-ports 20-30", 1, "no tcp port is left to scan: --exclude-ports removes all of them"},
    {"-p U:53", 1, "no tcp port is left to scan: -p names none; add some, such as -p T:22"},
    {"-sU -p T:53", 1, "no udp port is left to scan: -p names none; add some, such as -p U:53"},
    {"-sn -sU", 1, "-sn and -sU together: -sn scans no ports; leave out one of them"},
    {"-sS --defeat-icmp-ratelimit", 1, "--defeat-icmp-ratelimit is about the UDP scan: add -sU, or leave it out"},
    {"-p 9 --top-ports 3", 1, "no tcp port is left to scan: none of the ports of -p is among the --top-ports"},
    {"--top-ports 0", 1, "--top-ports \"0\": must be a whole number from 1 to 65535"},
    {"-v11", 1, "-v \"11\": must be -v, -vv, ... or a level from -v0 to -v10"},
    {"-vd", 1, "-v \"d\": must be -v, -vv, ... or a level from -v0 to -v10"},
    {"-d99999999999999999999", 1, "-d \"99999999999999999999\": must be -d, -dd, ... or a level from -d0 to -d10"},
    {"-oX -sS", 1, "-oX \"-sS\": a file name may not begin with \"-\" (write ./-sS if you mean it)"},
    {"-oX - -oN -", 1, "two reports would go to \"-\"; give each a file of its own"},
    {"-oN 1 -oN 2 -oN 3 -oN 4 -oN 5 -oN 6 -oN 7 -oN 8 -oN 9", 1, "-oN: more than 8 report files in one run"},
    {"-iL=", 1, "-iL \"\": the value is empty"},
};

static void bad_lines_say_why(void **state) {
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < LL_COUNT(bad_lines); i++) {
        struct run t;
        begin(&t, bad_lines[i].words);
        /* an error of option_complete is one of values */
        int code = t.r.exit_code == ARGS_EXIT_OK ? ARGS_EXIT_VALUE : t.r.exit_code;
        if (t.ok || strcmp(t.e.text, bad_lines[i].message) != 0 || code != bad_lines[i].code) {
            print_error("\"%s\" exits with %d and says\n  %s\nnot %d and\n  %s\n", bad_lines[i].words, code, t.e.text,
                        bad_lines[i].code, bad_lines[i].message);
            wrong++;
        }
        end(&t);
    }
    assert_int_equal(wrong, 0);
}

static void bad_ports_name_the_option(void **state) {
    (void)state;
    static const char *const cases[] = {"-p 70000", "-p 9-8", "-p nosuchname", "-p [", "--exclude-ports x-y"};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct run t;
        begin(&t, cases[i]);
        assert_false(t.ok);
        if (!strstr(t.e.text, cases[i][1] == 'p' ? "-p" : "--exclude-ports"))
            fail_msg("\"%s\" does not name the option: %s", cases[i], t.e.text);
        end(&t);
    }
}

static void help_and_version(void **state) {
    (void)state;
    static const struct {
        const char *words;
        enum args_wish wish;
        int code;
    } cases[] = {{"", ARGS_HELP, 255},         {"-h", ARGS_HELP, 0},          {"--help", ARGS_HELP, 0},
                 {"-V", ARGS_VERSION, 0},      {"-version", ARGS_VERSION, 0}, {"x -h --nonsense", ARGS_HELP, 0},
                 {"--iflist", ARGS_IFLIST, 0}, {"-sS --hel", ARGS_HELP, 0}};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct run t;
        begin(&t, cases[i].words);
        assert_true(t.ok);
        assert_int_equal(t.r.wish, cases[i].wish);
        assert_int_equal(t.r.exit_code, cases[i].code);
        end(&t);
    }
}

static void assert_text(struct slice given, const char *wanted) {
    if (!slice_eq(given, slice_of(wanted)))
        fail_msg("\"" SLICE_FMT "\" is not \"%s\"", SLICE_ARG(given), wanted);
}

static void targets_and_files(void **state) {
    (void)state;
    struct run t;
    begin_ok(&t, "a -n b -iL list -iLother -i - --exclude c,10.0.0.1-3 -exclude=d --excludefile=e --rH "
                 "--seed 0x10 -R -- -x -sS");
    assert_int_equal(t.s.targets.n, 4);
    assert_text(t.s.targets.v[0], "a");
    assert_text(t.s.targets.v[1], "b");
    assert_text(t.s.targets.v[2], "-x");
    assert_text(t.s.targets.v[3], "-sS");
    assert_int_equal(t.s.target_files.n, 3);
    assert_text(t.s.target_files.v[1], "other");
    assert_text(t.s.target_files.v[2], "-");
    assert_int_equal(t.s.excludes.n, 3);
    assert_text(t.s.excludes.v[1], "10.0.0.1-3");
    assert_int_equal(t.s.exclude_files.n, 1);
    assert_true(t.s.randomize_hosts && t.s.has_seed);
    assert_int_equal(t.s.seed, 16);
    assert_int_equal(t.s.dns, DNS_ALWAYS);
    assert_text(t.r.command_line, "leadline a -n b -iL list -iLother -i - --exclude c,10.0.0.1-3 -exclude=d "
                                  "--excludefile=e --rH --seed 0x10 -R -- -x -sS");
    end(&t);
}

static void many_targets(void **state) {
    (void)state;
    enum { MANY = 5000 };
    static char *argv[MANY + 2];
    static char name[] = "leadline", target[] = "10.0.0.1";
    argv[0] = name;
    for (int i = 1; i <= MANY; i++)
        argv[i] = target;
    struct settings s;
    struct args_result r;
    struct err e = {0};
    assert_true(settings_init(&s, &e));
    assert_true(args_parse(MANY + 1, argv, &s, &r, &e));
    assert_int_equal(s.targets.n, MANY);
    assert_text(s.targets.v[MANY - 1], "10.0.0.1");
    settings_finish(&s);
}

static void command_line_is_quoted(void **state) {
    (void)state;
    struct run t;
    begin_ok(&t, "-p http* my~host \"$x");
    assert_text(t.r.command_line, "leadline -p \"http*\" \"my host\" \"\\\"\\$x\"");
    end(&t);
}

static void discovery_and_sending(void **state) {
    (void)state;
    struct run t;
    begin_ok(&t,
             "-sP x --disable-arp --system-dns --unprivileged -e eth0 -S 2001:db8::1 --source-port=53 -ttl 9 -4 -6");
    assert_true(t.s.ping_only && t.s.no_arp && t.s.system_dns);
    assert_int_equal(t.r.privilege, ARGS_UNPRIVILEGED);
    assert_text(t.s.interface, "eth0");
    assert_text(t.s.source, "2001:db8::1");
    assert_int_equal(t.s.source_port, 53);
    assert_int_equal(t.s.ttl, 9);
    assert_false(t.s.only_v4 || t.s.only_v6);
    end(&t);
    begin_ok(&t, "-PN x -6 -e lo -privileged");
    assert_int_equal(t.s.discovery, DISCOVER_NONE);
    assert_true(t.s.only_v6 && !t.s.only_v4);
    assert_int_equal(t.r.privilege, ARGS_PRIVILEGED);
    assert_int_equal(t.s.ttl, -1);
    assert_int_equal(t.s.source_port, -1);
    end(&t);
    begin_ok(&t, "-iR 7 --resolve-all --unique --rH --port-ratio 0.01");
    assert_true(t.s.random_targets && t.s.resolve_all && t.s.unique && t.s.randomize_hosts);
    assert_int_equal(t.s.random_count, 7);
    assert_int_equal(t.s.top_ports, 50);
    end(&t);
    begin_ok(&t, "-PS22,80 -PA -PE -PM --discovery-ignore-rst --disc x");
    assert_int_equal(t.s.pings, 1 << PING_SYN | 1 << PING_ACK | 1 << PING_ECHO | 1 << PING_MASK);
    assert_int_equal(portset_count(&t.s.ping_ports[PING_SYN]), 2);
    assert_true(portset_has(&t.s.ping_ports[PING_SYN], 22) && portset_has(&t.s.ping_ports[PING_ACK], 80));
    assert_true(t.s.ignore_rst);
    end(&t);
    begin_ok(&t, "-sL -sn x");
    assert_true(t.s.list_only && !t.s.ping_only);
    assert_int_equal(portset_count(&t.s.ports[PROTO_TCP]), 0);
    end(&t);
}

static void rates_groups_and_bounds(void **state) {
    (void)state;
    struct run t;
    begin_ok(&t, "--min-rate 0.5 --max-rate 100 --min-hostgroup 3 --max-hostgroup 9 --completeness 0.01 "
                 "--min-parallelism 2 --nogcc --nsock-engine epoll --defeat-rst-ratelimit --release-memory "
                 "--log-errors --send-eth --send-ip -PR -r");
    assert_true(t.s.timing.min_rate > 0.49 && t.s.timing.min_rate < 0.51);
    assert_true(t.s.timing.max_rate > 99.9 && t.s.timing.max_rate < 100.1);
    assert_true(t.s.timing.completeness > 0.0099 && t.s.timing.completeness < 0.0101);
    assert_int_equal(t.s.timing.min_hostgroup, 3);
    assert_int_equal(t.s.timing.max_hostgroup, 9);
    assert_int_equal(t.s.timing.min_parallelism, 2);
    assert_int_equal(t.s.timing.max_parallelism, 0);
    assert_true(t.s.sequential_ports);
    assert_string_equal(t.warnings, "");
    end(&t);
    begin_ok(&t, "--scan-delay 1 -M 3 --system-dns --dns-servers 192.0.2.1,::1 --max-rtt-timeout 10ms");
    assert_int_equal(t.s.dns_servers.n, 2);
    assert_string_equal(
        t.warnings, "--dns-servers is not used: --system-dns asks the system's own resolver\n"
                    "--min-parallelism and --max-parallelism are not used: --scan-delay sets the pace of each host\n"
                    "--max-rtt-timeout 10ms is very short: answers that take longer are missed\n");
    end(&t);
}

static void levels(void **state) {
    (void)state;
    static const struct {
        const char *words;
        int verbose, debug;
        bool silent, reason;
    } cases[] = {
        {"x", 0, 0, false, false},       {"-v", 1, 0, false, false},
        {"-vv", 2, 0, false, false},     {"-v -v", 2, 0, false, false},
        {"-v3", 3, 0, false, false},     {"-v0", 0, 0, true, false},
        {"-v0 -v", 1, 0, false, false},  {"-vvvvvvvvvvvvvv", 10, 0, false, false},
        {"-d", 1, 1, false, true},       {"-dd -v", 3, 2, false, true},
        {"-d4", 4, 4, false, true},      {"-d0", 0, 0, false, false},
        {"-v10 -d", 10, 1, false, true}, {"--reason", 0, 0, false, true},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct run t;
        begin_ok(&t, cases[i].words);
        if (t.s.verbose != cases[i].verbose || t.s.debug != cases[i].debug || t.s.silent != cases[i].silent ||
            t.s.reason != cases[i].reason)
            fail_msg("\"%s\": verbose %d, debug %d, silent %d, reason %d", cases[i].words, t.s.verbose, t.s.debug,
                     t.s.silent, t.s.reason);
        end(&t);
    }
}

static void report_files(void **state) {
    (void)state;
    struct run t;
    begin_ok(&t, "-oX - -oNa.txt -oJ=b.json --open --stats-every 1s");
    assert_int_equal(t.s.n_files, 3);
    assert_int_equal(t.s.files[0].format, LOG_FORMAT_XML);
    assert_text(t.s.files[0].path, "-");
    assert_int_equal(t.s.files[1].format, LOG_FORMAT_NORMAL);
    assert_text(t.s.files[1].path, "a.txt");
    assert_int_equal(t.s.files[2].format, LOG_FORMAT_JSON);
    assert_text(t.s.files[2].path, "b.json");
    assert_true(t.s.open_only);
    assert_int_equal(t.s.stats_every, NS_PER_S);
    end(&t);
}

static void the_environment_decides_what_no_option_did(void **state) {
    (void)state;
    static const struct {
        const char *words, *names[2];
        enum args_privilege want;
    } cases[] = {
        {"x", {NULL, NULL}, ARGS_PRIVILEGE_DETECT},
        {"x", {"NMAP_PRIVILEGED", NULL}, ARGS_PRIVILEGED},
        {"x", {"LEADLINE_PRIVILEGED", NULL}, ARGS_PRIVILEGED},
        {"x", {"NMAP_UNPRIVILEGED", NULL}, ARGS_UNPRIVILEGED},
        {"x", {"LEADLINE_UNPRIVILEGED", "NMAP_PRIVILEGED"}, ARGS_UNPRIVILEGED},
        {"--privileged x", {"NMAP_UNPRIVILEGED", NULL}, ARGS_PRIVILEGED},
        {"--unprivileged x", {"NMAP_PRIVILEGED", NULL}, ARGS_UNPRIVILEGED},
        {"--unprivileged --privileged x", {NULL, NULL}, ARGS_PRIVILEGED},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct run t;
        begin_ok(&t, cases[i].words);
        for (size_t k = 0; k < 2; k++)
            if (cases[i].names[k])
                setenv(cases[i].names[k], "", 1);
        args_environment(&t.r);
        if (t.r.privilege != cases[i].want)
            fail_msg("case %zu: %d", i, (int)t.r.privilege);
        for (size_t k = 0; k < 2; k++)
            if (cases[i].names[k])
                unsetenv(cases[i].names[k]);
        end(&t);
    }
}

static void three_reports_at_once(void **state) {
    (void)state;
    static const struct {
        enum log_format format;
        const char *path;
    } want[] = {{LOG_FORMAT_NORMAL, "scan-%F.nmap"},
                {LOG_FORMAT_XML, "scan-%F.xml"},
                {LOG_FORMAT_GREP, "scan-%F.gnmap"},
                {LOG_FORMAT_GREP, "g"},
                {LOG_FORMAT_GREP, "m"},
                {LOG_FORMAT_LIST, "-"}};
    struct run t;
    begin_ok(&t, "-oA scan-%F -oM g -m m -oL - --append-output");
    assert_int_equal(t.s.n_files, LL_COUNT(want));
    for (size_t i = 0; i < LL_COUNT(want); i++) {
        assert_int_equal(t.s.files[i].format, want[i].format);
        assert_text(t.s.files[i].path, want[i].path);
    }
    assert_true(t.s.append);
    end(&t);
}

static void the_last_style_sheet_counts(void **state) {
    (void)state;
    static const struct {
        const char *words, *want;
    } cases[] = {{"x", ""},
                 {"--stylesheet a.xsl", "a.xsl"},
                 {"--webxml", "https://nmap.org/svn/docs/nmap.xsl"},
                 {"--webxml --stylesheet https://x/y.xsl", "https://x/y.xsl"},
                 {"--stylesheet a --no-stylesheet", ""}};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct run t;
        begin_ok(&t, cases[i].words);
        assert_text(t.s.stylesheet, cases[i].want);
        end(&t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_lines_say_why),
        cmocka_unit_test(bad_ports_name_the_option),
        cmocka_unit_test(help_and_version),
        cmocka_unit_test(targets_and_files),
        cmocka_unit_test(many_targets),
        cmocka_unit_test(command_line_is_quoted),
        cmocka_unit_test(discovery_and_sending),
        cmocka_unit_test(rates_groups_and_bounds),
        cmocka_unit_test(levels),
        cmocka_unit_test(report_files),
        cmocka_unit_test(the_environment_decides_what_no_option_did),
        cmocka_unit_test(three_reports_at_once),
        cmocka_unit_test(the_last_style_sheet_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
