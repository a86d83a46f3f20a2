#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/log.h"
#include "cmd/progress.h"
#include "input/read_ahead.h"
#include "map/cpu_writer.h"

namespace percpumap {
namespace {

constexpr size_t kBatchBytes = 16 << 10;

class Input {
 public:
  // "-" and nothing are standard input.
  explicit Input(const std::string& path) {
    if (path.empty() || path == "-") return;
    fd_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ >= 0) return;
    const int number = errno;
    throw Error(number == EACCES ? Problem::not_permitted : Problem::no_such_map,
                "cannot read '" + path + "': " + errno_text(number))
        .because(errno_code(number))
        .in("import");
  }
  ~Input() {
    if (fd_ != STDIN_FILENO) close(fd_);
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  int fd() const { return fd_; }
  // Which part of a regular file has been read, 0 to 1; nothing for what has no size.
  std::optional<double> share() const {
    struct stat status {};
    if (fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return std::nullopt;
    return static_cast<double>(lseek(fd_, 0, SEEK_CUR)) / static_cast<double>(status.st_size);
  }

 private:
  int fd_ = STDIN_FILENO;
};

// --cpu: only these CPUs' values are written. nullopt: whole entries are.
std::optional<CpuList> chosen_cpus(Session& session) {
  if (session.options().cpu.empty()) return std::nullopt;
  return session.chosen_cpus();
}

EntryFormat entry_format(Session& session, const Map& map, const std::optional<CpuList>& chosen) {
  EntryFormat format;
  format.key = session.key_layout(map);
  format.value = session.value_layout(map);
  format.wide = session.wide_numbers();
  format.shape = map.shape();
  format.needed = chosen;
  format.missing_cpu_zero = session.options().missing_cpu == "zero";
  format.format = import_format_by_name(session.options().from);
  return format;
}

// `error` with what was done before it, which is what a user needs to go on from there.
Error with_count(const Error& error, const std::string& where, uint64_t done, bool dry_run) {
  Error full(error.problem(), fmt::format("{}{}; {} entries before it {} imported", where, error.what(), done,
                                          dry_run ? "would be" : "were"));
  full.cause = error.cause;
  full.operation = "import";
  full.map = error.map;
  full.hint = error.hint;
  return full;
}

class Importer {
 public:
  // `input` reads from `file`. `writer`: for some CPUs' values; null: entries are put whole.
  Importer(Map& map, CpuWriter* writer, const Input& file, ReadAhead& input, uint64_t flags, bool dry_run)
      : map_(map), writer_(writer), file_(file), input_(input), flags_(flags), dry_run_(dry_run) {}

  // Returns how many entries are in the map now. A signal ends it; entries before a bad line are put before
  // the error is thrown.
  uint64_t run() {
    Progress progress("importing", Progress::Prints::nothing);
    while (const Entries* entries = next()) {
      put(*entries);
      progress.update(done_, file_.share());
    }
    return done_;
  }

 private:
  const Entries* next() {
    try {
      return InterruptGuard::interrupted() ? nullptr : input_.next();
    } catch (const Error& error) {
      if (error.problem() == Problem::interrupted) return nullptr;
      throw with_count(error, "", done_, dry_run_);
    }
  }

  void put(const Entries& entries) {
    if (dry_run_) {
      done_ += entries.batch.count;
      return;
    }
    const uint64_t before = done_;
    try {
      writer_ != nullptr ? writer_->put(entries.batch, flags_, done_)
                         : map_.put(entries.batch, flags_, done_);
    } catch (const Error& error) {
      throw with_count(error, fmt::format("line {}: ", entries.lines[done_ - before]), done_, false);
    }
  }

  Map& map_;
  CpuWriter* writer_;
  const Input& file_;
  ReadAhead& input_;
  uint64_t flags_;
  bool dry_run_;
  uint64_t done_ = 0;
};

// Entries a batch: large enough that a call costs nothing to speak of, small enough that the first is soon
// read.
size_t batch_limit(const Shape& shape) {
  return std::max<size_t>(1, kBatchBytes / (shape.key_size + shape.row_size()));
}

}  // namespace

int run_import(Session& session, Words& words) {
  const MapRef ref = words.map();
  const auto is_flag = [&] { return words.is("any") || words.is("exist") || words.is("noexist"); };
  const std::string path = words.empty() || is_flag() ? "" : words.next("FILE");
  const uint64_t flags = words.update_flags();
  words.end();
  const Input input(path);
  Map map = session.open_to_write(ref);
  const bool dry_run = session.announce("importing into", map.label());
  const std::optional<CpuList> chosen = chosen_cpus(session);
  const InterruptGuard guard;
  // Its thread first: one that is made by a thread that a program has bound to a CPU is bound there, too.
  ReadAhead ahead(input.fd(), entry_format(session, map, chosen), batch_limit(map.shape()), guard.event());
  std::optional<CpuWriter> writer;
  if (chosen && !dry_run) {
    writer.emplace(session.backend(), map, *chosen, session.options().racy ? Racy::allowed : Racy::refused);
  }
  const uint64_t done = Importer(map, writer ? &*writer : nullptr, input, ahead, flags, dry_run).run();
  if (dry_run) {
    note(fmt::format("{} entries would be imported", done));
  } else {
    Record record{{"imported", done}};
    if (writer) record.push_back({"method", std::string(method_name(writer->method()))});
    session.print_change(record);
  }
  if (!InterruptGuard::interrupted()) return 0;
  session.sink().flush();
  throw Error(Problem::interrupted, fmt::format("interrupted; {} entries were imported", done))
      .in("import")
      .of(map.label());
}

}  // namespace percpumap
