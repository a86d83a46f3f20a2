#include "cmd/session.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "backend/open_backend.h"
#include "cmd/commands.h"
#include "cmd/log.h"
#include "map/stages.h"
#include "output/document.h"

namespace percpumap {
namespace {

volatile std::sig_atomic_t interrupt = 0;
int interrupt_event = -1;

void on_interrupt(int) {
  const int before = errno;
  interrupt = 1;
  eventfd_write(interrupt_event, 1);
  errno = before;
}

// Puts the default action back after the first signal: the second one ends a loop that hangs.
void handle(int signal) {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(signal, &action, nullptr);
}

// https://no-color.org, and what terminals without styles are called.
bool styles_output(const std::string& when) {
  if (when != "auto") return when == "always";
  const auto variable = [](const char* name) -> std::string_view {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  return isatty(STDOUT_FILENO) != 0 && variable("NO_COLOR").empty() && !variable("TERM").empty() &&
         variable("TERM") != "dumb";
}

Format checked_format(const Options& options, const Command& command) {
  const auto& formats = command.formats;
  if (std::find(formats.begin(), formats.end(), options.output) == formats.end()) {
    throw Error(Problem::usage, std::string(command.name) + " does not print the format " + options.output);
  }
  return *format_by_name(options.output);
}

CpuList without(const CpuList& cpus, const CpuList& taken) {
  std::vector<uint32_t> ids;
  for (const uint32_t cpu : cpus.ids()) {
    if (!taken.contains(cpu)) ids.push_back(cpu);
  }
  return CpuList(std::move(ids));
}

// bpftool's formats are what bpftool prints for the whole map as the kernel gives it.
void check_bpftool(const Options& options, const MapInfo& info) {
  if (!options.output.starts_with("bpftool")) return;
  if (options.sum || !options.cpu.empty() || !options.per_cpu || !options.key_type.empty() ||
      !options.value_type.empty()) {
    throw Error(Problem::usage,
                "-o " + options.output + " prints what bpftool prints: no --cpu, --sum or types");
  }
  if (info.btf_key_type_id != 0 || info.btf_value_type_id != 0) {
    throw Error(Problem::bad_data, "-o " + options.output + " cannot print a map with BTF yet");
  }
}

}  // namespace

Session::Session(const Options& options, const Command& command)
    : options_(options),
      format_(checked_format(options, command)),
      sink_(STDOUT_FILENO, styles_output(options.color)) {
  set_verbosity(options.quiet ? -1 : options.verbose);
}

std::string Session::where() const {
  if (!options_.backend.empty()) return options_.backend;
  const char* environment = std::getenv("PERCPUMAP_BACKEND");
  return environment != nullptr && *environment != '\0' ? environment : "syscall";
}

Backend& Session::backend() {
  if (!backend_) {
    backend_ = open_backend(where());
    if (verbose(1)) detail("using " + backend_->name());
  }
  return *backend_;
}

Layout Session::key_layout(const Map& map) const {
  if (options_.key_type.empty()) return Layout::bytes(map.info().key_size);
  return declare_layout(options_.key_type, map.info().key_size, "key");
}

Layout Session::value_layout(const Map& map) const {
  if (options_.value_type.empty()) return Layout::bytes(map.info().value_size);
  return declare_layout(options_.value_type, map.info().value_size, "value");
}

Table Session::table(Map& map) {
  check_bpftool(options_, map.info());
  Table table;
  table.info = map.info();
  table.key = key_layout(map);
  table.value = value_layout(map);
  table.shape = map.shape();
  table.u64_strings = u64_strings();
  table.styled = sink_.styled();
  table.per_cpu = options_.per_cpu;
  const CpuList& possible = backend().possible_cpus();
  if (options_.cpu.empty()) {
    table.foldable = without(possible, backend().online_cpus());
  } else {
    table.shape.cpus = parse_cpus(options_.cpu, possible, backend().online_cpus());
  }
  if (options_.sum) {
    if (!table.value.is_number())
      throw Error(Problem::bad_data, "--sum needs to know what the bytes are")
          .advise("say it with --value-type, for example u64");
    table.aggregate = "sum";
    table.aggregate_layout = table.value.sum();
  }
  if (!table.per_cpu && table.aggregate.empty())
    throw Error(Problem::usage, "--no-per-cpu leaves nothing to print without --sum");
  return table;
}

void Session::run_stages(const Map& map, const Table& table, Batch& batch) const {
  if (table.shape.cpus != map.shape().cpus) choose_cpus(map.shape(), table.shape.cpus, batch);
  if (!table.aggregate.empty()) sum_slots(table.shape, table.value, batch);
}

void Session::print_entry(Map& map, Bytes key, Bytes row) {
  Table entry = table(map);
  entry.single = true;
  Batch batch;
  batch.keys.assign(key.begin(), key.end());
  batch.rows.assign(row.begin(), row.end());
  batch.count = 1;
  run_stages(map, entry, batch);
  const auto printer = make_printer(format_, entry);
  Document document(*printer, sink_);
  document.begin(batch);
  document.rows(batch);
  document.end(true);
}

void Session::print(const Record& record) {
  print_record(sink_, format_, record);
}
void Session::print(const std::vector<Record>& records) {
  print_records(sink_, format_, records);
}

void Session::print_change(const Record& record) {
  if (format_ != Format::table) print(record);
}

bool Session::announce(std::string_view doing, const std::string& map) {
  const std::string what = std::string(doing) + " map " + map + " of " + backend().name();
  if (!options_.dry_run) {
    note(what);
    return false;
  }
  note("would be " + what);
  print_change({{"dry_run", what}});
  return true;
}

InterruptGuard::InterruptGuard() {
  interrupt_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (interrupt_event < 0) throw Error(Problem::system, "no eventfd: " + errno_text(errno));
  handle(SIGINT);
  handle(SIGTERM);
}

InterruptGuard::~InterruptGuard() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  close(interrupt_event);
}

int InterruptGuard::event() const {
  return interrupt_event;
}

bool InterruptGuard::interrupted() {
  return interrupt != 0;
}

}  // namespace percpumap
