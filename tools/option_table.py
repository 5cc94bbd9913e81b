"""docs/options/README.md: every option of Nmap's and of our own with its standing."""
import os

from option_pages import ROOT, STANDINGS, grouped

TITLES = {"works": "works", "no-effect": "accepted without effect", "later": "later", "refused": "refused"}


def nmap_names():
    with open(os.path.join(ROOT, "tests", "golden", "nmap-options.txt"), encoding="ascii") as f:
        return [line.strip() for line in f if line.strip() and not line.startswith("#")]


def cell(text):
    return text.replace("|", "\\|")


def make_table(options):
    nmap = nmap_names()
    names = [(name, o) for o in options for name in o.names + o.aliases]
    own = [name for name, _ in names if name not in nmap]
    count = {s: sum(o.standing == s for name, o in names if name in nmap) for s in STANDINGS}
    out = ["# All options and where they stand", "",
           f"Made by `tools/options table` from the pages of this folder; `tools/options check` compares. Of Nmap's "
           f"{len(nmap)} option names",
           f"{count['works']} work, {count['no-effect']} are accepted without effect, {count['later']} come later, "
           f"{count['refused']} are refused. {len(own)} names are Leadline's own.", "",
           "- works: does what the manual says.",
           "- accepted without effect: old command lines go on working; the page says why nothing is left to do.",
           "- later: is not there yet; the program says so and ends.",
           "- refused: will not come; the program says why and ends.", ""]
    for group, members in grouped(options, set(STANDINGS)):
        out += [f"## {group.capitalize().replace('Os ', 'OS ')}", "", "| option | also | standing | what, or why not |",
                "|---|---|---|---|"]
        for o in members:
            out.append(f"| [`{o.usage()}`]({o.file}) | {' '.join(f'`{a}`' for a in o.aliases)} | {TITLES[o.standing]} | "
                       f"{cell(o.summary)} |")
        out.append("")
    return "\n".join(out)


def table_problems(options, table):
    """The table is the one that would be made, and tells each of Nmap's names once."""
    if table != make_table(options):
        yield "docs/options/README.md is out of date: run tools/options table"
    for name in nmap_names():
        rows = [line for line in table.split("\n") if line.startswith("| [")
                and name in line.split(" | ")[0].split("`")[1].replace(",", " ").split("[")[0].split()
                + line.split(" | ")[1].replace("`", "").split()]
        if len(rows) != 1:
            yield f"docs/options/README.md: {name} stands in {len(rows)} rows"
