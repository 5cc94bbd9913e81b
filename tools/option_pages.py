"""The pages of docs/options and their translations, read and checked. tools/options describes their form."""
import hashlib
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGES = os.path.join(ROOT, "docs", "options")
FRAMES = os.path.join(ROOT, "docs", "man")
LANGUAGES = ["ja"]
TABLE = "README.md"  # stands among the pages, is none
GROUPS = ["TARGET SPECIFICATION", "HOST DISCOVERY", "NAMES", "SCAN TECHNIQUES", "PORT SPECIFICATION AND ORDER",
          "SERVICE DETECTION", "SCRIPTS", "OS DETECTION", "TIMING AND PERFORMANCE", "SENDING AND EVASION", "OUTPUT",
          "MISCELLANEOUS"]
STANDINGS = {"works": "OPTION_WORKS", "no-effect": "OPTION_NO_EFFECT", "later": "OPTION_LATER",
             "refused": "OPTION_REFUSED"}
SHOWN = {"works", "no-effect"}  # what a manual describes
ARGS = {"none": "ARG_NONE", "required": "ARG_REQUIRED", "attached": "ARG_ATTACHED"}
REQUIRED = {"names", "arg", "group", "rank", "standing", "summary"}
OPTIONAL = {"aliases", "see", "values"}
VALUE_KINDS = {"<file>", "<dir>", "<interface>", "<host>"}
KIND_OF = {"FILE": "<file>", "BASE": "<file>", "PATH": "<file>", "DIR": "<dir>"}  # of a placeholder
SUMMARY_MAX = 80


class Bad(Exception):
    pass


def read_page(path, encoding):
    """(fields of the front matter, body)"""
    name = os.path.relpath(path, PAGES)
    with open(path, encoding=encoding) as f:
        text = f.read()
    match = re.match(r"---\n(.*?)\n---\n(.*)\Z", text, re.S)
    if not match:
        raise Bad(f"{name}: no front matter between two lines ---")
    fields = {}
    for line in match[1].split("\n"):
        key, colon, value = line.partition(": ")
        if not colon or key in fields:
            raise Bad(f'{name}: "{line}" is not one new "field: value"')
        fields[key] = value.strip()
    return fields, match[2].strip("\n")


def check_fields(name, fields, required, optional):
    if required - set(fields) or set(fields) - required - optional:
        raise Bad(f"{name}: missing or unknown fields: {sorted(required ^ set(fields) - optional)}")


def code_spans(body):
    """What stands in backquotes in the running text."""
    prose = "\n".join(x for x in body.split("\n") if not x.startswith("    "))
    return set(re.findall(r"`([^`]+)`", prose))


def examples(body):
    return [x.strip() for x in body.split("\n") if x.startswith("    ")]


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class Option:
    def __init__(self, path):
        self.file = os.path.basename(path)
        self.stem = self.file[:-len(".md")]
        fields, self.body = read_page(path, "ascii")
        check_fields(self.file, fields, REQUIRED, OPTIONAL)
        self.names = fields["names"].split(", ")
        self.aliases = fields.get("aliases", "").split(", ") if "aliases" in fields else []
        self.arg, _, self.placeholder = fields["arg"].partition(" ")
        self.group, self.rank = fields["group"], int(fields["rank"])
        self.standing, self.summary = fields["standing"], fields["summary"]
        self.see = fields["see"].split(", ") if "see" in fields else []
        self.values = fields.get("values", KIND_OF.get(self.placeholder, "")).split()
        self.check()

    def check(self):
        def need(ok, what):
            if not ok:
                raise Bad(f"{self.file}: {what}")
        need(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.stem), "the file name must be lower-case-words.md")
        for name in self.names + self.aliases:
            need(re.fullmatch(r"--[a-zA-Z0-9][a-zA-Z0-9-]+|-[A-Za-z0-9]{1,2}", name), f'"{name}" is not an option name')
        need(self.arg in ARGS, f'arg "{self.arg}" is none of {sorted(ARGS)}')
        need((self.arg == "none") == (not self.placeholder), "a value needs a PLACEHOLDER, and only a value")
        need(self.group in GROUPS, f'group "{self.group}" is unknown')
        need(self.standing in STANDINGS, f'standing "{self.standing}" is none of {sorted(STANDINGS)}')
        need(0 < len(self.summary) <= SUMMARY_MAX and not self.summary.endswith("."),
             f"summary: 1 to {SUMMARY_MAX} characters, no full stop")
        need(self.body, "the page has no text")
        need(not self.values or self.arg != "none", "values without a value")
        need(all(v in VALUE_KINDS or re.fullmatch(r"[A-Za-z0-9.,:-]+", v) for v in self.values),
             f"values: each is one of {sorted(VALUE_KINDS)} or a word")

    @property
    def id(self):
        return "OPT_" + self.stem.upper().replace("-", "_")

    @property
    def digest(self):
        """Of what a translation translates."""
        return digest("\n".join([self.placeholder, self.summary, self.body]))

    def usage(self):
        """-iL FILE; -v[LEVEL]; -V, --version"""
        value = {"none": "", "required": " " + self.placeholder, "attached": f"[{self.placeholder}]"}[self.arg]
        return ", ".join(self.names) + value


def page_files(folder):
    return [os.path.join(folder, f) for f in sorted(os.listdir(folder)) if f.endswith(".md") and f != TABLE]


def load():
    options = [Option(path) for path in page_files(PAGES)]
    owner = {}
    for o in options:
        for name in o.names + o.aliases:
            bare = name.lstrip("-")
            if bare in owner:
                raise Bad(f"{o.file}: the name {name} belongs to {owner[bare].file} already")
            owner[bare] = o
    for o in options:
        for name in o.see:
            if name.lstrip("-") not in owner:
                raise Bad(f'{o.file}: see: "{name}" is no option')
            if o.standing == "works" and owner[name.lstrip("-")].standing == "later":
                raise Bad(f"{o.file}: see: {name} is not there yet, and not in the manual")
    return options


