# bash completion for percpumap(8), as 'percpumap completion bash' prints it.
_percpumap_commands='list show create dump batch-dump lookup getnext update add zero delete pop import clear freeze pin unpin helper stats feature sim completion'
_percpumap_globals='--backend -b --output -o --json -j --pretty -p --u64 --dry-run -n --color --bpffs -f --verbose -v --quiet -q --version -V --help -h'

typeset -gA _percpumap_options=(
  [list]='--count'
  [show]='--count'
  [create]='--force'
  [dump]='--key-type --value-type --show --raw --cpu --agg --sum --per-cpu --no-per-cpu --filter --sort --top --limit --human --long --engine --jobs'
  [batch-dump]='--key-type --value-type --show --raw --cpu --agg --sum --per-cpu --no-per-cpu --filter --limit --human --long --batch-size --max-entries --delete --rescue'
  [lookup]='--key-type --value-type --show --raw --cpu --agg --sum --per-cpu --no-per-cpu --human'
  [getnext]='--key-type --show'
  [update]='--key-type --value-type --show --racy'
  [add]='--key-type --value-type --show --racy'
  [zero]='--key-type --value-type --show --raw --cpu --agg --sum --per-cpu --no-per-cpu --human --long --racy --rescue'
  [delete]='--key-type --show'
  [pop]='--key-type --value-type --show --raw --cpu --agg --sum --per-cpu --no-per-cpu --human'
  [import]='--key-type --value-type --show --raw --cpu --racy --missing-cpu --from'
  [clear]=''
  [freeze]=''
  [pin]=''
  [unpin]=''
  [helper]='--cpu --key-type --value-type --show --raw --human --long --limit'
  [stats]='--key-type --value-type --show --raw --cpu --filter --field --top --human --engine --count'
  [feature]=''
  [sim]='--cpus --online --kernel --caps'
  [completion]=''
)

typeset -gA _percpumap_formats=(
  [list]='table json pretty ndjson csv'
  [show]='table json pretty ndjson csv'
  [create]='table json pretty ndjson csv'
  [dump]='table json pretty ndjson csv bpftool bpftool-json'
  [batch-dump]='table json pretty ndjson csv bpftool bpftool-json'
  [lookup]='table json pretty ndjson csv bpftool bpftool-json'
  [getnext]='table json pretty ndjson csv'
  [update]='table json pretty ndjson csv'
  [add]='table json pretty ndjson csv'
  [zero]='table json pretty ndjson csv bpftool bpftool-json'
  [delete]='table json pretty ndjson csv'
  [pop]='table json pretty ndjson csv bpftool bpftool-json'
  [import]='table json pretty ndjson csv'
  [clear]='table json pretty ndjson csv'
  [freeze]='table json pretty ndjson csv'
  [pin]='table json pretty ndjson csv'
  [unpin]='table json pretty ndjson csv'
  [helper]='table json pretty ndjson csv'
  [stats]='table json pretty ndjson csv'
  [feature]='table json pretty ndjson csv'
  [sim]='table json pretty ndjson csv'
  [completion]='table'
)

typeset -gA _percpumap_arguments=(
  [--backend]='syscall sim sim:'
  [-b]='syscall sim sim:'
  [--output]='table json pretty ndjson csv bpftool bpftool-json'
  [-o]='table json pretty ndjson csv bpftool bpftool-json'
  [--u64]='number string'
  [--color]='auto always never'
  [--key-type]=''
  [--value-type]=''
  [--show]=''
  [--cpu]='all online'
  [--agg]='sum min max avg'
  [--filter]=''
  [--sort]=''
  [--top]=''
  [--field]=''
  [--limit]=''
  [--engine]='auto batch walk'
  [--jobs]=''
  [--batch-size]=''
  [--max-entries]=''
  [--rescue]=''
  [--missing-cpu]='error zero'
  [--from]='ndjson json csv bpftool-json'
  [--cpus]=''
  [--online]=''
  [--kernel]=''
  [--caps]='none bpf all'
)

typeset -gA _percpumap_places=(
  [DATA]='hex'
  [CPUS]='all online'
  [F]='no_prealloc numa_node rdonly wronly zero_seed rdonly_prog wronly_prog'
)

