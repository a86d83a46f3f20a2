#include "cmd/session.h"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>

#include "backend/open_backend.h"
#include "cmd/commands.h"
#include "cmd/log.h"

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

// Of the environment; empty if it is not set.
std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// https://no-color.org, and what terminals without styles are called.
bool styles_output(const std::string& when) {
  if (when != "auto") return when == "always";
  return isatty(STDOUT_FILENO) != 0 && variable("NO_COLOR").empty() && !variable("TERM").empty() &&
         variable("TERM") != "dumb";
}

Format checked_format(const Options& options, const Command& command) {
  const auto& formats = command.formats;
  if (std::find(formats.begin(), formats.end(), options.output) == formats.end()) {
    throw Error(Problem::usage, std::string(command.name) + " does not print the format " + options.output)
        .advise(fmt::format("it prints {}", fmt::join(formats, ", ")));
  }
  return *format_by_name(options.output);
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
  const std::string_view environment = variable("PERCPUMAP_BACKEND");
  return environment.empty() ? "syscall" : std::string(environment);
}

Backend& Session::backend() {
  if (!backend_) {
    backend_ = open_backend(where());
    if (verbose(1)) detail("using " + backend_->name());
  }
  return *backend_;
}

const CpuList& Session::chosen_cpus() {
  if (!chosen_cpus_) {
    const CpuList& possible = backend().possible_cpus();
    chosen_cpus_ =
        options_.cpu.empty() ? possible : parse_cpus(options_.cpu, possible, backend().online_cpus());
  }
  return *chosen_cpus_;
}

Map Session::open_to_read_chosen(const MapRef& ref) {
  const CpuList& cpus = chosen_cpus();
  if (cpus.size() > 1 || cpus == backend().possible_cpus()) return open_to_read(ref);
  const uint32_t cpu = cpus.ids().front();
  Map map = Map::open_one_cpu(backend(), ref, cpu);
  if (verbose(1)) {
    detail(
        map.shape().cpus.size() == 1
            ? fmt::format("reading the values of CPU {} alone (BPF_F_CPU)", cpu)
            : fmt::format("reading every CPU's values: this kernel cannot give those of CPU {} alone", cpu));
  }
  return map;
}

const Layouts& Session::layouts(const Map& map) {
  if (!layouts_) layouts_ = layouts_of(options_, backend(), map);
  return *layouts_;
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

size_t terminal_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const std::string_view columns = variable("COLUMNS");
  uint16_t width = 0;
  std::from_chars(columns.data(), columns.data() + columns.size(), width);
  return width == 0 && isatty(STDOUT_FILENO) != 0 ? 80 : width;
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
