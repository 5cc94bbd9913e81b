"""Reading data/ports.tsv and data/ranking.txt; shared by tools/ports-data and tools/check-data."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "data" / "ports.tsv"
RANKING = ROOT / "data" / "ranking.txt"
PROTOCOLS = ["tcp", "udp", "sctp", "ip"]
HIGHEST = {"tcp": 65535, "udp": 65535, "sctp": 65535, "ip": 255}
# How many ports have a rank; None: as many as the ranking lists.
RANKED = {"tcp": 1000, "udp": 1000, "sctp": None, "ip": None}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.+*/-]{0,31}")
NONE = "-"


class Bad(Exception):
    """A fault of a data file; the text begins with file:line."""


class Row:
    """One line of the table; names and reason are '' and rank is 0 where the file has '-'."""

    def __init__(self, port, proto, iana="", operator="", reason="", rank=0):
        self.port, self.proto = port, proto
        self.iana, self.operator, self.reason, self.rank = iana, operator, reason, rank

    def key(self):
        return (self.port, PROTOCOLS.index(self.proto))

    def line(self):
        columns = [self.port, self.proto, self.iana, self.operator, self.reason, self.rank]
        return "\t".join(str(column or NONE) if at else str(column) for at, column in enumerate(columns))


def strict_number(text, highest):
    """The number, or None for anything but plain decimal digits without needless zeros."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,5}", text) or int(text) > highest:
        return None
    return int(text)


def row_of(line, where):
    columns = line.split("\t")
    if len(columns) != 6:
        raise Bad(f"{where}: {len(columns)} columns instead of 6")
    port, proto, iana, operator, reason, rank = columns
    if proto not in PROTOCOLS:
        raise Bad(f"{where}: protocol {proto!r}")
    number = strict_number(port, HIGHEST[proto])
    place = 0 if rank == NONE else strict_number(rank, 65536)
    if number is None or place is None or rank == "0":
        raise Bad(f"{where}: port {port!r} or rank {rank!r}")
    return Row(number, proto, *("" if text == NONE else text for text in (iana, operator, reason)), place)


def read_table(path=TABLE):
    """(header lines, [(line number, row)])"""
    header, rows = [], []
    for number, line in enumerate(path.read_text("ascii").splitlines(), 1):
        if line.startswith("#"):
            header.append(line)
        else:
            rows.append((number, row_of(line, f"{path.name}:{number}")))
    return header, rows


def write_table(header, rows, path=TABLE):
    lines = header + [row.line() for row in sorted(rows, key=Row.key)]
    path.write_text("\n".join(lines) + "\n", "ascii")


def ports_of(item, where):
    ends = item.split("-")
    numbers = [strict_number(end, 65535) for end in ends]
    if len(ends) > 2 or None in numbers or numbers[0] > numbers[-1]:
        raise Bad(f"{where}: {item!r} is neither a port nor a range")
    return range(numbers[0], numbers[-1] + 1)


def read_ranking(path=RANKING):
    """{protocol: [port, ...]}, likeliest first. The first mention of a port counts."""
    ranking = {proto: [] for proto in PROTOCOLS}
    seen = {proto: set() for proto in PROTOCOLS}
    proto = None
    for number, line in enumerate(path.read_text("ascii").splitlines(), 1):
        where = f"{path.name}:{number}"
        words = line.split("#")[0].split()
        if words[:1] == ["class"]:
            if len(words) < 3 or words[1] not in PROTOCOLS:
                raise Bad(f"{where}: a class has a protocol and a name")
            proto = words[1]
            continue
        if words and proto is None:
            raise Bad(f"{where}: ports before the first class")
        for word in words:
            for port in ports_of(word, where):
                if port not in seen[proto]:
                    seen[proto].add(port)
                    ranking[proto].append(port)
    for proto, limit in RANKED.items():
        if limit is not None:
            ranking[proto] = ranking[proto][:limit]
    return ranking
