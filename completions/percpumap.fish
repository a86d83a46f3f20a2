# fish completion for percpumap(8), as 'percpumap completion fish' prints it.

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
