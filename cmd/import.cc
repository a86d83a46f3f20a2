#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/log.h"
#include "input/entry_reader.h"

namespace percpumap {
namespace {

constexpr size_t kBatchBytes = size_t{1} << 20;

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

 private:
  int fd_ = STDIN_FILENO;
};

EntryFormat entry_format(const Session& session, const Map& map) {
  EntryFormat format;
  format.key = session.key_layout(map);
  format.value = session.value_layout(map);
  format.wide = session.u64_strings() ? WideNumbers::strings : WideNumbers::numbers;
  format.shape = map.shape();
  format.missing_cpu_zero = session.options().missing_cpu == "zero";
  format.format = import_format_by_name(session.options().from);
  return format;
}

// `error` with what was done before it, which is what a user needs to go on from there.
Error with_count(const Error& error, const std::string& where, uint64_t done) {
  Error full(error.problem(),
             fmt::format("{}{}; {} entries before it were imported", where, error.what(), done));
  full.cause = error.cause;
  full.operation = "import";
  full.map = error.map;
  full.hint = error.hint;
  return full;
}

class Importer {
 public:
  Importer(Map& map, EntryReader& reader, uint64_t flags, bool dry_run)
      : map_(map), reader_(reader), flags_(flags), dry_run_(dry_run) {}

  // Returns how many entries are in the map now. Entries before a bad line are put before the error is
  // thrown.
  uint64_t run() {
    const size_t limit = std::max<size_t>(1, kBatchBytes / (map_.shape().key_size + map_.shape().row_size()));
    try {
      while (!InterruptGuard::interrupted() && reader_.next(batch_, limit)) put();
    } catch (const Error& error) {
      if (failed_) throw;
      put();
      throw with_count(error, "", done_);
    }
    return done_;
  }

 private:
  void put() {
    if (dry_run_) {
      done_ += batch_.count;
      return;
    }
    const uint64_t before = done_;
    try {
      map_.put(batch_, flags_, done_);
    } catch (const Error& error) {
      failed_ = true;
      throw with_count(error, fmt::format("line {}: ", reader_.line(done_ - before)), done_);
    }
  }

  Map& map_;
  EntryReader& reader_;
  uint64_t flags_;
  bool dry_run_;
  Batch batch_;
  uint64_t done_ = 0;
  bool failed_ = false;
};

}  // namespace

int run_import(Session& session, Words& words) {
  const MapRef ref = words.map();
  const auto is_flag = [&] { return words.is("any") || words.is("exist") || words.is("noexist"); };
  const std::string path = words.empty() || is_flag() ? "" : words.next("FILE");
  const uint64_t flags = words.update_flags();
  words.end();
  const Input input(path);
  Map map = session.open_to_write(ref);
  EntryReader reader(input.fd(), entry_format(session, map));
  const bool dry_run = session.announce("importing into", map.label());
  const InterruptGuard guard;
  const uint64_t done = Importer(map, reader, flags, dry_run).run();
  if (dry_run) {
    note(fmt::format("{} entries would be imported", done));
  } else {
    session.print_change({{"imported", done}});
  }
  if (!InterruptGuard::interrupted()) return 0;
  session.sink().flush();
  throw Error(Problem::interrupted, fmt::format("interrupted; {} entries were imported", done))
      .in("import")
      .of(map.label());
}

}  // namespace percpumap