def grouped(options, standings):
    for group in GROUPS:
        members = [o for o in options if o.group == group and o.standing in standings]
        if members:
            yield group, sorted(members, key=lambda o: (o.rank, o.file))


class Translation:
    """docs/options/LANG/NAME.md: translates, summary, body."""
    def __init__(self, path):
        self.file = os.path.relpath(path, PAGES)
        self.stem = os.path.basename(path)[:-len(".md")]
        fields, self.body = read_page(path, "utf-8")
        check_fields(self.file, fields, {"translates", "summary"}, set())
        self.translates, self.summary = fields["translates"], fields["summary"]

    def problems(self, o):
        """What is wrong with it as a translation of the page o."""
        if self.translates != o.digest:
            yield f"translation is out of date: {o.file} has changed; mend the text, then tools/options stamp " \
                  f"{os.path.dirname(self.file)} {o.stem}"
        if not self.body or not self.summary:
            yield "summary or text is missing"
        if sorted(examples(self.body)) != sorted(examples(o.body)):
            yield "its examples are not those of the English page"
        lost, more = code_spans(o.body) - code_spans(self.body), code_spans(self.body) - code_spans(o.body)
        if lost or more:
            yield f"`code` differs from the English page: missing {sorted(lost)}, more {sorted(more)}"
        for word in re.findall(r"[A-Z]+", o.placeholder):
            if re.search(rf"\b{word}\b", o.body) and not re.search(rf"(?<![A-Z]){word}(?![A-Z])", self.body):
                yield f"the placeholder {word} is missing"


class Language:
    """A language of the manual: docs/man/LANG (frame and words) and docs/options/LANG (one page an option). English has
    no code, and its texts are the pages themselves."""
    def __init__(self, code):
        self.code = code
        self.words = {}
        self.pages = {}
        if code:
            self.words = self.read_words(os.path.join(FRAMES, code, "words.txt"))
            self.pages = {t.stem: t for t in map(Translation, page_files(os.path.join(PAGES, code)))}

    @staticmethod
    def read_words(path):
        words = {}
        with open(path, encoding="utf-8") as f:
            for line in f:
                if line.strip() and not line.startswith("#"):
                    english, equals, other = line.strip().partition(" = ")
                    if not equals:
                        raise Bad(f'{path}: "{line.strip()}" is not "English = translation"')
                    words[english] = other
        return words

    def word(self, english):
        if self.code and english not in self.words:
            raise Bad(f'docs/man/{self.code}/words.txt: "{english}" is missing')
        return self.words.get(english, english)

    def of(self, o):
        """The page with the texts of an option: has summary and body."""
        if not self.code:
            return o
        if o.stem not in self.pages:
            raise Bad(f"{self.code}/{o.file} is missing: {', '.join(o.names)} has no text in this language")
        return self.pages[o.stem]

    def frame_problems(self):
        with open(os.path.join(FRAMES, "leadline.1.in"), encoding="ascii") as f:
            english = f.read()
        path = os.path.join(FRAMES, self.code, "leadline.1.in")
        name = os.path.relpath(path, ROOT)
        with open(path, encoding="utf-8") as f:
            other = f.read()
        found = re.search(r'^\.\\" translates: (\w+)$', other, re.M)
        if not found or found[1] != digest(english):
            yield f"{name}: translation is out of date: docs/man/leadline.1.in has changed; mend the text, then " \
                  f"tools/options stamp {self.code} frame"
        if [re.findall(rf"(?m)^\.{x}\b", english) for x in ("SH", "SS", "TP")] != \
                [re.findall(rf"(?m)^\.{x}\b", other) for x in ("SH", "SS", "TP")]:
            yield f"{name}: has other sections or entries than docs/man/leadline.1.in"
        if re.findall(r"(?m)^\.B leadline .*", english) != re.findall(r"(?m)^\.B leadline .*", other):
            yield f"{name}: has other examples than docs/man/leadline.1.in"
        for group in GROUPS + [".", "Also accepted:", "See also"]:
            if group not in self.words:
                yield f'docs/man/{self.code}/words.txt: "{group}" is missing'

    def problems(self, options):
        """Every option of the manual is there, says the same, and is as new; nothing is there that is no option."""
        known = {o.stem: o for o in options}
        for stem, page in self.pages.items():
            if stem not in known:
                yield f"{page.file}: there is no such option"
        for o in options:
            if o.standing not in SHOWN:
                continue
            if o.stem not in self.pages:
                yield f"{self.code}/{o.file} is missing: {', '.join(o.names)} has no text in this language"
                continue
            for problem in self.pages[o.stem].problems(o):
                yield f"{self.code}/{o.file}: {problem}"
        yield from self.frame_problems()

    def stamp(self, options, stem):
        """Says that a translation is as new as the English text."""
        if stem == "frame":
            with open(os.path.join(FRAMES, "leadline.1.in"), encoding="ascii") as f:
                new, pattern = digest(f.read()), r'(?m)^(\.\\" translates: ).*$'
            path = os.path.join(FRAMES, self.code, "leadline.1.in")
        else:
            found = [o for o in options if o.stem == stem]
            if not found or stem not in self.pages:
                raise Bad(f"{stem}: no such page")
            new, pattern = found[0].digest, r"(?m)^(translates: ).*$"
            path = os.path.join(PAGES, self.code, stem + ".md")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(re.sub(pattern, rf"\g<1>{new}", text, count=1))
