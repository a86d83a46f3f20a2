#include "cmd/options.h"

#include <algorithm>
#include <array>

namespace percpumap {
namespace {

constexpr std::string_view kFormats = "table|json|pretty|ndjson|csv|bpftool|bpftool-json";

const std::array kGlobal = {
    OptionRow{"--backend", 'b', "WHERE",
              "syscall (the real kernel, default), sim or sim:DIR (a simulated one); or $PERCPUMAP_BACKEND",
              "", &Options::backend, "", ""},
    OptionRow{"--output", 'o', "FORMAT", "how to print", kFormats, &Options::output, "", ""},
    OptionRow{"--json", 'j', "", "compact JSON", "", &Options::output, "--output=json", ""},
    OptionRow{"--pretty", 'p', "", "indented JSON", "", &Options::output, "--output=pretty", ""},
    OptionRow{"--u64", 0, "FORM", "every 64-bit field in JSON as a number or as a string", "number|string",
              &Options::u64, "", ""},
    OptionRow{"--dry-run", 'n', "", "say what would be done to which map, and do nothing", "",
              &Options::dry_run, "", ""},
    OptionRow{"--color", 0, "WHEN", "bold titles: on a terminal (auto), always or never", "auto|always|never",
              &Options::color, "", ""},
    OptionRow{"--bpffs", 'f', "", "show every pinned path of each map", "", &Options::bpffs, "", ""},
    OptionRow{"--verbose", 'v', "", "say on stderr what is done; twice: each system call's answer", "",
              &Options::verbose, "", ""},
    OptionRow{"--quiet", 'q', "", "only errors on stderr", "", &Options::quiet, "", ""},
    OptionRow{"--version", 'V', "", "print the version", "", &Options::version, "", ""},
    OptionRow{"--help", 'h', "", "print this help", "", &Options::help, "", ""},
};

const std::array kSome = {
    OptionRow{"--key-type", 0, "TYPE",
              "what a key is, whatever its BTF says: u32, ipv4, char[16], {saddr:ipv4,dport:be16}, hex", "",
              &Options::key_type, "", ""},
    OptionRow{"--value-type", 0, "TYPE", "what each CPU's value is", "", &Options::value_type, "", ""},
    OptionRow{"--show", 0, "FIELD=VIEW[,FIELD=VIEW]...",
              "show fields as ipv4, ipv6, mac, comm, ifname, dec; in tables also hex, ns", "", &Options::show,
              "", ""},
    OptionRow{"--raw", 0, "", "bytes, whatever the types", "", &Options::raw, "", ""},
    OptionRow{"--cpu", 0, "CPUS", "only these CPUs: 3, 0-3,8, all, online; helper: the one that it runs on",
              "", &Options::cpu, "", ""},
    OptionRow{"--agg", 0, "HOW", "also the sum, the least, the greatest or the average over the CPUs",
              "sum|min|max|avg", &Options::aggregate, "", ""},
    OptionRow{"--sum", 0, "", "the same as --agg sum", "", &Options::aggregate, "--agg=sum", ""},
    OptionRow{"--per-cpu", 0, "", "each CPU's value (default), or only the aggregate", "", &Options::per_cpu,
              "", "--no-per-cpu"},
    OptionRow{"--filter", 0, "EXPR",
              "only entries for which this holds: 'value.bytes > 1000 && key.dport == 443'", "",
              &Options::filter, "", ""},
    OptionRow{"--sort", 0, "FIELD[:desc]", "in the order of this field: key.saddr, sum, sum.bytes:desc", "",
              &Options::sort, "", ""},
    OptionRow{"--top", 0, "N",
              "only the first N by --sort, without it those with the greatest sums; stats: of each list", "",
              &Options::top, "", ""},
    OptionRow{"--field", 0, "PATH", "only this field of the values, or the numbers in it: packets, hist[3]",
              "", &Options::field, "", ""},
    OptionRow{"--limit", 0, "N", "stop after N entries", "", &Options::limit, "", ""},
    OptionRow{"--human", 0, "", "numbers in tables with thousands marks: 1,234,567", "", &Options::human, "",
              ""},
    OptionRow{"--long", 0, "", "tables with a line for each entry and CPU", "", &Options::long_form, "", ""},
    OptionRow{"--engine", 0, "ENGINE",
              "how to read: batch commands, a walk key by key, or what the kernel has", "auto|batch|walk",
              &Options::engine, "", ""},
    OptionRow{"--jobs", 0, "N", "read with N threads; default: half the CPUs, 1 to 4, and 1 to a terminal",
              "", &Options::jobs, "", ""},
    OptionRow{"--batch-size", 0, "N", "entries asked for in one batch", "", &Options::batch_size, "", ""},
    OptionRow{"--max-entries", 0, "N", "stop before more than N entries; buckets are never split", "",
              &Options::max_entries, "", ""},
    OptionRow{"--delete", 0, "", "remove the entries while reading them (a drain)", "", &Options::remove, "",
              ""},
    OptionRow{"--rescue", 0, "FILE", "where a drain or zero keeps what can neither be delivered nor go back",
              "", &Options::rescue, "", ""},
    OptionRow{"--count", 0, "", "count the entries; stats: nothing else", "", &Options::count, "", ""},
    OptionRow{"--fail-over", 0, "PERCENT",
              "end with 1 where more than so much of the map is filled: 80, 80.5, 80%", "",
              &Options::fail_over, "", ""},
    OptionRow{"--force", 0, "", "preallocate even beyond the memory that is available", "", &Options::force,
              "", ""},
    OptionRow{"--racy", 0, "",
              "where nothing exact can be done, do it so that counts of the meantime can be lost", "",
              &Options::racy, "", ""},
    OptionRow{"--missing-cpu", 0, "HOW",
              "what a CPU gets that an imported entry lacks: error (default) or zero", "error|zero",
              &Options::missing_cpu, "", ""},
    OptionRow{"--from", 0, "FORMAT", "the format of the input; default: by its first byte",
              "ndjson|json|csv|bpftool-json", &Options::from, "", ""},
    OptionRow{"--cpus", 0, "LIST", "the possible CPUs of a simulated machine, holes allowed: 0-3,8", "",
              &Options::cpus, "", ""},
    OptionRow{"--online", 0, "LIST", "those of them that are online; default: all", "", &Options::online, "",
              ""},
    OptionRow{"--kernel", 0, "VERSION", "the kernel it answers like, 4.19 to 7.2; default: 6.18", "",
              &Options::kernel, "", ""},
    OptionRow{"--caps", 0, "WHO", "what its user may do; default: all", "none|bpf|all", &Options::caps, "",
              ""},
};

bool named(const OptionRow& row, std::string_view word) {
  return row.name == word || (!row.negation.empty() && row.negation == word) ||
         (word.size() == 2 && word[0] == '-' && row.letter != 0 && row.letter == word[1]);
}

}  // namespace

std::span<const OptionRow> global_options() {
  return kGlobal;
}
std::span<const OptionRow> command_options() {
  return kSome;
}

const OptionRow* find_option(std::string_view word) {
  for (const auto rows : {global_options(), command_options()}) {
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return named(row, word); });
    if (at != rows.end()) return &*at;
  }
  return nullptr;
}

}  // namespace percpumap
