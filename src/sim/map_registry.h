// The directory of a simulated machine: which maps there are, under which ids and pins, and how long they
// live.
//
//   DIR/machine      what the machine is, if it was said (sim/machine.h)
//   DIR/last_id      the highest id ever given, in digits
//   DIR/maps/ID      one map's file; .new is a map in the making, whose maker holds a lock on last_id
//   DIR/pins/a/b     the pin /sys/fs/bpf/a/b: another hard link of the map's file
//
// Whoever has a map open holds a shared flock(2) on its file. A map lives while it has a pin or a lock;
// whoever takes the last of these away removes it, and whoever finds one that a killed process left behind
// does so too. A map in the making whose maker was killed goes with the next process that looks at the
// machine. Symbolic links below DIR are not followed (ELOOP).
#pragma once

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include "base/unique_fd.h"

namespace percpumap {

// A map in the making. One at a time in a machine: the next one waits until `turn` is closed.
struct MapDraft {
  uint32_t id = 0;
  UniqueFd file;  // open and empty
  UniqueFd turn;
};

// Codes are those of the bpf command that asks. A directory that does not exist is a machine without maps.
class MapRegistry {
 public:
  // Throws Error: not_permitted when others own `directory` or what it keeps maps and pins in, or may write
  // there; system when these are no directories.
  explicit MapRegistry(std::string directory);

  const std::string& directory() const { return directory_; }

  // Makes the machine's directory where it is missing. Nobody sees the map before publish(), and its id is
  // not taken before that; discard() forgets it.
  std::error_code begin_map(MapDraft& draft) const;
  std::error_code publish(const MapDraft& draft) const;
  void discard(const MapDraft& draft) const;

  // The smallest id greater than `after`. ENOENT: no more.
  std::error_code next_id(uint32_t after, uint32_t& id) const;
  // Without the lock that says "in use": MapFile::open() takes it.
  std::error_code open_id(uint32_t id, UniqueFd& fd) const;
  std::error_code open_pin(const std::string& path, UniqueFd& fd) const;
  // To be called with every opened map's `fd` before it is closed.
  void release(int fd, uint32_t id) const;

  std::error_code pin(uint32_t id, const std::string& path) const;
  std::error_code check_bpffs(const std::string& path) const;
  std::error_code unpin(const std::string& path) const;
  std::vector<std::string> pinned_paths() const;

 private:
  std::string root() const { return directory_ + "/pins"; }  // of the simulated bpffs
  std::string map_file(uint32_t id) const { return directory_ + "/maps/" + std::to_string(id); }
  std::string draft_file() const { return directory_ + "/maps/.new"; }
  std::error_code take_turn(int operation, UniqueFd& turn) const;
  void sweep() const;
  std::error_code make_directory() const;
  std::vector<uint32_t> ids_after(uint32_t after) const;
  // What a path leads to: a file below DIR/pins, which `refused` may say no pin can have, or the host's own
  // file.
  struct Place {
    bool on_bpffs;
    std::string file;
    std::error_code refused;
  };
  Place place_of(const std::string& path) const;

  std::string directory_;
};

}  // namespace percpumap
