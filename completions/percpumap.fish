# fish completion for percpumap(8), as 'percpumap completion fish' prints it.
set -g __percpumap_arguments --backend --output --u64 --color --key-type --value-type --show --cpu --agg --filter --sort --top --field --limit --engine --jobs --batch-size --max-entries --rescue --missing-cpu --from --cpus --online --kernel --caps

function __percpumap_commands
    printf '%s\t%s\n' list 'every per-CPU hash map'
    printf '%s\t%s\n' show 'one map in full'
    printf '%s\t%s\n' create 'make a map and pin it at PATH'
    printf '%s\t%s\n' dump 'every entry of a map'
    printf '%s\t%s\n' batch-dump 'every entry, the batch commands in the open'
    printf '%s\t%s\n' lookup 'one entry, all CPUs'
    printf '%s\t%s\n' getnext 'the key after this one, or the first'
    printf '%s\t%s\n' update 'write an entry: on every CPU, one value per CPU, or only some CPUs'
    printf '%s\t%s\n' add 'add to counters while programs count there'
    printf '%s\t%s\n' zero 'set counters to 0 and print what they held, while programs count there'
    printf '%s\t%s\n' delete 'remove entries'
    printf '%s\t%s\n' pop 'print an entry and remove it, in one step'
    printf '%s\t%s\n' import 'write entries as dump prints them (ndjson, json, csv, bpftool-json)'
    printf '%s\t%s\n' clear 'remove every entry'
    printf '%s\t%s\n' freeze 'no more changes by system call, for ever'
    printf '%s\t%s\n' pin 'give a map another path'
    printf '%s\t%s\n' unpin 'remove a pin of a map'
    printf '%s\t%s\n' helper 'call a BPF helper from a program on one CPU, --cpu N'
    printf '%s\t%s\n' stats 'entries, fill, memory, and the numbers of the values: totals, CPUs, keys, histograms'
    printf '%s\t%s\n' feature 'what the kernel lets this user do with such maps, and why the rest is missing'
    printf '%s\t%s\n' sim 'the simulated machine: its CPUs, kernel and rights'
    printf '%s\t%s\n' completion 'print the completion script of a shell'
end

function __percpumap_formats
    switch "$argv[1]"
        case list
            printf '%s\n' table json pretty ndjson csv
        case show
            printf '%s\n' table json pretty ndjson csv
        case create
            printf '%s\n' table json pretty ndjson csv
        case dump
            printf '%s\n' table json pretty ndjson csv bpftool bpftool-json
        case batch-dump
            printf '%s\n' table json pretty ndjson csv bpftool bpftool-json
        case lookup
            printf '%s\n' table json pretty ndjson csv bpftool bpftool-json
        case getnext
            printf '%s\n' table json pretty ndjson csv
        case update
            printf '%s\n' table json pretty ndjson csv
        case add
            printf '%s\n' table json pretty ndjson csv
        case zero
            printf '%s\n' table json pretty ndjson csv bpftool bpftool-json
        case delete
            printf '%s\n' table json pretty ndjson csv
        case pop
            printf '%s\n' table json pretty ndjson csv bpftool bpftool-json
        case import
            printf '%s\n' table json pretty ndjson csv
        case clear
            printf '%s\n' table json pretty ndjson csv
        case freeze
            printf '%s\n' table json pretty ndjson csv
        case pin
            printf '%s\n' table json pretty ndjson csv
        case unpin
            printf '%s\n' table json pretty ndjson csv
        case helper
            printf '%s\n' table json pretty ndjson csv
        case stats
            printf '%s\n' table json pretty ndjson csv
        case feature
            printf '%s\n' table json pretty ndjson csv
        case sim
            printf '%s\n' table json pretty ndjson csv
        case completion
            printf '%s\n' table
        case '*'
            printf '%s\n' table json pretty ndjson csv bpftool bpftool-json
    end
end

function __percpumap_place
    switch "$argv[1]"
        case DATA
            printf '%s\n' hex
        case CPUS
            printf '%s\n' all online
        case F
            printf '%s\n' no_prealloc numa_node rdonly wronly zero_seed rdonly_prog wronly_prog
    end
end

