#include "sim/machine_admin.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/error.h"
#include "sim/map_file.h"
#include "sim/map_registry.h"

namespace percpumap {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_system(const std::string& doing, std::error_code why) {
  throw Error(Problem::system, "cannot " + doing + ": " + why.message()).because(why);
}

[[noreturn]] void fail_init(const std::string& directory, std::error_code why) {
  throw Error(Problem::cannot_create,
              "cannot make a simulated machine in " + directory + ": " + errno_text(why.value()))
      .because(why)
      .advise("the directory above it must exist");
}

// What one directory of a machine may hold is decided by a predicate over its entries.
class Inventory {
 public:
  explicit Inventory(const std::string& directory) { take(directory, &Inventory::take_top); }

  MachineParts parts;

 private:
  using Take = void (Inventory::*)(const fs::path& path, fs::file_type type);

  void take(const fs::path& directory, Take take_one) {
    std::error_code error;
    fs::directory_iterator file(directory, error);
    if (error == std::errc::no_such_file_or_directory) return;
    for (; !error && file != fs::directory_iterator(); file.increment(error)) {
      (this->*take_one)(file->path(), file->symlink_status().type());
    }
    if (error) fail_system("read " + directory.string(), error);
  }

  void take_top(const fs::path& path, fs::file_type type) {
    const std::string name = path.filename();
    const bool file = name == "last_id" || name == "machine" || name.starts_with("machine.");
    if (type == fs::file_type::directory && name == "maps") {
      take(path, &Inventory::take_map);
    } else if (type == fs::file_type::directory && name == "pins") {
      take(path, &Inventory::take_pin);
    } else if (type != fs::file_type::regular || !file) {
      refuse(path);
    }
    parts.paths.push_back(path);
  }

  void take_map(const fs::path& path, fs::file_type type) {
    const std::string name = path.filename();
    const bool numbered = name.find_first_not_of("0123456789") == std::string::npos;
    if (type != fs::file_type::regular || (!numbered && name != ".new")) refuse(path);
    parts.maps += numbered ? 1 : 0;
    parts.paths.push_back(path);
  }

  void take_pin(const fs::path& path, fs::file_type type) {
    if (type == fs::file_type::directory) {
      take(path, &Inventory::take_pin);
    } else {
      const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
      if (type != fs::file_type::regular || !fd.valid() || stored_map_id(fd.get()) == 0) refuse(path);
      ++parts.pins;
    }
    parts.paths.push_back(path);
  }

  [[noreturn]] static void refuse(const fs::path& path) {
    throw Error(Problem::bad_data,
                path.string() + " is no part of a simulated machine, so nothing is removed")
        .advise("look whether this is the right directory");
  }
};

}  // namespace

uint64_t count_maps(const std::string& directory) {
  const MapRegistry registry(directory);
  uint64_t count = 0;
  for (uint32_t id = 0; !registry.next_id(id, id);) ++count;
  return count;
}

void init_machine(const std::string& directory, const Machine& machine) {
  const MapRegistry registry(directory);
  MapDraft draft;  // while it lives, nobody else can make a map here
  if (auto error = registry.begin_map(draft)) fail_init(directory, error);
  registry.discard(draft);
  if (const uint64_t maps = count_maps(directory); maps != 0) {
    throw Error(Problem::cannot_create, "the simulated machine in " + directory + " has " +
                                            std::to_string(maps) + (maps == 1 ? " map" : " maps") +
                                            ", made for the CPUs that it has")
        .because(errno_code(EBUSY))
        .advise("'percpumap sim reset' removes " + std::string(maps == 1 ? "it" : "them"));
  }
  write_machine(directory, machine);
}

MachineParts machine_parts(const std::string& directory) {
  const MapRegistry registry(directory);  // whether it is ours at all
  return Inventory(directory).parts;
}

void remove_parts(const MachineParts& parts) {
  for (const std::string& path : parts.paths) {
    std::error_code error;
    fs::remove(path, error);
    if (error) fail_system("remove " + path, error);
  }
}

}  // namespace percpumap
