"""Finds the cases, runs them, prints one line for each thing checked."""
import time

import case_article
import case_errors
import case_formats
import case_hostile
import case_manners
import case_parity
import case_services
import case_signals
import case_tls
import case_udp
import compare

MODULES = [case_article, case_parity, case_manners, case_formats, case_errors, case_signals, case_udp, case_services, case_tls,
           case_hostile]

HEAVY = ["services"]  # a hundred servers to fetch and start: not with --quick
ONLY_NAMED = ["services_nmap", "services_tls"]  # take minutes, or need the hundred servers: run when they are asked for
NOT_YET = "does not have this option"
NEED_NAMES = ["article", "article_connect", "article_verbose", "formats", "wrong_input", "bad_among_good", "udp"]


def all_cases():
    """Name -> function: the functions of the modules whose names begin with case_."""
    return {name.removeprefix("case_"): f for m in MODULES for name, f in vars(m).items()
            if name.startswith("case_") and callable(f)}


class Bench:
    """What a case works with: the lab, the two scanners, and a place to say what was found."""

    def __init__(self, lab, title):
        self.lab = lab
        self.title = title
        self.failed = False

    def check(self, name, good, detail=""):
        print(f"{'PASS' if good else 'FAIL'} {self.title}: {name}", flush=True)
        if not good:
            self.failed = True
            for line in str(detail).splitlines()[:40]:
                print(f"    {line}")
        return good

    def skip(self, name, why):
        print(f"SKIP {self.title}: {name}: {why}", flush=True)

    def leadline(self, *words, **more):
        return self.lab.scanner.run([*self.lab.leadline, *words], **more)

    def nmap(self, *words, **more):
        return self.lab.scanner.run(["nmap", *words], **more)

    def has_option(self, *words):
        """Whether this version of the scanner takes an option of Nmap's; says that it was skipped if not."""
        ran = self.leadline(*words, "-n", "-sL", "127.0.0.1")
        if NOT_YET in ran.err:
            self.skip(words[0], "not in this version")
            return False
        return True

    def both(self, *words, user=None):
        """Runs both scanners one after the other with the same words; returns their parsed reports, or None after saying why."""
        reports = []
        for scanner in (self.leadline, self.nmap):
            xml = self.lab.new_file(".xml")
            ran = scanner(*words, "-oX", xml, user=user)
            if NOT_YET in ran.err:
                self.skip(" ".join(map(str, words)), ran.err.strip())
                return None
            try:
                reports.append(compare.read_report(xml))
            except (OSError, compare.ElementTree.ParseError, AttributeError) as e:
                detail = f"status {ran.status}\n{ran.err}\n{ran.out}"
                self.check(f"{scanner.__name__} {' '.join(map(str, words))}", False, f"{e}\n{detail}")
                return None
        return reports

    def same(self, *words, user=None, any_host_reason=False):
        """The heart of the lab: both scanners must report the same."""
        reports = self.both(*words, user=user)
        if reports:
            lines = compare.differences(*reports, any_host_reason=any_host_reason)
            who = " (ordinary user)" if user is not None else ""
            self.check(f"same as nmap{who}: {' '.join(map(str, words))}", not lines, "\n".join(lines))


def run(lab, names):
    known = all_cases()
    quick = "--quick" in names
    names = [n for n in names if n != "--quick"]
    left_out = ONLY_NAMED + (HEAVY if quick else [])
    unknown = [n for n in names if n not in known]
    if unknown:
        print(f"FAIL no such case: {' '.join(unknown)}")
        return False
    good = True
    for name in names or [n for n in known if n not in left_out]:
        bench = Bench(lab, name)
        began = time.monotonic()
        try:
            if lab.has_names or name not in NEED_NAMES:
                known[name](bench)
            else:
                bench.skip(name, "no name server, see tools/setup lab")
        except Exception as e:  # a broken case must not hide the others
            import traceback
            bench.check("the case itself", False, "".join(traceback.format_exception(e)))
        print(f"# {name}: {time.monotonic() - began:.1f} s", flush=True)
        good = good and not bench.failed
    return good
