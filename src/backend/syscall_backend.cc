#include "backend/syscall_backend.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <mntent.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/unique_fd.h"
#include "bpf/kernel_function.h"
#include "bpf/loader.h"
#include "bpf/program_runner.h"

namespace percpumap {
namespace {

using File = std::unique_ptr<FILE, int (*)(FILE*)>;

File open_file(const std::string& path) {
  return {std::fopen(path.c_str(), "re"), std::fclose};
}

// libbpf 1.x returns -errno.
std::error_code answer(int result) {
  return result < 0 ? errno_code(-result) : std::error_code();
}

// A pin or an inherited descriptor can be of a program or a link. The name of its anonymous inode tells
// (bpf_map_new_fd(), kernel/bpf/syscall.c); without /proc the commands themselves will.
bool is_map(int fd) {
  std::array<char, 64> target{};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  if (readlink(link.c_str(), target.data(), target.size() - 1) < 0) return true;
  return std::string_view(target.data()) == "anon_inode:bpf-map";
}

class SyscallMap final : public RawMap {
 public:
  explicit SyscallMap(UniqueFd fd) : fd_(std::move(fd)) {}

  std::error_code info(MapInfo& info) override {
    bpf_map_info raw{};
    uint32_t size = sizeof raw;
    const auto ec = answer(bpf_obj_get_info_by_fd(fd_.get(), &raw, &size));
    if (ec) return ec;
    info = {raw.type,
            raw.id,
            raw.key_size,
            raw.value_size,
            raw.max_entries,
            raw.map_flags,
            std::string(raw.name, strnlen(raw.name, sizeof raw.name)),
            raw.btf_id,
            raw.btf_key_type_id,
            raw.btf_value_type_id};
    return {};
  }

  std::error_code usage(MapUsage& usage) override {
    const File file = open_file("/proc/self/fdinfo/" + std::to_string(fd_.get()));
    if (!file) return errno_code(errno);
    usage = {};
    std::array<char, 128> line{};
    while (std::fgets(line.data(), line.size(), file.get()) != nullptr) {
      unsigned long long value = 0;
      // NOLINTNEXTLINE(cert-err34-c): the kernel writes these numbers
      if (std::sscanf(line.data(), "memlock: %llu", &value) == 1) usage.memlock = value;
      // NOLINTNEXTLINE(cert-err34-c)
      if (std::sscanf(line.data(), "frozen: %llu", &value) == 1) usage.frozen = value != 0;
    }
    return {};
  }

  std::error_code lookup(Bytes key, MutableBytes row, uint64_t flags) override {
    return answer(bpf_map_lookup_elem_flags(fd_.get(), key.data(), row.data(), flags));
  }
  std::error_code update(Bytes key, Bytes row, uint64_t flags) override {
    return answer(bpf_map_update_elem(fd_.get(), key.data(), row.data(), flags));
  }
  std::error_code erase(Bytes key, uint64_t flags) override {
    return answer(bpf_map_delete_elem_flags(fd_.get(), key.data(), flags));
  }
  std::error_code take(Bytes key, MutableBytes row, uint64_t flags) override {
    return answer(bpf_map_lookup_and_delete_elem_flags(fd_.get(), key.data(), row.data(), flags));
  }
  std::error_code next_key(Bytes key, MutableBytes next) override {
    return answer(bpf_map_get_next_key(fd_.get(), key.data(), next.data()));
  }

  std::error_code batch(BatchCommand command, BatchCall& call) override {
    LIBBPF_OPTS(bpf_map_batch_opts, opts, .elem_flags = call.elem_flags, .flags = call.flags);
    auto* in = const_cast<uint32_t*>(call.in);  // libbpf's signature; the kernel only reads it
    switch (command) {
      case BatchCommand::lookup:
        return answer(
            bpf_map_lookup_batch(fd_.get(), in, call.out, call.keys, call.rows, &call.count, &opts));
      case BatchCommand::take:
        return answer(bpf_map_lookup_and_delete_batch(fd_.get(), in, call.out, call.keys, call.rows,
                                                      &call.count, &opts));
      case BatchCommand::update:
        return answer(bpf_map_update_batch(fd_.get(), call.keys, call.rows, &call.count, &opts));
      case BatchCommand::erase: return answer(bpf_map_delete_batch(fd_.get(), call.keys, &call.count, &opts));
    }
    return errno_code(EINVAL);
  }

