# SPDX-License-Identifier: MIT
#
# Completion of logctl for fish: logctl itself knows what can come next.

function __logctl_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] complete $words[2..-1] 2>/dev/null)
        switch $line
            case ':file*'
                __fish_complete_path (commandline -ct)
            case ':folder*'
                __fish_complete_directories (commandline -ct)
            case '*'
                echo $line
        end
    end
end
complete -c logctl -f -a '(__logctl_complete)'
