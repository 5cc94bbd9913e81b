"""Cases that print PASS, FAIL or SKIP, for tools/check to count."""
import sys

SKIPPED = 77
_failed = []


def case(name, problem):
    """A case passes when there is no problem to tell."""
    if problem:
        _failed.append(name)
        print(f"{problem}\nFAIL {name}")
    else:
        print(f"PASS {name}")


def skip(name, why):
    print(f"SKIP {name}: {why}")
    sys.exit(SKIPPED)


def done():
    sys.exit(1 if _failed else 0)
