// The completion scripts. All they know is how their shell tells the words up to the cursor and takes offers;
// what may stand there `percpumap __complete` says (complete.h).
#pragma once

#include <string_view>

namespace percpumap {

inline constexpr std::string_view kBash = R"(
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
)";

inline constexpr std::string_view kZsh = R"(
_percpumap() {
  local quote=${compstate[quote]} offer nothing=1
  local -a lines offers space
  # (Q) takes quotes off and expands nothing; one that is open is closed for it.
  lines=("${(@f)$(command percpumap __complete words "${(@Q)words[2,CURRENT-1]}" \
    "${(Q)${:-$quote$PREFIX$quote}}" 2>/dev/null)}")
  for offer in $lines[2,-1]; do
    offer=${${offer//\\/\\\\}//:/\\:}
    offers+=("${offer/$'\t'/:}")
  done
  [[ $lines[1] == *nospace* ]] && space=(-S '')
  (( $#offers )) && _describe percpumap offers "$space[@]" && nothing=0
  if (( nothing )) && [[ $lines[1] == *files* ]]; then
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    _files && nothing=0
  fi
  return nothing
}

# Called by the completion system when it is in $fpath; defines itself when it is sourced.
if [[ $funcstack[1] == _percpumap ]]; then
  _percpumap "$@"
else
  compdef _percpumap percpumap
fi
)";

inline constexpr std::string_view kFish = R"(
function __percpumap_offers
    set -l words (commandline -opc)
    set -l raw (commandline -ct)
    # Without its quotes; one that is open is closed first.
    set -l typed (string unescape -- $raw; or string unescape -- $raw\'; or string unescape -- $raw\")
    set -l lines (command percpumap __complete words $words[2..] "$typed" 2>/dev/null)
    printf '%s\n' $lines[2..]
    test (count $lines) -lt 2; and string match -q '*files*' -- $lines[1]; and complete -C "'' $raw"
end

complete -c percpumap -f -a '(__percpumap_offers)'
)";

}  // namespace percpumap
