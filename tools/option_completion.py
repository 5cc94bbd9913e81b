"""What bash, zsh and fish complete, from the pages of the options."""
from option_pages import SHOWN, grouped

HEAD = "Made by tools/options from the pages of the options: see leadline(1)."
BASH_VALUES = {"<file>": "_leadline_files f", "<dir>": "_leadline_files d", "<interface>": "_leadline_interfaces",
               "<host>": "_leadline_hosts"}
ZSH_VALUES = {"<file>": "_files", "<dir>": "_files -/", "<interface>": "_net_interfaces", "<host>": "_hosts", "": " "}
FISH_VALUES = {"<file>": " -r -F", "<dir>": " -x -a '(__fish_complete_directories)'",
               "<interface>": " -x -a '(__fish_print_interfaces)'", "<host>": " -x -a '(__fish_print_hostnames)'"}

BASH = r"""# bash completion for leadline. @HEAD@
# Needs no other completion code.

_leadline_words() { # words, the word so far, what goes before it
    mapfile -t COMPREPLY < <(compgen -P "${3-}" -W "$1" -- "$2")
}
_leadline_files() { # f or d, the word so far
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen "-$1" -- "$2")
}
_leadline_interfaces() {
    local path names=
    for path in /sys/class/net/*; do
        names+=" ${path##*/}"
    done
    _leadline_words "$names" "$1"
}
_leadline_hosts() {
    mapfile -t COMPREPLY < <(compgen -A hostname -- "$1")
}

_leadline_value() { # option, the word so far; false when the option takes no value
    case $1 in
@VALUES@
    *) return 1 ;;
    esac
}

_leadline() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev= i
    COMPREPLY=()
    ((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD - 1]}
    # "--opt=value" arrives as three words
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]] && ((COMP_CWORD > 1)); then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == -- ]]; then
            _leadline_hosts "$cur"
            return
        fi
    done
    _leadline_value "$prev" "$cur" && return
    case $cur in
@ATTACHED@
    -*) _leadline_words "@NAMES@" "$cur" ;;
    *) _leadline_hosts "$cur" ;;
    esac
}
complete -F _leadline leadline
"""


def shown(options):
    return [o for _, members in grouped(options, SHOWN) for o in members]


def bash_value(o):
    kinds = [BASH_VALUES[v] for v in o.values if v in BASH_VALUES]
    if kinds:
        return f'{kinds[0]} "$2"'
    return f'_leadline_words "{" ".join(o.values)}" "$2"' if o.values else "return 0"


def bash(options):
    values = [f"    {' | '.join(o.names)}) {bash_value(o)} ;;" for o in options if o.arg == "required"]
    # a value of words may follow a short name without a blank: -T4
    attached = [f'    {n}*) _leadline_words "{" ".join(o.values)}" "${{cur#{n}}}" {n} ;;' for o in options
                for n in o.names if not n.startswith("--") and o.values and not o.values[0].startswith("<")]
    names = [n for o in options for n in o.names]
    out = BASH.replace("@HEAD@", HEAD).replace("@VALUES@", "\n".join(values))
    return out.replace("@ATTACHED@", "\n".join(attached)).replace("@NAMES@", " ".join(names))


def zsh_text(text):
    for c in "\\[]:":
        text = text.replace(c, "\\" + c)
    return text.replace("'", "'\\''")


def zsh_value(o):
    kinds = [ZSH_VALUES[v] for v in o.values if v in ZSH_VALUES]
    return kinds[0] if kinds else f"({' '.join(o.values)})" if o.values else " "


def zsh_spec(o, name):
    """-x takes its value attached or as the next word, --xx after a blank or an equals sign."""
    others = [n for n in o.names if n != name]
    first = "*" if o.arg == "attached" or not others else f"({' '.join(others)})"
    if o.arg == "none":
        mark, value = "", ""
    elif o.arg == "attached":
        mark, value = "-", f"::{zsh_text(o.placeholder)}: "
    else:
        mark = "=" if name.startswith("--") else "+"
        value = f":{zsh_text(o.placeholder)}:{zsh_value(o)}"
    return f"    '{first}{name}{mark}[{zsh_text(o.summary)}]{value}'"


def zsh(options):
    lines = ["#compdef leadline", f"# {HEAD}", "", "local -a specs", "specs=("]
    lines += [zsh_spec(o, name) for o in options for name in o.names]
    return "\n".join(lines + [")", '_arguments -S $specs "*:target:_hosts"', ""])


def fish_value(o):
    if o.arg != "required":
        return ""
    kinds = [FISH_VALUES[v] for v in o.values if v in FISH_VALUES]
    return kinds[0] if kinds else f" -x -a '{' '.join(o.values)}'" if o.values else " -x"


def fish_spec(o, name):
    bare = name.lstrip("-")
    kind = "-l" if name.startswith("--") else "-s" if len(bare) == 1 else "-o"
    text = o.summary.replace("\\", "\\\\").replace("'", "\\'")
    return f"complete -c leadline {kind} {bare}{fish_value(o)} -d '{text}'"


def fish(options):
    lines = [f"# {HEAD}", "complete -c leadline -f -a '(__fish_print_hostnames)'"]
    return "\n".join(lines + [fish_spec(o, name) for o in options for name in o.names] + [""])


def make_completion(options, shell):
    makers = {"bash": bash, "zsh": zsh, "fish": fish}
    if shell not in makers:
        raise SystemExit(f"tools/options completion: {' or '.join(makers)}")
    return makers[shell](shown(options))