  std::error_code freeze() override { return answer(bpf_map_freeze(fd_.get())); }
  std::error_code pin(const std::string& path) override {
    return answer(bpf_obj_pin(fd_.get(), path.c_str()));
  }
  std::error_code run_program(uint32_t cpu, ProgramCall& call) override {
    if (!runner_) {
      MapInfo description;
      if (auto ec = info(description)) return ec;
      runner_.emplace(fd_.get(), description);
    }
    return runner_->run(cpu, call);
  }

 private:
  UniqueFd fd_;
  std::optional<ProgramRunner> runner_;
};

// BPF_MAP_CREATE itself and not bpf_map_create(): libbpf's wrapper loads probe programs first, drops the name
// where it may not, and cuts a name that is too long. `btf_fd` is read only where `spec` has type ids.
int create_map(const MapSpec& spec, int btf_fd) {
  bpf_attr attr{};
  attr.map_type = spec.type;
  attr.key_size = spec.key_size;
  attr.value_size = spec.value_size;
  attr.max_entries = spec.max_entries;
  attr.map_flags = spec.flags;
  if ((spec.flags & kNumaNode) != 0) attr.numa_node = static_cast<uint32_t>(spec.numa_node);
  std::memcpy(attr.map_name, spec.name.data(), std::min(spec.name.size(), sizeof attr.map_name));
  attr.btf_fd = static_cast<uint32_t>(btf_fd);
  attr.btf_key_type_id = spec.btf_key_type_id;
  attr.btf_value_type_id = spec.btf_value_type_id;
  const long fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, offsetof(bpf_attr, map_extra));
  return fd < 0 ? -errno : static_cast<int>(fd);
}

// Its first 64 KiB; nothing where it cannot be read.
std::string read_file(const char* path) {
  const File file = open_file(path);
  std::string text(size_t{1} << 16, '\0');
  text.resize(file ? std::fread(text.data(), 1, text.size(), file.get()) : 0);
  return text;
}

// The first one's number is fixed (PROC_USER_INIT_INO, include/linux/proc_ns.h).
bool is_in_user_namespace() {
  struct stat space {};
  return stat("/proc/self/ns/user", &space) == 0 && space.st_ino != 0xEFFFFFFD;
}

CpuList cpus_in(const char* path) {
  if (auto cpus = read_cpu_list(path); cpus && !cpus->empty()) return *std::move(cpus);
  throw Error(Problem::system, std::string("cannot read the CPU list in ") + path)
      .because(errno_code(errno))
      .advise("is sysfs mounted at /sys?");
}

class SyscallBackend final : public Backend {
 public:
  std::string name() const override { return "the real kernel"; }
  const CpuList& possible_cpus() const override { return possible_; }
  CpuList online_cpus() const override { return cpus_in("/sys/devices/system/cpu/online"); }
  uint32_t current_cpu() const override { return static_cast<uint32_t>(std::max(sched_getcpu(), 0)); }
  bool has_cap_bpf() const override { return prctl(PR_CAPBSET_READ, CAP_BPF) >= 0; }
  Privileges privileges() const override {
    Privileges found = parse_privileges(read_file("/proc/thread-self/status"));
    found.in_user_namespace = is_in_user_namespace();
    return found;
  }
  std::error_code find_function(const std::string& function) const override {
    if (access(kKernelBtf, R_OK) != 0) return errno_code(ENODATA);
    return kernel_function(function) != 0 ? std::error_code() : errno_code(ENOENT);
  }

