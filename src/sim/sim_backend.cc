#include "sim/sim_backend.h"

#include <sched.h>

#include <cerrno>
#include <climits>

#include "base/error.h"
#include "sim/btf_check.h"
#include "sim/create_check.h"
#include "sim/faulty_backend.h"
#include "sim/kernel_rules.h"
#include "sim/machine.h"
#include "sim/sim_map.h"

namespace percpumap {
namespace {

constexpr uint32_t kAccessFlags = kReadOnly | kWriteOnly;

std::error_code check_access(uint32_t flags) {
  return (flags & ~kAccessFlags) == 0 && flags != kAccessFlags ? std::error_code() : errno_code(EINVAL);
}

class SimBackend final : public Backend {
 public:
  explicit SimBackend(const std::string& directory)
      : registry_(std::make_shared<const MapRegistry>(directory)),
        kernel_(std::make_shared<const SimKernel>(read_machine(directory))) {}

  std::string name() const override { return "the simulated kernel in " + registry_->directory(); }
  const CpuList& possible_cpus() const override { return kernel_->machine.possible; }
  CpuList online_cpus() const override { return kernel_->machine.online; }
  // This host's, where the machine has it.
  uint32_t current_cpu() const override {
    const auto here = static_cast<uint32_t>(std::max(sched_getcpu(), 0));
    return online_cpus().contains(here) ? here : online_cpus().ids().front();
  }
  bool has_cap_bpf() const override { return kernel_->rules.cap_bpf; }
  Privileges privileges() const override {
    switch (kernel_->machine.caps) {
      case Caps::none: break;
      case Caps::bpf: return {.right = Right::bpf};
      case Caps::all: return {.right = Right::sys_admin, .overrides_modes = true};
    }
    return {};
  }
  std::error_code find_function(const std::string& function) const override {
    const KernelRules& rules = kernel_->rules;
    if (!rules.own_btf) return errno_code(ENODATA);
    const bool there = (function == "bpf_iter_bpf_map_elem" && rules.element_iterator) ||
                       (function == "bpf_map_sum_elem_count" && rules.count_function);
    return there ? std::error_code() : errno_code(ENOENT);
  }

  std::error_code create(const MapSpec& spec, std::unique_ptr<RawMap>& map) override {
    if (!rights().any_command) return errno_code(EPERM);
    if (!spec.btf.empty()) {
      if (auto error = load_btf(spec.btf)) return error;
    }
    if (auto error = check_create(spec, kernel_->rules, cpus())) return error;
    MapDraft draft;
    if (auto error = registry_->begin_map(draft)) return error;
    std::unique_ptr<MapFile> file;
    auto error = MapFile::create(std::move(draft.file), draft.id, stored(spec), cpus(), file);
    if (!error && !good_map_name(spec.name, kernel_->rules.dots_in_names)) error = errno_code(EINVAL);
    if (!error) error = check_btf_types(spec);
    if (!error) error = check_access(spec.flags & kAccessFlags);
    if (!error) error = registry_->publish(draft);
    if (!error)
      map = std::make_unique<SimMap>(registry_, kernel_, std::move(file), spec.flags & kAccessFlags);
    else
      registry_->discard(draft);
    return error;
  }

  // A map's BTF has the map's id.
  std::error_code btf(uint32_t id, std::vector<std::byte>& blob) override {
    if (!rights().any_command || !rights().ids) return errno_code(EPERM);
    UniqueFd fd;
    if (auto error = registry_->open_id(id, fd)) return error;
    std::unique_ptr<SimMap> map;
    if (auto error = open(std::move(fd), kReadOnly, map)) return error;
    if (map->btf().empty()) return errno_code(ENOENT);
    blob.assign(map->btf().begin(), map->btf().end());
    return {};
  }

  std::error_code next_id(uint32_t after, uint32_t& id) override {
    if (!rights().any_command || (!rights().ids && after < INT_MAX)) return errno_code(EPERM);
    return registry_->next_id(after, id);
  }

  std::error_code open_id(uint32_t id, uint32_t open_flags, std::unique_ptr<RawMap>& map) override {
    if (!rights().any_command) return errno_code(EPERM);
    if ((open_flags & ~kAccessFlags) != 0) return errno_code(EINVAL);
    if (!rights().ids) return errno_code(EPERM);
    if (auto error = check_access(open_flags)) return error;
    UniqueFd fd;
    if (auto error = registry_->open_id(id, fd)) return error;
    return open(std::move(fd), open_flags, map);
  }

  std::error_code open_pin(const std::string& path, uint32_t open_flags,
                           std::unique_ptr<RawMap>& map) override {
    if (!rights().any_command) return errno_code(EPERM);
    if (auto error = check_access(open_flags)) return error;
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
  uint32_t cpus() const { return static_cast<uint32_t>(possible_cpus().size()); }
  const Rights& rights() const { return kernel_->rules.rights; }

  // The access mode belongs to the descriptor, but old kernels show it with the map's flags.
  MapSpec stored(MapSpec spec) const {
    if (!kernel_->rules.info_has_access_flags) spec.flags &= ~kAccessFlags;
    return spec;
  }

  std::error_code load_btf(Bytes blob) const {
    return rights().create ? check_btf_load(blob, kernel_->rules) : errno_code(EPERM);
  }

  template <typename Opened>
  std::error_code open(UniqueFd fd, uint32_t access, std::unique_ptr<Opened>& map) {
    std::unique_ptr<MapFile> file;
    if (auto error = MapFile::open(std::move(fd), cpus(), file)) return error;
    map = std::make_unique<SimMap>(registry_, kernel_, std::move(file), access);
    return {};
  }

  std::shared_ptr<const MapRegistry> registry_;
  std::shared_ptr<const SimKernel> kernel_;
};

}  // namespace

std::unique_ptr<Backend> make_sim_backend(const std::string& directory) {
  return with_environment_faults(std::make_unique<SimBackend>(directory));
}

}  // namespace percpumap
