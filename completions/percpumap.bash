# bash completion for percpumap(8), as 'percpumap completion bash' prints it.

_percpumap() {
  local marks offer
  COMPREPLY=()
  {
    IFS= read -r marks
    while IFS= read -r offer; do
      COMPREPLY+=("${offer%%$'\t'*}")
    done
  } < <(command percpumap __complete bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
  [[ $marks == *nospace* ]] && compopt -o nospace
  # Files are readline's affair: it knows how to quote them.
  [[ $marks == *files* && ${#COMPREPLY[@]} -eq 0 ]] && compopt -o default
  return 0
}
complete -F _percpumap percpumap