# What may come next in each state of a command, and the state after it; capitals are places.
function __percpumap_steps
    switch "$argv[1]"
        case show.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case show.1
            printf '%s\n' N=5
        case show.2
            printf '%s\n' NAME=5
        case show.3
            printf '%s\n' PATH=5
        case show.4
            printf '%s\n' N=5
        case create.0
            printf '%s\n' PATH=1
        case create.1
            printf '%s\n' type=2 key=3 value=4 entries=5 name=6 flags=7 numa_node=8
        case create.2
            printf '%s\n' percpu_hash=1
        case create.3
            printf '%s\n' K=1
        case create.4
            printf '%s\n' V=1
        case create.5
            printf '%s\n' N=1
        case create.6
            printf '%s\n' NAME=1
        case create.7
            printf '%s\n' F=1
        case create.8
            printf '%s\n' -1=1
        case dump.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case dump.1
            printf '%s\n' N=5
        case dump.2
            printf '%s\n' NAME=5
        case dump.3
            printf '%s\n' PATH=5
        case dump.4
            printf '%s\n' N=5
        case batch-dump.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case batch-dump.1
            printf '%s\n' N=5
        case batch-dump.2
            printf '%s\n' NAME=5
        case batch-dump.3
            printf '%s\n' PATH=5
        case batch-dump.4
            printf '%s\n' N=5
        case lookup.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case lookup.1
            printf '%s\n' N=5
        case lookup.2
            printf '%s\n' NAME=5
        case lookup.3
            printf '%s\n' PATH=5
        case lookup.4
            printf '%s\n' N=5
        case lookup.5
            printf '%s\n' key=6
        case lookup.6
            printf '%s\n' DATA=7
        case lookup.7
            printf '%s\n' BYTE=7
        case getnext.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case getnext.1
            printf '%s\n' N=5
        case getnext.2
            printf '%s\n' NAME=5
        case getnext.3
            printf '%s\n' PATH=5
        case getnext.4
            printf '%s\n' N=5
        case getnext.5
            printf '%s\n' key=6
        case getnext.6
            printf '%s\n' DATA=7
        case getnext.7
            printf '%s\n' BYTE=7
        case update.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case update.1
            printf '%s\n' N=5
        case update.2
            printf '%s\n' NAME=5
        case update.3
            printf '%s\n' PATH=5
        case update.4
            printf '%s\n' N=5
        case update.5
            printf '%s\n' key=6
        case update.6
            printf '%s\n' DATA=7
        case update.7
            printf '%s\n' value=8 values=9 cpu=10 BYTE=7
        case update.8
            printf '%s\n' DATA=11
        case update.9
            printf '%s\n' JSON=12
        case update.10
            printf '%s\n' CPUS=13
        case update.11
            printf '%s\n' any=14 exist=14 noexist=14 BYTE=11
        case update.12
            printf '%s\n' any=14 exist=14 noexist=14
        case update.13
            printf '%s\n' value=15
        case update.15
            printf '%s\n' DATA=16
        case update.16
            printf '%s\n' cpu=17 any=14 exist=14 noexist=14 BYTE=16
        case update.17
            printf '%s\n' CPUS=18
        case update.18
            printf '%s\n' value=19
        case update.19
            printf '%s\n' DATA=20
        case update.20
            printf '%s\n' cpu=17 any=14 exist=14 noexist=14 BYTE=20
        case add.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case add.1
            printf '%s\n' N=5
        case add.2
            printf '%s\n' NAME=5
        case add.3
            printf '%s\n' PATH=5
        case add.4
            printf '%s\n' N=5
        case add.5
            printf '%s\n' key=6
        case add.6
            printf '%s\n' DATA=7
        case add.7
            printf '%s\n' cpu=8 value=9 BYTE=7
        case add.8
            printf '%s\n' CPUS=10
        case add.9
            printf '%s\n' DATA=11
        case add.10
            printf '%s\n' value=9
        case add.11
            printf '%s\n' BYTE=11
        case zero.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case zero.1
            printf '%s\n' N=5
        case zero.2
            printf '%s\n' NAME=5
        case zero.3
            printf '%s\n' PATH=5
        case zero.4
            printf '%s\n' N=5
        case zero.5
            printf '%s\n' key=6
        case zero.6
            printf '%s\n' DATA=7
        case zero.7
            printf '%s\n' BYTE=7
        case delete.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case delete.1
            printf '%s\n' N=5
        case delete.2
            printf '%s\n' NAME=5
        case delete.3
            printf '%s\n' PATH=5
        case delete.4
            printf '%s\n' N=5
        case delete.5
            printf '%s\n' key=6
        case delete.6
            printf '%s\n' DATA=7
        case delete.7
            printf '%s\n' key=8 BYTE=7
        case delete.8
            printf '%s\n' DATA=9
        case delete.9
            printf '%s\n' key=8 BYTE=9
        case pop.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case pop.1
            printf '%s\n' N=5
        case pop.2
            printf '%s\n' NAME=5
        case pop.3
            printf '%s\n' PATH=5
        case pop.4
            printf '%s\n' N=5
        case pop.5
            printf '%s\n' key=6
        case pop.6
            printf '%s\n' DATA=7
        case pop.7
            printf '%s\n' BYTE=7
        case import.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case import.1
            printf '%s\n' N=5
        case import.2
            printf '%s\n' NAME=5
        case import.3
            printf '%s\n' PATH=5
        case import.4
            printf '%s\n' N=5
        case import.5
            printf '%s\n' any=7 exist=7 noexist=7 FILE=6
        case import.6
            printf '%s\n' any=7 exist=7 noexist=7
        case clear.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case clear.1
            printf '%s\n' N=5
        case clear.2
            printf '%s\n' NAME=5
        case clear.3
            printf '%s\n' PATH=5
        case clear.4
            printf '%s\n' N=5
        case freeze.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case freeze.1
            printf '%s\n' N=5
        case freeze.2
            printf '%s\n' NAME=5
        case freeze.3
            printf '%s\n' PATH=5
        case freeze.4
            printf '%s\n' N=5
        case pin.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case pin.1
            printf '%s\n' N=5
        case pin.2
            printf '%s\n' NAME=5
        case pin.3
            printf '%s\n' PATH=5
        case pin.4
            printf '%s\n' N=5
        case pin.5
            printf '%s\n' PATH=6
        case unpin.0
            printf '%s\n' PATH=1
        case helper.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case helper.1
            printf '%s\n' N=5
        case helper.2
            printf '%s\n' NAME=5
        case helper.3
            printf '%s\n' PATH=5
        case helper.4
            printf '%s\n' N=5
        case helper.5
            printf '%s\n' lookup=6 update=7 delete=8 for-each=9 lookup-percpu=10
        case helper.6
            printf '%s\n' key=11
        case helper.7
            printf '%s\n' key=12
        case helper.8
            printf '%s\n' key=13
        case helper.9
            printf '%s\n' flags=14
        case helper.10
            printf '%s\n' key=15
        case helper.11
            printf '%s\n' DATA=16
        case helper.12
            printf '%s\n' DATA=17
        case helper.13
            printf '%s\n' DATA=18
        case helper.14
            printf '%s\n' N=19
        case helper.15
            printf '%s\n' DATA=20
        case helper.16
            printf '%s\n' BYTE=16
        case helper.17
            printf '%s\n' value=21 BYTE=17
        case helper.18
            printf '%s\n' BYTE=18
        case helper.20
            printf '%s\n' of=22 BYTE=20
        case helper.21
            printf '%s\n' DATA=23
        case helper.22
            printf '%s\n' M=19
        case helper.23
            printf '%s\n' any=19 exist=19 noexist=19 flags=24 BYTE=23
        case helper.24
            printf '%s\n' N=19
        case stats.0
            printf '%s\n' id=1 name=2 pinned=3 fd=4 MAP=5
        case stats.1
            printf '%s\n' N=5
        case stats.2
            printf '%s\n' NAME=5
        case stats.3
            printf '%s\n' PATH=5
        case stats.4
            printf '%s\n' N=5
        case sim.0
            printf '%s\n' init=1 show=1 reset=1
        case completion.0
            printf '%s\n' bash=1 zsh=1 fish=1
    end
