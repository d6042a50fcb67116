# fish completion for comicgan. Everything comes from the program: comicgan COMMAND --print-options
# has a line for each option (name, letter, what its value is, words, help), separated by tabs.
function __comicgan_options
    set -l command (commandline -opc)
    set -l words $command[2]
    test "$words" = help; and set words
    string match -q -- '* --model vector*' "$command"; and set -a words --model vector
    comicgan $words --print-options 2>/dev/null | while read -d \t name letter kind values help
        if test "$kind" = command
            printf '%s\t%s\n' $name $help
        else
            printf '%s\t%s\n' --$name $help
            test "$letter" = -; or printf '%s\t%s\n' -$letter $help
        end
    end
end
function __comicgan_values
    set -l command (commandline -opc)
    comicgan $command[2] --print-options 2>/dev/null | while read -d \t name letter kind values help
        contains -- $command[-1] --$name -$letter; and string split ' ' -- $values
    end
end
complete -c comicgan -n 'set -l words (commandline -opc); test (count $words) -eq 1; or test "$words[2..]" = help' -f -a '(__comicgan_options)'
complete -c comicgan -n 'string match -q -- "-*" (commandline -ct)' -f -a '(__comicgan_options)'
complete -c comicgan -n 'contains -- (commandline -opc)[-1] --format --model --objective --optimizer --schedule --augment' -f -a '(__comicgan_values)'
complete -c comicgan -n 'contains -- (commandline -opc)[-1] --style -s' -f -a "(comicgan styles | string replace -r '\s+' \t)"
