#!/bin/bash
# What the bash completion offers, word by word. usage: completion_test.sh FILE
set -u
source "$1" || exit 1
failed=0

offers() { # words typed, what must be among the offers ("" = none at all)
    local typed=$1 wanted=$2
    read -ra COMP_WORDS <<<"$typed"
    [[ $typed == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _leadline 2>/dev/null
    if [[ -n $wanted && " ${COMPREPLY[*]} " == *" $wanted "* ]] || [[ -z $wanted && ${#COMPREPLY[@]} -eq 0 ]]; then
        echo "PASS offers $typed"
    else
        echo "FAIL offers $typed: ${COMPREPLY[*]}"
        failed=1
    fi
}

cd "$(mktemp -d)" || exit 1
touch targets.txt
offers "leadline --exclude" "--excludefile"
offers "leadline -s" "-sT"
offers "leadline -iL tar" "targets.txt"
offers "leadline -oX tar" "targets.txt"
offers "leadline -T pol" "polite"
offers "leadline -e l" "lo"
offers "leadline -p " ""
offers "leadline --no-such" ""
rm -f targets.txt
rmdir "$PWD"
exit $failed
