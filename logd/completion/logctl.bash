# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Completion of logctl for bash: logctl itself knows what can come next.

_logctl() {
  local word
  COMPREPLY=()
  while IFS=$'\t' read -r word _; do
    case $word in
      :file)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$2")
        ;;
      :folder)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -d -- "$2")
        ;;
      *) COMPREPLY+=("$word") ;;
    esac
  done < <("$1" complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _logctl logctl