# What may come next in each state of a command, and the state after it; capitals are places.
typeset -gA _percpumap_steps=(
  [show.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [show.1]='N=5'
  [show.2]='NAME=5'
  [show.3]='PATH=5'
  [show.4]='N=5'
  [create.0]='PATH=1'
  [create.1]='type=2 key=3 value=4 entries=5 name=6 flags=7 numa_node=8'
  [create.2]='percpu_hash=1'
  [create.3]='K=1'
  [create.4]='V=1'
  [create.5]='N=1'
  [create.6]='NAME=1'
  [create.7]='F=1'
  [create.8]='-1=1'
  [dump.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [dump.1]='N=5'
  [dump.2]='NAME=5'
  [dump.3]='PATH=5'
  [dump.4]='N=5'
  [batch-dump.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [batch-dump.1]='N=5'
  [batch-dump.2]='NAME=5'
  [batch-dump.3]='PATH=5'
  [batch-dump.4]='N=5'
  [lookup.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [lookup.1]='N=5'
  [lookup.2]='NAME=5'
  [lookup.3]='PATH=5'
  [lookup.4]='N=5'
  [lookup.5]='key=6'
  [lookup.6]='DATA=7'
  [lookup.7]='BYTE=7'
  [getnext.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [getnext.1]='N=5'
  [getnext.2]='NAME=5'
  [getnext.3]='PATH=5'
  [getnext.4]='N=5'
  [getnext.5]='key=6'
  [getnext.6]='DATA=7'
  [getnext.7]='BYTE=7'
  [update.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [update.1]='N=5'
  [update.2]='NAME=5'
  [update.3]='PATH=5'
  [update.4]='N=5'
  [update.5]='key=6'
  [update.6]='DATA=7'
  [update.7]='value=8 values=9 cpu=10 BYTE=7'
  [update.8]='DATA=11'
  [update.9]='JSON=12'
  [update.10]='CPUS=13'
  [update.11]='any=14 exist=14 noexist=14 BYTE=11'
  [update.12]='any=14 exist=14 noexist=14'
  [update.13]='value=15'
  [update.15]='DATA=16'
  [update.16]='cpu=17 any=14 exist=14 noexist=14 BYTE=16'
  [update.17]='CPUS=18'
  [update.18]='value=19'
  [update.19]='DATA=20'
  [update.20]='cpu=17 any=14 exist=14 noexist=14 BYTE=20'
  [add.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [add.1]='N=5'
  [add.2]='NAME=5'
  [add.3]='PATH=5'
  [add.4]='N=5'
  [add.5]='key=6'
  [add.6]='DATA=7'
  [add.7]='cpu=8 value=9 BYTE=7'
  [add.8]='CPUS=10'
  [add.9]='DATA=11'
  [add.10]='value=9'
  [add.11]='BYTE=11'
  [zero.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [zero.1]='N=5'
  [zero.2]='NAME=5'
  [zero.3]='PATH=5'
  [zero.4]='N=5'
  [zero.5]='key=6'
  [zero.6]='DATA=7'
  [zero.7]='BYTE=7'
  [delete.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [delete.1]='N=5'
  [delete.2]='NAME=5'
  [delete.3]='PATH=5'
  [delete.4]='N=5'
  [delete.5]='key=6'
  [delete.6]='DATA=7'
  [delete.7]='key=8 BYTE=7'
  [delete.8]='DATA=9'
  [delete.9]='key=8 BYTE=9'
  [pop.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [pop.1]='N=5'
  [pop.2]='NAME=5'
  [pop.3]='PATH=5'
  [pop.4]='N=5'
  [pop.5]='key=6'
  [pop.6]='DATA=7'
  [pop.7]='BYTE=7'
  [import.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [import.1]='N=5'
  [import.2]='NAME=5'
  [import.3]='PATH=5'
  [import.4]='N=5'
  [import.5]='any=7 exist=7 noexist=7 FILE=6'
  [import.6]='any=7 exist=7 noexist=7'
  [clear.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [clear.1]='N=5'
  [clear.2]='NAME=5'
  [clear.3]='PATH=5'
  [clear.4]='N=5'
  [freeze.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [freeze.1]='N=5'
  [freeze.2]='NAME=5'
  [freeze.3]='PATH=5'
  [freeze.4]='N=5'
  [pin.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [pin.1]='N=5'
  [pin.2]='NAME=5'
  [pin.3]='PATH=5'
  [pin.4]='N=5'
  [pin.5]='PATH=6'
  [unpin.0]='PATH=1'
  [helper.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [helper.1]='N=5'
  [helper.2]='NAME=5'
  [helper.3]='PATH=5'
  [helper.4]='N=5'
  [helper.5]='lookup=6 update=7 delete=8 for-each=9 lookup-percpu=10'
  [helper.6]='key=11'
  [helper.7]='key=12'
  [helper.8]='key=13'
  [helper.9]='flags=14'
  [helper.10]='key=15'
  [helper.11]='DATA=16'
  [helper.12]='DATA=17'
  [helper.13]='DATA=18'
  [helper.14]='N=19'
  [helper.15]='DATA=20'
  [helper.16]='BYTE=16'
  [helper.17]='value=21 BYTE=17'
  [helper.18]='BYTE=18'
  [helper.20]='of=22 BYTE=20'
  [helper.21]='DATA=23'
  [helper.22]='M=19'
  [helper.23]='any=19 exist=19 noexist=19 flags=24 BYTE=23'
  [helper.24]='N=19'
  [stats.0]='id=1 name=2 pinned=3 fd=4 MAP=5'
  [stats.1]='N=5'
  [stats.2]='NAME=5'
  [stats.3]='PATH=5'
  [stats.4]='N=5'
  [sim.0]='init=1 show=1 reset=1'
  [completion.0]='bash=1 zsh=1 fish=1'
)

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
      [[ $word =~ ^-[^-bo]*[bo]$ ]] && word=-${word: -1}
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
