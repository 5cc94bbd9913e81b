"""Help and manual pages from the pages of the options."""
import re
import unicodedata

from option_pages import Bad, SHOWN, grouped

WIDTH = 100     # of the help
MAN_WIDTH = 72  # of the same lines in the manual, which indents them
COLUMN = 29     # where summaries begin
# Characters that may not begin a line of Japanese text, and those that may not end one.
NOT_FIRST = "、。，．・：；？！）」』】ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー"
NOT_LAST = "（「『【"


def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pieces(text):
    """Where a line may break: after blanks, and between characters of languages that write without them."""
    out = [""]
    for c in text:
        free = out[-1] and (ord(c) > 0x2E80 or ord(out[-1][-1]) > 0x2E80)
        if out[-1].endswith(" ") or (free and c not in NOT_FIRST and c != " " and out[-1][-1] not in NOT_LAST):
            out.append("")
        out[-1] += c
    return out


def wrap(text, width):
    lines = [""]
    for piece in pieces(text):
        if lines[-1] and columns(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def summary_lines(options, width, language):
    lines = []
    for group, members in grouped(options, {"works"}):
        lines += ["", language.word(group)]
        for o in members:
            left = "  " + o.usage()
            if len(left) + 2 > COLUMN:
                lines.append(left)
                left = ""
            for i, part in enumerate(wrap(language.of(o).summary, width - COLUMN)):
                lines.append(f"{(left if i == 0 else ''):<{COLUMN}}{part}")
    return lines


def help_lines(options, language):
    return ["Usage: leadline [options] targets", "",
            "Targets are names, addresses, networks and ranges: example.com 192.168.1.0/24 10.0.0.1-50 ::1",
            *summary_lines(options, WIDTH, language), "", "EXAMPLES", "  leadline -v example.com",
            "  leadline -sn 192.168.1.0/24", "  leadline -T4 -p 22,80,443 -iL targets.txt -oX report.xml", "",
            "Scan only hosts that you may scan. All options at length: man leadline"]


def roff(text):
    """Plain text as roff: what looks like an option or a range keeps its plain hyphens."""
    text = text.replace("\\", "\\e")
    text = re.sub(r"(?<![A-Za-z])-|-(?=-)", r"\\-", text)
    return text.replace("~", r"\(ti").replace("^", r"\(ha")


def roff_code(text):
    text = text.replace("\\", "\\e").replace("-", r"\-").replace("~", r"\(ti").replace("^", r"\(ha")
    return text.replace("'", r"\(aq").replace("`", r"\(ga")


def roff_line(text):
    """`code` becomes bold; a line may not begin with a control character."""
    parts = text.split("`")
    out = "".join(r"\fB" + roff_code(p) + r"\fR" if i % 2 else roff(p) for i, p in enumerate(parts))
    return (r"\&" if out[:1] in (".", "'") else "") + out


def joined(lines):
    """Lines of one paragraph or item: a break beside a character of a language without blanks is no blank."""
    out = [lines[0]]
    for line in lines[1:]:
        if ord(out[-1][-1]) > 0x2E80 or ord(line[0]) > 0x2E80:
            out[-1] += line
        else:
            out.append(line)
    return out


def items(lines):
    """The lines of each "- " item."""
    out = []
    for line in lines:
        if line.startswith("- "):
            out.append([])
        out[-1].append(line.removeprefix("- ").strip())
    return out


def roff_body(body):
    out = []
    for i, block in enumerate(body.split("\n\n")):
        lines = block.split("\n")
        if lines[0].startswith("    "):
            out += [".IP", ".EX"] + [("\\&" if x.strip()[:1] in (".", "'") else "") + roff_code(x.strip())
                                     for x in lines] + [".EE"]
        elif lines[0].startswith("- "):
            out.append(".RS")
            for item in items(lines):
                out += [r".IP \(bu 2"] + [roff_line(x) for x in joined(item)]
            out.append(".RE")
        else:
            out += ([".IP"] if i else []) + [roff_line(x) for x in joined(lines)]
    return out


def bold(names):
    return ", ".join(r"\fB" + roff_code(n) + r"\fR" for n in names)


def man_option(o, language):
    value = r"\fI" + roff_code(o.placeholder) + r"\fR" if o.placeholder else ""
    page = language.of(o)
    out = [".TP", bold(o.names) + {"none": "", "required": " " + value, "attached": f"[{value}]"}[o.arg]]
    stop = language.word(".")
    out.append(roff_line(page.summary[0].upper() + page.summary[1:] + stop))
    out += [".IP"] + roff_body(page.body)
    if o.aliases:
        out += [".IP", f"{language.word('Also accepted:')} {bold(o.aliases)}{stop}"]
    if o.see:
        out += [".IP", f"{language.word('See also')} {bold(o.see)}{stop}"]
    return out


def man_options(options, language):
    out = []
    for group, members in grouped(options, SHOWN):
        title = language.word(group)
        out.append(".SS " + (title if language.code else title.capitalize()))
        for o in members:
            out += man_option(o, language)
    return "\n".join(out)


def make_man(options, language, frame, version):
    with open(frame, encoding="utf-8" if language.code else "ascii") as f:
        text = f.read()
    # tmac/pre-processing hints and the translator's stamp stay out of the page that is read
    text = re.sub(r'(?m)^\.\\" translates: .*\n', "", text)
    lines = summary_lines(options, MAN_WIDTH, language)[1:]
    summary = "\n".join((r"\&" if x[:1] in (".", "'") else "") + roff_code(x) for x in lines)
    for key, value in (("@VERSION@", version), ("@OPTIONS_SUMMARY@", summary),
                       ("@OPTIONS@", man_options(options, language))):
        if key not in text:
            raise Bad(f"{frame}: {key} is missing")
        text = text.replace(key, value)
    return text


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def make_help(options, language, made):
    lines = [f"/* {made} */", "static const char *const help_lines[] = {"]
    lines += [f"    {c_string(line)}," for line in help_lines(options, language)]
    return "\n".join(lines + ["};", ""])
