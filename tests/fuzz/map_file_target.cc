#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/targets.h"
#include "sim/machine.h"
#include "sim/sim_backend.h"

namespace percpumap::test {
namespace {

namespace fs = std::filesystem;

void require(bool kept) {
  if (!kept) abort();
}

// A machine of two CPUs, whatever this host has, with room for one map file; gone with the process.
class TwoCpus {
 public:
  TwoCpus() : directory_(fs::temp_directory_path() / "percpumap-fuzz-XXXXXX") {
    require(mkdtemp(directory_.data()) != nullptr);
    Machine machine = host_machine();
    machine.possible = machine.online = *CpuList::parse("0-1");
    write_machine(directory_, machine);
    for (const char* inner : {"/maps", "/pins"}) fs::create_directory(directory_ + inner);
    backend_ = make_sim_backend(directory_);
  }
  ~TwoCpus() { fs::remove_all(directory_); }
  TwoCpus(const TwoCpus&) = delete;
  TwoCpus& operator=(const TwoCpus&) = delete;

  // Pinned, so that the file outlives its openers.
  std::unique_ptr<RawMap> open(std::string_view content) {
    const std::string file = directory_ + "/maps/1";
    const std::string pin = directory_ + "/pins/map";
    fs::remove(file);
    fs::remove(pin);
    std::ofstream(file, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
    fs::create_hard_link(file, pin);
    std::unique_ptr<RawMap> map;
    const auto answer = backend_->open_pin("/sys/fs/bpf/map", 0, map);
    require(!answer || answer.value() == EIO || answer.value() == ENODEV);
    return map;
  }
  Backend& backend() { return *backend_; }

 private:
  std::string directory_;
  std::unique_ptr<Backend> backend_;
};

// Every command on one map. Answers are as they may be; what must hold is that walks end.
class Commands {
 public:
  explicit Commands(RawMap& map) : map_(map) {
    require(!map_.info(info_));
    row_size_ = round_up8(info_.value_size) * 2;
    keys_.resize(kRoom * info_.key_size);
    rows_.resize(kRoom * row_size_);
  }

  void read() {
    MapUsage usage;
    map_.usage(usage);
    walk_keys();
    walk_batches();
    help({.program = Program::for_each});
    help({.program = Program::lookup, .keys = key(0)});
    help({.program = Program::lookup, .slot_of = 1, .keys = key(0)});
  }
  void change() {
    help({.program = Program::update, .keys = key(4), .values = row().first(info_.value_size)});
    help({.program = Program::exchange, .keys = key(4), .values = row().first(info_.value_size)});
    help({.program = Program::erase, .keys = key(5)});
    map_.update(key(0), row(), kExist);
    map_.take(key(1), row(), 0);
    for (uint32_t i = 2; i < kRoom; ++i) map_.update(key(i), row(), kAny);
    map_.erase(key(3), 0);
    for (const auto command : {BatchCommand::update, BatchCommand::erase, BatchCommand::take}) batch(command);
    map_.freeze();
  }

 private:
  static constexpr uint32_t kRoom = 8;

  MutableBytes key(size_t i) { return MutableBytes(keys_).subspan(i * info_.key_size, info_.key_size); }
  MutableBytes row() { return MutableBytes(rows_).first(row_size_); }

  void walk_keys() {
    uint64_t steps = 0;
    while (!map_.next_key(steps == 0 ? Bytes() : Bytes(key(0)), key(0))) {
      map_.lookup(key(0), row(), 0);
      require(++steps <= info_.max_entries);
    }
  }
  void walk_batches() {
    uint32_t token = 0;
    uint64_t entries = 0;
    std::error_code answer;
    for (bool first = true; !answer; first = false) {
      BatchCall call{.in = first ? nullptr : &token,
                     .out = &token,
                     .keys = keys_.data(),
                     .rows = rows_.data(),
                     .count = kRoom};
      answer = map_.batch(BatchCommand::lookup, call);
      if (!answer || answer.value() == ENOENT) entries += call.count;
      require(entries <= info_.max_entries);
    }
  }
  void help(ProgramCall call) { map_.run_program(0, call); }
  void batch(BatchCommand command) {
    uint32_t token = 0;
    BatchCall call{.out = &token, .keys = keys_.data(), .rows = rows_.data(), .count = kRoom};
    map_.batch(command, call);
  }

  RawMap& map_;
  MapInfo info_;
  size_t row_size_ = 0;
  std::vector<std::byte> keys_;
  std::vector<std::byte> rows_;
};

}  // namespace

void fuzz_map_file(std::string_view content) {
  static TwoCpus machine;
  const auto map = machine.open(content);
  if (map == nullptr) return;
  std::vector<std::byte> btf;
  machine.backend().btf(1, btf);
  Commands commands(*map);
  commands.read();
  commands.change();
  commands.read();
}

}  // namespace percpumap::test
