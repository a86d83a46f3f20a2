// The funnel: words in, one command, one exit status out.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <new>
#include <system_error>

#include "backend/syscall_backend.h"
#include "cmd/command_line.h"
#include "cmd/commands.h"
#include "cmd/complete.h"
#include "cmd/report.h"
#include "cmd/session.h"
#include "version.h"

namespace percpumap {
namespace {

// A standard stream that is closed would be the number of the next file that is opened, a map for example,
// and output would go in there. What stands in its place answers EBADF to whoever reads or writes.
void occupy_closed_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) < 0) open("/", O_PATH | O_CLOEXEC);
  }
}

int print_text(const std::string& text) {
  Sink sink(STDOUT_FILENO);
  sink.write(text);
  sink.finish();
  return 0;
}

int print_version(const Options& options) {
  const std::string libbpf = libbpf_version();
  Sink sink(STDOUT_FILENO);
  if (options.output == "table") {
    sink.write("percpumap " PERCPUMAP_VERSION " (libbpf " + libbpf + ")\n");
  } else {
    const std::vector<std::string> features = {"syscall", "sim"};
    print_record(sink, *format_by_name(options.output),
                 {{"version", PERCPUMAP_VERSION}, {"libbpf_version", libbpf}, {"features", features}});
  }
  sink.finish();
  return 0;
}

// People are told what to start with, and where the rest stands.
[[noreturn]] void miss_command(const Options& options) {
  Error error(Problem::usage, "a command is missing");
  if (options.output != "table") throw std::move(error).advise("'percpumap --help' lists them");
  std::string text = "percpumap [OPTIONS] COMMAND [ARGUMENTS]\n\nto begin with:\n";
  for (const std::string_view name : {"list", "show", "create", "dump", "lookup", "stats", "doctor"}) {
    text += fmt::format("  {:<8} {}\n", name, find_command(name).summary);
  }
  throw std::move(error).advise(text +
                                "\n'percpumap --help' lists all, 'percpumap COMMAND --help' tells about one");
}

int run_command(const Command& command, const Options& options, std::vector<std::string> arguments) {
  const bool asks_for_help = arguments.size() == 1 && arguments.front() == "help";
  Words words(std::move(arguments), command.name, command.synopsis);
  Session session(options, command);
  try {
    const int status = command.run(session, words);
    session.sink().finish();
    return status;
  } catch (Error& error) {
    // A map may have that name; who has none meant something else.
    const bool missed = error.problem() == Problem::usage || error.problem() == Problem::no_such_map;
    if (asks_for_help && missed)
      error.hint = fmt::format("'percpumap {0} --help' tells about {0}", command.name);
    throw;
  }
}

// Takes `word` off if it is the first.
bool accept(std::vector<std::string>& words, std::string_view word) {
  if (words.empty() || words.front() != word) return false;
  words.erase(words.begin());
  return true;
}

int run(std::span<const char* const> arguments) {
  CommandLine line = split_command_line(arguments);
  // `bpftool map dump`, `bpftool help map`, `bpftool map help`, typed from habit: `help` is the option, `map`
  // nothing.
  accept(line.words, "map");
  const bool help = accept(line.words, "help");
  while (accept(line.words, "map") || (help && accept(line.words, "help"))) continue;
  const Command* command = line.words.empty() ? nullptr : &find_command(line.words.front());
  const Options options = parse_options(line, command);
  if (help || options.help) return print_text(help_text(command));
  if (options.version) return print_version(options);
  if (command == nullptr) miss_command(options);
  line.words.erase(line.words.begin());
  return run_command(*command, options, std::move(line.words));
}

}  // namespace
}  // namespace percpumap

int main(int argc, char** argv) {
  using percpumap::Error;
  using percpumap::Problem;
  // A closed pipe and a file that may not grow are errors like others: what was taken must be put back.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  percpumap::occupy_closed_streams();
  const std::span<const char* const> arguments(argv + 1, static_cast<size_t>(argc > 0 ? argc - 1 : 0));
  if (!arguments.empty() && arguments.front() == std::string_view(percpumap::kCompleteWord)) {
    return percpumap::complete(arguments.subspan(1));
  }
  const bool json = percpumap::wants_json(arguments);
  try {
    return percpumap::run(arguments);
  } catch (const Error& error) {
    return percpumap::report(error, json);
  } catch (const std::bad_alloc&) {
    return percpumap::report(Error(Problem::no_memory, "out of memory"), json);
  } catch (const std::system_error& error) {  // of a thread that cannot be made
    return percpumap::report(Error(Problem::system, error.what()).because(error.code()), json);
  } catch (const std::exception& error) {
    return percpumap::report(Error(Problem::bug, std::string("internal error: ") + error.what()), json);
  }
}
