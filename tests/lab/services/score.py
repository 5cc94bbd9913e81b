#!/usr/bin/env python3
"""usage: score.py words tcp|udp|unusual     the words of a scan of the farm
       score.py check tcp|udp|unusual FILE   compares its report in XML with servers.tsv"""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import case_services as cases  # noqa: E402


def main(what, part, *files):
    table = cases.rows()
    table = cases.unusual_rows(table) if part == "unusual" else [r for r in table if r.proto == part]
    if what == "words":
        print(" ".join(cases.words_for(table)))
        return
    score = cases.Score(table, cases.read(files[0]))
    print(score)
    for title in ("wrong_products", "wrong_versions", "wrong_names"):
        print(title)
        for line in score.lines(getattr(score, title)):
            print(f"  {line}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
