// What the completion scripts are made of besides tables. LETTERS stands for the letters of the options that
// take an argument.
#pragma once

#include <string_view>

namespace percpumap {

// Of bash and zsh: what the words before the cursor mean, and what may come next.
inline constexpr std::string_view kReader = R"(
# Reads the words before the cursor. Sets option (it waits for its argument), command, state, ended (by --).
_percpumap_read() {
  [[ -n ${ZSH_VERSION-} ]] && emulate -L ksh
  local word step first=1
  for word; do
    if [[ -n $option ]]; then
      option=
    elif [[ -z $ended && $word == -- ]]; then
      ended=1
    elif [[ -z $ended && $word == -[-a-zA-Z]* ]]; then
      [[ $word =~ ^-[^-LETTERS]*[LETTERS]$ ]] && word=-${word: -1}
      [[ -n ${_percpumap_arguments[$word]+set} ]] && option=$word
    elif [[ -z $command ]]; then
      [[ -n $first && $word == map ]] || command=$word state=$word.0
      first=
    else
      for step in ${_percpumap_steps[$state]-} none=none; do
        [[ ${step%=*} == "$word" || ${step%=*} == [A-Z]* ]] && break
      done
      state=$command.${step#*=}
    fi
  done
}

# What the word $1 under the cursor can be. Sets candidates, files (they, too) and list (with commas).
_percpumap_find() {
  [[ -n ${ZSH_VERSION-} ]] && emulate -L ksh
  local step label
  [[ -z $ended && -z $option && $1 == --*=* ]] && option=${1%%=*}
  if [[ -n $option ]]; then
    candidates=${_percpumap_arguments[$option]-}
    if [[ -n $command && ( $option == -o || $option == --output ) ]]; then
      candidates=${_percpumap_formats[$command]-}
    fi
  elif [[ -z $ended && $1 == -* ]]; then
    candidates=$_percpumap_globals
    [[ -n $command ]] && candidates+=" ${_percpumap_options[$command]-}"
  elif [[ -z $command ]]; then
    candidates=$_percpumap_commands
  else
    for step in ${_percpumap_steps[$state]-}; do
      label=${step%=*}
      case $label in
        PATH | FILE) files=1 ;;
        MAP) [[ $1 == */* ]] && files=1 ;;
        F) list=1 candidates+=" ${_percpumap_places[F]}" ;;
        [A-Z]*) candidates+=" ${_percpumap_places[$label]-}" ;;
        *) candidates+=" $label" ;;
      esac
    done
  fi
}
)";

inline constexpr std::string_view kBash = R"(
_percpumap() {
  # Readline splits words at = and :, so they are put together again where no space is between them.
  local -a line=()
  local i word rest=${COMP_LINE-}
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $i -gt 0 && -n ${COMP_LINE-} && $rest != [[:space:]]* ]]; then
      line[-1]+=$word
    else
      line+=("$word")
    fi
    rest=${rest#"${rest%%[![:space:]]*}"}
    rest=${rest#"$word"}
  done

  local option= command= state= ended= candidates= files= list=
  local current=${line[-1]} typed=${COMP_WORDS[COMP_CWORD]} prefix=
  _percpumap_read "${line[@]:1:${#line[@]}-2}"
  _percpumap_find "$current"
  [[ $typed == [=:] ]] && typed=
  [[ -n $option && $current == --*=* ]] && prefix=${current%%=*}=
  [[ -n $list && $current == *,* ]] && prefix=${current%,*},
  COMPREPLY=($(compgen -P "$prefix" -W "$candidates" -- "${current#"$prefix"}"))
  COMPREPLY=("${COMPREPLY[@]#"${current%"$typed"}"}")
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    local IFS=$'\n'
    COMPREPLY+=($(compgen -f -- "$current"))
  fi
}
complete -F _percpumap percpumap
)";

inline constexpr std::string_view kZsh = R"(
_percpumap() {
  local option= command= state= ended= candidates= files= list= word
  local -a described kind
  _percpumap_read "${(@)words[2,CURRENT-1]}"
  _percpumap_find "$PREFIX"
  [[ -z $option && -z $ended && $PREFIX == -* ]] && kind=(-o)
  [[ -n $option && $PREFIX == --*=* ]] && compset -P '*='
  [[ -n $list ]] && compset -P '*,'
  for word in ${=candidates}; do
    described+=("${word//:/\\:}${_percpumap_help[$word]:+:${_percpumap_help[$word]}}")
  done
  local nothing=1
  (( $#described )) && _describe $kind 'percpumap' described && nothing=0
  [[ -n $files ]] && _files && nothing=0
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
# The command before the cursor, and its state. Nothing if there is none yet.
function __percpumap_state
    set -l option
    set -l command
    set -l ended
    set -l first 1
    set -l state 0
    for word in (commandline -opc)[2..]
        if set -q option[1]
            set -e option
        else if not set -q ended[1]; and test "$word" = --
            set ended 1
        else if not set -q ended[1]; and string match -qr '^-[-a-zA-Z]' -- $word
            if contains -- $word $__percpumap_arguments; or string match -qr '^-[^-LETTERS]*[LETTERS]$' -- $word
                set option $word
            end
        else if not set -q command[1]
            if test "$first$word" != 1map
                set command $word
            end
            set first 0
        else
            set -l next none
            for step in (__percpumap_steps $command.$state)
                set -l parts (string split = -- $step)
                if test "$parts[1]" = "$word"; or string match -qr '^[A-Z]' -- $parts[1]
                    set next $parts[2]
                    break
                end
            end
            set state $next
        end
    end
    set -q command[1]; and printf '%s\n' $command $state
end

function __percpumap_in
    set -l at (__percpumap_state)
    contains -- "$at[1]" $argv
end

# What may come next, without the numbers of the states.
function __percpumap_labels
    set -l at (__percpumap_state)
    set -q at[1]; and __percpumap_steps $at[1].$at[2] | string replace -r '=[0-9]+$' ''
end

function __percpumap_words
    set -l at (__percpumap_state)
    if not set -q at[1]
        __percpumap_commands
        return
    end
    for label in (__percpumap_labels)
        if test $label = F
            set -l done (string match -r '^.*,' -- (commandline -ct); or echo '')
            printf '%s\n' $done(__percpumap_place F)
        else if string match -qr '^[A-Z]' -- $label
            __percpumap_place $label
        else
            echo $label
        end
    end
end

function __percpumap_files
    set -l labels (__percpumap_labels)
    contains PATH $labels; or contains FILE $labels; and return
    contains MAP $labels; and string match -q '*/*' -- (commandline -ct)
end

complete -c percpumap -f -a '(__percpumap_words)'
complete -c percpumap -n __percpumap_files -F
)";

}  // namespace percpumap
