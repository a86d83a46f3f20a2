#include "map/map_ref.h"

#include <cerrno>
#include <utility>
#include <vector>

#include "base/nearest.h"
#include "map/refusal.h"

namespace percpumap {
namespace {

constexpr const char* kByPath = "; a pinned map can be opened by its path where the file mode allows";

struct Candidate {
  uint32_t id;
  std::string type;
};

struct Named {
  std::vector<Candidate> found;
  std::vector<std::string> others;  // the names of other per-CPU hash maps
};

Named maps_named(Backend& backend, const std::string& name) {
  Named maps;
  for_each_id(backend, [&](uint32_t id) {
    std::unique_ptr<RawMap> map;
    MapInfo info;
    if (backend.open_id(id, kReadOnly, map) || map->info(info)) return;  // gone meanwhile
    if (info.name == name) {
      maps.found.push_back({id, map_type_name(info.type)});
    } else if (is_percpu_hash(info) && !info.name.empty()) {
      maps.others.push_back(info.name);
    }
  });
  return maps;
}

// What may have been meant. A name is 15 characters at most in the kernel: of a longer one its beginning; a
// map without a name is often spoken of by its pin's.
std::string instead_of(Backend& backend, const std::string& name, const std::vector<std::string>& others) {
  const std::string path = "/sys/fs/bpf/" + name;
  std::unique_ptr<RawMap> map;
  if (!backend.open_pin(path, kReadOnly, map)) return "a map is pinned at '" + path + "'";
  if (name.size() > 15) return "the kernel keeps 15 characters of a name: '" + name.substr(0, 15) + "'";
  const std::string near = nearest(name, std::vector<std::string_view>(others.begin(), others.end()));
  if (!near.empty()) return "did you mean '" + near + "'?";
  return "'percpumap list' shows the maps of " + backend.name();
}

uint32_t id_by_name(Backend& backend, const std::string& name) {
  const auto [found, others] = maps_named(backend, name);
  if (found.size() == 1) return found.front().id;
  if (found.empty()) {
    throw Error(Problem::no_such_map, "no map has the name '" + name + "'")
        .advise(instead_of(backend, name, others));
  }
  std::string list;
  for (const Candidate& map : found) {
    list += (list.empty() ? "id " : ", id ") + std::to_string(map.id) + " (" + map.type + ")";
  }
  throw Error(Problem::ambiguous, "several maps have the name '" + name + "': " + list)
      .advise("say which one with 'id N'");
}

Error missing(const MapRef& ref, std::error_code ec) {
  return Error(Problem::no_such_map, "there is no map " + ref.to_string()).because(ec).in("open");
}

Error refused(const MapRef& ref, std::error_code ec, const std::string& hint) {
  return Error(Problem::not_permitted,
               "opening map " + ref.to_string() + " is refused: " + errno_text(ec.value()))
      .because(ec)
      .in("open")
      .advise(hint + "; '--backend sim' needs no rights at all");
}

// BPF_OBJ_GET says EACCES both for a file mode that refuses and for a file that is no pin at all.
Error pin_refused(Backend& backend, const MapRef& ref, uint32_t open_flags, std::error_code ec) {
  const std::error_code place = backend.check_bpffs(ref.text);
  if (place == std::errc::operation_not_permitted || place == std::errc::no_such_file_or_directory) {
    return Error(Problem::no_such_map, "'" + ref.text + "' is not a pin: it is not on a bpffs")
        .because(ec)
        .in("open");
  }
  if (place) return refused(ref, ec, "a directory above it may not be searched by this user");
  if (backend.privileges().overrides_modes)
    return refused(ref, ec, "a security module or a seccomp filter refuses it (or it is a directory)");
  return refused(ref, ec,
                 open_flags == kReadOnly
                     ? "the pin's file mode does not let this user read it (or it is a directory)"
                     : "the pin's file mode does not let this user read and write it");
}

Error open_error(Backend& backend, const MapRef& ref, uint32_t open_flags, std::error_code ec) {
  switch (ec.value()) {
    case ENOENT:
    case ENOTDIR: return missing(ref, ec);
    case EBADF: return missing(ref, ec).advise("the parent process passed no such descriptor on");
    case EINVAL:
      return Error(Problem::bad_data, "what is " + ref.to_string() + " is not a BPF map")
          .because(ec)
          .in("open");
    case ENOSYS: return no_system_call(backend).in("open");
    case EACCES:
      if (ref.kind == MapRef::Kind::pin) return pin_refused(backend, ref, open_flags, ec);
      [[fallthrough]];
    case EPERM:
      return refused(ref, ec,
                     ref.kind == MapRef::Kind::id ? needed(backend, Right::sys_admin) + kByPath
                                                  : needed(backend, Right::none));
    case EROFS:
      return Error(Problem::not_permitted,
                   "map " + ref.to_string() + " cannot be written: its bpffs is mounted read-only")
          .because(ec)
          .in("open")
          .advise("it can still be read");
    case EIO:  // of a simulated kernel, as the next one
      return Error(Problem::system, "cannot open map " + ref.to_string() + ": its file is damaged")
          .because(ec)
          .in("open");
    case ENODEV:
      return Error(Problem::system, "cannot open map " + ref.to_string() +
                                        ": its file is no map, or one of another version of this program or "
                                        "of a machine with another number of CPUs")
          .because(ec)
          .in("open");
    default:
      return Error(Problem::system, "cannot open map " + ref.to_string() + ": " + errno_text(ec.value()))
          .because(ec)
          .in("open");
  }
}

}  // namespace

std::string MapRef::to_string() const {
  switch (kind) {
    case Kind::id: return "with id " + std::to_string(number);
    case Kind::name: return "named '" + text + "'";
    case Kind::pin: return "pinned at '" + text + "'";
    case Kind::fd: return "on descriptor " + std::to_string(number);
  }
  return text;
}

Error ids_refused(Backend& backend, std::error_code ec) {
  if (ec.value() == ENOSYS) return no_system_call(backend).in("list");
  if (!is_refusal(ec)) {
    return Error(Problem::system, "listing maps by id failed: " + errno_text(ec.value()))
        .because(ec)
        .in("list");
  }
  return Error(Problem::not_permitted, "listing maps by id is refused: " + errno_text(ec.value()))
      .because(ec)
      .in("list")
      .advise(needed(backend, Right::sys_admin) + kByPath + "; '--backend sim' needs no rights at all");
}

std::unique_ptr<RawMap> open_map(Backend& backend, const MapRef& ref, uint32_t open_flags) {
  std::unique_ptr<RawMap> map;
  std::error_code ec;
  switch (ref.kind) {
    case MapRef::Kind::id: ec = backend.open_id(ref.number, open_flags, map); break;
    case MapRef::Kind::name: ec = backend.open_id(id_by_name(backend, ref.text), open_flags, map); break;
    case MapRef::Kind::pin: ec = backend.open_pin(ref.text, open_flags, map); break;
    case MapRef::Kind::fd: ec = backend.open_fd(static_cast<int>(ref.number), map); break;
  }
  if (ec) throw open_error(backend, ref, open_flags, ec);
  return map;
}

}  // namespace percpumap
