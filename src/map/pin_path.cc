#include "map/pin_path.h"

#include <cerrno>

#include "map/refusal.h"

namespace percpumap {
namespace {

std::string parent_of(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// bpf_lookup() in kernel/bpf/inode.c: names with a dot are kept for the kernel's own files.
bool has_dotted_name(const std::string& path) {
  return path.find('.', path.find_last_of('/') + 1) != std::string::npos;
}

Error not_permitted(Backend& backend, const std::string& parent, const std::string& path) {
  const std::error_code place = backend.check_bpffs(parent);
  if (place) {
    return Error(Problem::cannot_create, "'" + parent + "' is not on a bpffs")
        .advise(
            "pins live on one, usually /sys/fs/bpf ('mount -t bpf bpf /sys/fs/bpf'; containers: "
            "-v /sys/fs/bpf:/sys/fs/bpf)");
  }
  if (has_dotted_name(path)) return {Problem::cannot_create, "a bpffs takes no name with a dot in it"};
  return Error(Problem::not_permitted, "the kernel refuses it").advise(needed(backend, Right::none));
}

Error not_writable(Backend& backend, const std::string& parent) {
  if (!backend.privileges().overrides_modes)
    return {Problem::not_permitted, "this user may not write in '" + parent + "'"};
  return Error(Problem::not_permitted, "a security module refuses it")
      .advise("AppArmor's profile for containers refuses pins (--security-opt apparmor=unconfined)");
}

Error reason(Backend& backend, const std::string& path, std::error_code ec) {
  const std::string parent = parent_of(path);
  switch (ec.value()) {
    case EEXIST:
      return Error(Problem::cannot_create, "the path exists already")
          .advise("nothing is ever replaced; 'percpumap unpin' removes a pin");
    case ENOENT:
    case ENOTDIR:
      return Error(Problem::cannot_create, "the directory '" + parent + "' is not there")
          .advise("make it with mkdir first");
    case EROFS:
      return Error(Problem::cannot_create, "its bpffs is mounted read-only")
          .advise("mount it writable (containers: -v /sys/fs/bpf:/sys/fs/bpf without ':ro')");
    case EACCES: return not_writable(backend, parent);
    case EPERM: return not_permitted(backend, parent, path);
    default: return {Problem::system, errno_text(ec.value())};
  }
}

}  // namespace

Error pin_failure(Backend& backend, const std::string& path, std::error_code ec) {
  const Error why = reason(backend, path, ec);
  return Error(why.problem(), "cannot pin at '" + path + "': " + why.what())
      .because(ec)
      .in("pin")
      .advise(why.hint);
}

void check_pin_path(Backend& backend, const std::string& path) {
  const std::error_code there = backend.check_bpffs(path);
  const std::error_code parent = backend.check_bpffs(parent_of(path));
  if (!there || (there.value() == EPERM && parent)) throw pin_failure(backend, path, errno_code(EEXIST));
  if (parent) throw pin_failure(backend, path, parent);
  if (there.value() == EPERM) throw pin_failure(backend, path, there);
}

}  // namespace percpumap
