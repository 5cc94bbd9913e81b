#!/usr/bin/env python3
"""tools/options check notices when a language, the table or a page falls behind: rot.py ROOT

Each case changes a copy of the documents and wants a complaint.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
root = sys.argv[1]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import case, done  # noqa: E402

PARTS = ["docs/options", "docs/man", "tools", "tests/golden/nmap-options.txt"]


def copy(place):
    for part in PARTS:
        source, to = os.path.join(root, part), os.path.join(place, part)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        if os.path.isdir(source):
            shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to)
    for folder in ("src/model", "src/cli"):
        os.makedirs(os.path.join(place, folder))
        for name in os.listdir(os.path.join(root, folder)):
            if re.fullmatch(r"setting_\w+\.c|args\.c", name):
                shutil.copy(os.path.join(root, folder, name), os.path.join(place, folder))


def check(place):
    done_ = subprocess.run([sys.executable, "tools/options", "check"], cwd=place, capture_output=True, text=True, timeout=60)
    return "" if done_.returncode == 0 else done_.stderr


def changed(path, old, new):
    """`path` with the first match of the pattern `old` replaced; removed when `new` is None."""
    with tempfile.TemporaryDirectory() as place:
        copy(place)
        full = os.path.join(place, path)
        if new is None:
            os.unlink(full)
        else:
            text, n = "", 1
            if os.path.exists(full):
                with open(full, encoding="utf-8") as f:
                    text, n = re.subn(old, lambda _: new, f.read(), count=1)
            with open(full, "w", encoding="utf-8") as f:
                f.write(text or new)
            if n != 1:
                return "the case does not fit the file any more"
        return check(place)


def want(name, path, old, new, complaint):
    said = changed(path, old, new)
    case(name, "" if complaint in said else f"wanted \"{complaint}\", got \"{said.strip()}\"")


case("documents_are_sound", check(root))
want("changed_english_text", "docs/options/ttl.md", "what is sent", "everything sent", "ja/ttl.md: translation is out of date")
want("changed_english_summary", "docs/options/ttl.md", "summary: .*", "summary: other", "ja/ttl.md: translation is out of date")
want("changed_english_frame", "docs/man/leadline.1.in", "for people who", "for those who", "leadline.1.in: translation is out of date")
want("option_without_translation", "docs/options/ja/ttl.md", "", None, "ja/ttl.md is missing")
want("translation_of_nothing", "docs/options/ja/nothing.md", "", "---\ntranslates: 0\nsummary: x\n---\ny\n", "there is no such option")
want("lost_code", "docs/options/ja/no-ping.md", "`--disable-arp-ping`", "ARP", "`code` differs")
want("lost_example", "docs/options/ja/no-ping.md", "    leadline .*", "", "examples are not those")
want("lost_placeholder", "docs/options/ja/interface.md", "NAME", "X", "placeholder NAME is missing")
want("lost_group_name", "docs/man/ja/words.txt", "OUTPUT = .*\n", "", '"OUTPUT" is missing')
want("lost_section", "docs/man/ja/leadline.1.in", r"\.SH 倫理\n", "", "other sections or entries")
want("other_example_in_frame", "docs/man/ja/leadline.1.in", r"leadline \\-v", r"leadline \-d", "other examples")
want("table_out_of_date", "docs/options/README.md", "later", "soon", "run tools/options table")
want("option_of_nmap_without_page", "docs/options/thc.md", "", None, "--thc of Nmap has no page")
done()
