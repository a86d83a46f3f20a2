#include "sim/sim_backend.h"

#include <cerrno>

#include "base/error.h"
#include "sim/create_check.h"
#include "sim/machine.h"
#include "sim/sim_map.h"

namespace percpumap {
namespace {

constexpr uint32_t kAccessFlags = kReadOnly | kWriteOnly;

bool good_access(uint32_t flags) {
  return (flags & ~kAccessFlags) == 0 && flags != kAccessFlags;
}

class SimBackend final : public Backend {
 public:
  explicit SimBackend(const std::string& directory)
      : registry_(std::make_shared<const MapRegistry>(directory)), machine_(host_machine()) {}

  std::string name() const override { return "the simulated kernel in " + registry_->directory(); }
  const CpuList& possible_cpus() const override { return machine_.possible; }
  const CpuList& online_cpus() const override { return machine_.online; }

  std::error_code create(const MapSpec& spec, std::unique_ptr<RawMap>& map) override {
    if (auto error = check_create(spec)) return error;
    uint32_t id = 0;
    UniqueFd fd;
    if (auto error = registry_->begin_map(id, fd)) return error;
    std::unique_ptr<MapFile> file;
    auto error = MapFile::create(std::move(fd), id, spec, cpus(), file);
    if (!error && !good_map_name(spec.name)) error = errno_code(EINVAL);
    if (!error) error = registry_->publish(id);
    if (!error)
      map = std::make_unique<SimMap>(registry_, std::move(file), spec.flags & kAccessFlags);
    else
      registry_->discard(id);
    return error;
  }

  std::error_code next_id(uint32_t after, uint32_t& id) override { return registry_->next_id(after, id); }

  std::error_code open_id(uint32_t id, uint32_t open_flags, std::unique_ptr<RawMap>& map) override {
    if (!good_access(open_flags)) return errno_code(EINVAL);
    UniqueFd fd;
    if (auto error = registry_->open_id(id, fd)) return error;
    return open(std::move(fd), open_flags, map);
  }

  std::error_code open_pin(const std::string& path, uint32_t open_flags,
                           std::unique_ptr<RawMap>& map) override {
    if (!good_access(open_flags)) return errno_code(EINVAL);
    UniqueFd fd;
    if (auto error = registry_->open_pin(path, fd)) return error;
    return open(std::move(fd), open_flags, map);
  }

  // No process inherits a descriptor of a simulated map.
  std::error_code open_fd(int /*fd*/, std::unique_ptr<RawMap>& /*map*/) override { return errno_code(EBADF); }

  std::vector<std::string> pinned_paths() override { return registry_->pinned_paths(); }
  std::error_code check_bpffs(const std::string& path) override { return registry_->check_bpffs(path); }
  std::error_code unpin(const std::string& path) override { return registry_->unpin(path); }

 private:
  uint32_t cpus() const { return static_cast<uint32_t>(machine_.possible.size()); }

  std::error_code open(UniqueFd fd, uint32_t access, std::unique_ptr<RawMap>& map) {
    std::unique_ptr<MapFile> file;
    if (auto error = MapFile::open(std::move(fd), cpus(), file)) return error;
    map = std::make_unique<SimMap>(registry_, std::move(file), access);
    return {};
  }

  std::shared_ptr<const MapRegistry> registry_;
  Machine machine_;
};

}  // namespace

std::unique_ptr<Backend> make_sim_backend(const std::string& directory) {
  return std::make_unique<SimBackend>(directory);
}

}  // namespace percpumap