end

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
            if contains -- $word $__percpumap_arguments; or string match -qr '^-[^-bo]*[bo]$' -- $word
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
complete -c percpumap -l backend -s b -x -a 'syscall sim sim:' -d 'syscall (the real kernel, default), sim or sim:DIR (a simulated one); or $PERCPUMAP_BACKEND'
complete -c percpumap -l output -s o -x -a '(__percpumap_formats (__percpumap_state))' -d 'how to print'
complete -c percpumap -l json -s j -d 'compact JSON'
complete -c percpumap -l pretty -s p -d 'indented JSON'
complete -c percpumap -l u64 -x -a 'number string' -d 'every 64-bit field in JSON as a number or as a string'
complete -c percpumap -l dry-run -s n -d 'say what would be done to which map, and do nothing'
complete -c percpumap -l color -x -a 'auto always never' -d 'bold titles: on a terminal (auto), always or never'
complete -c percpumap -l bpffs -s f -d 'show every pinned path of each map'
complete -c percpumap -l verbose -s v -d 'say on stderr what is done; twice: each system call\'s answer'
complete -c percpumap -l quiet -s q -d 'only errors on stderr'
complete -c percpumap -l version -s V -d 'print the version'
complete -c percpumap -l help -s h -d 'print this help'
complete -c percpumap -n '__percpumap_in dump batch-dump lookup getnext update add zero delete pop import helper stats' -l key-type -x -d 'what a key is, whatever its BTF says: u32, ipv4, char[16], {saddr:ipv4,dport:be16}, hex'
complete -c percpumap -n '__percpumap_in dump batch-dump lookup update add zero pop import helper stats' -l value-type -x -d 'what each CPU\'s value is'
complete -c percpumap -n '__percpumap_in dump batch-dump lookup getnext update add zero delete pop import helper stats' -l show -x -d 'show fields as ipv4, ipv6, mac, comm, ifname, dec; in tables also hex, ns'
complete -c percpumap -n '__percpumap_in dump batch-dump lookup zero pop import helper stats' -l raw -d 'bytes, whatever the types'
complete -c percpumap -n '__percpumap_in dump batch-dump lookup zero pop import helper stats' -l cpu -x -a 'all online' -d 'only these CPUs: 3, 0-3,8, all, online'
complete -c percpumap -n '__percpumap_in dump batch-dump lookup zero pop' -l agg -x -a 'sum min max avg' -d 'also the sum, the least, the greatest or the average over the CPUs'
complete -c percpumap -n '__percpumap_in dump batch-dump lookup zero pop' -l sum -d 'the same as --agg sum'
complete -c percpumap -n '__percpumap_in dump batch-dump lookup zero pop' -l per-cpu -d 'each CPU\'s value (default), or only the aggregate'
complete -c percpumap -n '__percpumap_in dump batch-dump lookup zero pop' -l no-per-cpu -d 'each CPU\'s value (default), or only the aggregate'
complete -c percpumap -n '__percpumap_in dump batch-dump stats' -l filter -x -d 'only entries for which this holds: \'value.bytes > 1000 && key.dport == 443\''
complete -c percpumap -n '__percpumap_in dump' -l sort -x -d 'in the order of this field: key.saddr, sum, sum.bytes:desc'
complete -c percpumap -n '__percpumap_in dump stats' -l top -x -d 'only the first N in that order; without --sort those with the greatest sums'
complete -c percpumap -n '__percpumap_in stats' -l field -x -d 'only this field of the values, or the numbers in it: packets, hist[3]'
complete -c percpumap -n '__percpumap_in dump batch-dump helper' -l limit -x -d 'stop behind N entries'
complete -c percpumap -n '__percpumap_in dump batch-dump lookup zero pop helper stats' -l human -d 'numbers in tables with thousands marks: 1,234,567'
complete -c percpumap -n '__percpumap_in dump batch-dump zero helper' -l long -d 'tables with a line for each entry and CPU'
complete -c percpumap -n '__percpumap_in dump stats' -l engine -x -a 'auto batch walk' -d 'how to read: batch commands, a walk key by key, or what the kernel has'
complete -c percpumap -n '__percpumap_in dump' -l jobs -x -d 'read with N threads; default: half the CPUs, 1 to 4, and 1 to a terminal'
complete -c percpumap -n '__percpumap_in batch-dump' -l batch-size -x -d 'entries asked for in one batch'
complete -c percpumap -n '__percpumap_in batch-dump' -l max-entries -x -d 'stop before more than N entries; buckets are never split'
complete -c percpumap -n '__percpumap_in batch-dump' -l delete -d 'remove the entries while reading them (a drain)'
complete -c percpumap -n '__percpumap_in batch-dump zero' -l rescue -x -d 'where a drain or zero keeps what can neither be delivered nor go back'
complete -c percpumap -n '__percpumap_in list show stats' -l count -d 'count the entries; stats: nothing else'
complete -c percpumap -n '__percpumap_in create' -l force -d 'preallocate even beyond the memory that is available'
complete -c percpumap -n '__percpumap_in update add zero import' -l racy -d 'where nothing exact can be done, do it so that counts of the meantime can be lost'
complete -c percpumap -n '__percpumap_in import' -l missing-cpu -x -a 'error zero' -d 'what a CPU gets that an imported entry lacks: error (default) or zero'
complete -c percpumap -n '__percpumap_in import' -l from -x -a 'ndjson json csv bpftool-json' -d 'the format of the input; default: by its first byte'
complete -c percpumap -n '__percpumap_in sim' -l cpus -x -d 'the possible CPUs of a simulated machine, holes allowed: 0-3,8'
complete -c percpumap -n '__percpumap_in sim' -l online -x -d 'those of them that are online; default: all'
complete -c percpumap -n '__percpumap_in sim' -l kernel -x -d 'the kernel it answers like, 4.19 to 7.2; default: 6.18'
complete -c percpumap -n '__percpumap_in sim' -l caps -x -a 'none bpf all' -d 'what its user may do; default: all'
