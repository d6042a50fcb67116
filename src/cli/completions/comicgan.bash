# bash completion for comicgan. Everything comes from the program: comicgan COMMAND --print-options
# has a line for each option (name, letter, what its value is, words, help), separated by tabs.
_comicgan() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} program=$1 rows kind words
    local command=("${COMP_WORDS[1]}")
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ] || { [ "$COMP_CWORD" -eq 2 ] && [ "$before" = help ]; }; then
        mapfile -t COMPREPLY < <(compgen -W "$("$program" --print-options 2>/dev/null |
            awk -F'\t' '{ print ($3 == "command" ? "" : "--") $1 }')" -- "$word")
        return
    fi
    [[ "${COMP_WORDS[*]}" != *' --model vector'* ]] || command+=(--model vector)
    rows=$("$program" "${command[@]}" --print-options 2>/dev/null)
    IFS=$'\t' read -r kind words < <(awk -F'\t' -v option="$before" \
        'option == "--" $1 || option == "-" $2 { print $3 "\t" $4 }' <<<"$rows")
    if [ "$before" = --style ] || [ "$before" = -s ]; then
        words=$("$program" styles 2>/dev/null | awk '{ print $1 }') kind=word
    fi
    case $kind in
    word) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word") ;;
    folder) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    value) ;;
    *)
        if [[ $word == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$(awk -F'\t' '{ print "--" $1 }' <<<"$rows")" -- "$word")
        else
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
        fi
        ;;
    esac
}
complete -o filenames -F _comicgan comicgan