  std::error_code create(const MapSpec& spec, std::unique_ptr<RawMap>& map) override {
    lift_memlock_limit();
    if (spec.btf.empty()) return adopt(create_map(spec, -1), map);
    const UniqueFd btf(bpf_btf_load(spec.btf.data(), spec.btf.size(), nullptr));
    if (btf.get() < 0) return answer(btf.get());
    return adopt(create_map(spec, btf.get()), map);
  }
  std::error_code btf(uint32_t id, std::vector<std::byte>& blob) override {
    const int fd = bpf_btf_get_fd_by_id(id);
    if (fd < 0) return answer(fd);
    const UniqueFd descriptor(fd);
    bpf_btf_info info{};
    uint32_t size = sizeof info;
    if (const auto ec = answer(bpf_obj_get_info_by_fd(fd, &info, &size))) return ec;
    blob.resize(info.btf_size);
    info = {};
    info.btf = reinterpret_cast<uintptr_t>(blob.data());
    info.btf_size = static_cast<uint32_t>(blob.size());
    size = sizeof info;
    return answer(bpf_obj_get_info_by_fd(fd, &info, &size));
  }

  std::error_code next_id(uint32_t after, uint32_t& id) override {
    return answer(bpf_map_get_next_id(after, &id));
  }
  std::error_code open_id(uint32_t id, uint32_t open_flags, std::unique_ptr<RawMap>& map) override {
    LIBBPF_OPTS(bpf_get_fd_by_id_opts, opts, .open_flags = open_flags);
    return adopt(bpf_map_get_fd_by_id_opts(id, &opts), map);
  }
  std::error_code open_pin(const std::string& path, uint32_t open_flags,
                           std::unique_ptr<RawMap>& map) override {
    LIBBPF_OPTS(bpf_obj_get_opts, opts, .file_flags = open_flags);
    return adopt(bpf_obj_get_opts(path.c_str(), &opts), map);
  }
  std::error_code open_fd(int fd, std::unique_ptr<RawMap>& map) override {
    const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    return adopt(copy < 0 ? -errno : copy, map);
  }

  std::vector<std::string> pinned_paths() override;

  // The link itself is looked at, not what it points to: it is what unpin would remove.
  std::error_code check_bpffs(const std::string& path) override {
    const UniqueFd file(open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct statfs fs {};
    if (file.get() < 0 || fstatfs(file.get(), &fs) != 0) return errno_code(errno);
    return fs.f_type == BPF_FS_MAGIC ? std::error_code() : errno_code(EPERM);
  }
  std::error_code unpin(const std::string& path) override {
    if (const auto ec = check_bpffs(path)) return ec;
    return unlink(path.c_str()) == 0 ? std::error_code() : errno_code(errno);
  }

 private:
  // `fd` is a new descriptor or -errno.
  std::error_code adopt(int fd, std::unique_ptr<RawMap>& map) const {
    if (fd < 0) return answer(fd);
    UniqueFd descriptor(fd);
    if (!is_map(fd)) return errno_code(EINVAL);
    map = std::make_unique<SyscallMap>(std::move(descriptor));
    return {};
  }

  CpuList possible_ = cpus_in("/sys/devices/system/cpu/possible");
};

void list_files(const std::string& root, std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::error_code ec;
  fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, ec);
  for (; !ec && at != fs::recursive_directory_iterator(); at.increment(ec)) {
    if (at->is_regular_file(ec)) paths.push_back(at->path());
  }
}

std::vector<std::string> SyscallBackend::pinned_paths() {
  std::vector<std::string> paths;
  const std::unique_ptr<FILE, int (*)(FILE*)> mounts(setmntent("/proc/self/mounts", "re"), endmntent);
  if (!mounts) return paths;
  while (const mntent* mount = getmntent(mounts.get())) {
    if (std::string_view(mount->mnt_type) == "bpf") list_files(mount->mnt_dir, paths);
  }
  return paths;
}

}  // namespace

std::unique_ptr<Backend> make_syscall_backend() {
  return std::make_unique<SyscallBackend>();
}

std::string libbpf_version() {
  return libbpf_version_string() + 1;  // past the "v"
}

}  // namespace percpumap
