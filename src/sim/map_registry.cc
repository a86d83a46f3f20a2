#include "sim/map_registry.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "sim/map_file.h"

namespace percpumap {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBpffs = "/sys/fs/bpf";

std::error_code last_error() {
  return errno_code(errno);
}
std::error_code check(int result) {
  return result == 0 ? std::error_code() : last_error();
}

std::optional<uint32_t> parse_id(std::string_view digits) {
  uint32_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (error != std::errc() || end != digits.data() + digits.size() || id == 0) return std::nullopt;
  return id;
}

bool is_mine(const struct stat& status) {
  return status.st_uid == geteuid();
}
bool is_writable_by_others(const struct stat& status) {
  return (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

// A symbolic link in a directory everybody may write to could lead anywhere, so its owner counts as well.
bool is_safe_place(const std::string& directory) {
  struct stat link = {};
  struct stat target = {};
  return lstat(directory.c_str(), &link) == 0 && stat(directory.c_str(), &target) == 0 && is_mine(link) &&
         is_mine(target) && !is_writable_by_others(target);
}

void refuse(const std::string& what, const std::string& advice) {
  throw Error(Problem::not_permitted, what + ", so it cannot be trusted as a simulated machine")
      .because(errno_code(EPERM))
      .advise(advice);
}

// False where there is nothing.
bool demand_directory(const std::string& path, int (*look)(const char*, struct stat*)) {
  constexpr auto other_place = "name a directory of your own: --backend sim:DIR";
  struct stat status = {};
  if (look(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return false;
    throw Error(Problem::system, "cannot look at " + path + ": " + errno_text(errno)).because(last_error());
  }
  if (!S_ISDIR(status.st_mode)) {
    throw Error(Problem::system, path + " is no directory, so no simulated machine")
        .because(errno_code(ENOTDIR))
        .advise(other_place);
  }
  if (!is_mine(status)) refuse(path + " belongs to another user", other_place);
  if (is_writable_by_others(status)) {
    refuse(path + " can be changed by other users", "mend it: chmod 700 " + path);
  }
  return true;
}

void demand_safe_place(const std::string& directory) {
  if (!demand_directory(directory, stat)) return;
  if (!is_safe_place(directory)) {
    refuse(directory + " is another user's symbolic link", "name a directory of your own: --backend sim:DIR");
  }
  for (const char* inner : {"/maps", "/pins"}) demand_directory(directory + inner, lstat);
}

// No waiting on a pipe that lies there, no following of a link.
std::error_code open_file(const std::string& file, UniqueFd& fd) {
  UniqueFd opened(open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!opened.valid()) return last_error();
  fd = std::move(opened);
  return {};
}

// Removes `file`, which `fd` has open, when it has no pin and nobody else has it open.
bool remove_if_unused(int fd, const std::string& file) {
  struct stat opened = {};
  struct stat named = {};
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &opened) != 0) return false;
  if (opened.st_nlink != 1 || lstat(file.c_str(), &named) != 0 || named.st_ino != opened.st_ino) return false;
  return unlink(file.c_str()) == 0;
}

bool remove_if_unused(const std::string& file) {
  UniqueFd fd;
  return !open_file(file, fd) && remove_if_unused(fd.get(), file);
}

std::error_code read_last_id(int fd, uint32_t& id) {
  std::array<char, 16> digits{};
  const ssize_t length = pread(fd, digits.data(), digits.size(), 0);
  if (length < 0) return last_error();
  const auto last = parse_id({digits.data(), static_cast<size_t>(length)});
  if (length > 0 && !last) return errno_code(EIO);
  id = last.value_or(0);
  return {};
}

std::error_code write_last_id(int fd, uint32_t id) {
  const std::string text = std::to_string(id);
  const ssize_t length = pwrite(fd, text.data(), text.size(), 0);
  if (length < 0) return last_error();
  return errno_code(static_cast<size_t>(length) == text.size() ? 0 : ENOSPC);
}

std::error_code if_exists(const std::string& path, int code) {
  struct stat status = {};
  return lstat(path.c_str(), &status) == 0 ? errno_code(code) : last_error();
}

// The bpffs looks up no name with a dot in it, wherever in the path it stands (bpf_lookup(),
// kernel/bpf/inode.c).
std::error_code check_dot(const fs::path& directory) {
  std::error_code error;
  const auto kind = fs::status(directory, error).type();
  if (kind == fs::file_type::directory) return errno_code(EPERM);
  return errno_code(kind == fs::file_type::not_found ? ENOENT : ENOTDIR);
}

std::error_code check_names(const fs::path& root, const fs::path& below) {
  fs::path walked = root;
  for (const fs::path& name : below) {
    if (name.native().find('.') != std::string::npos) return check_dot(walked);
    walked /= name;
    std::error_code ignored;
    if (fs::is_symlink(walked, ignored)) return errno_code(ELOOP);
  }
  return {};
}

}  // namespace

MapRegistry::MapRegistry(std::string directory) : directory_(std::move(directory)) {
  demand_safe_place(directory_);
  sweep();
}

std::error_code MapRegistry::make_directory() const {
  for (const std::string& path : {directory_, directory_ + "/maps", root()}) {
    if (mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) return last_error();
  }
  return is_safe_place(directory_) ? std::error_code() : errno_code(EPERM);
}

std::error_code MapRegistry::take_turn(int operation, UniqueFd& turn) const {
  const std::string file = directory_ + "/last_id";
  UniqueFd fd(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (!fd.valid() || flock(fd.get(), operation) != 0) return last_error();
  turn = std::move(fd);
  return {};
}

void MapRegistry::sweep() const {
  UniqueFd turn;
  struct stat status = {};
  if (lstat(draft_file().c_str(), &status) != 0 || take_turn(LOCK_EX | LOCK_NB, turn)) return;
  unlink(draft_file().c_str());
}

std::error_code MapRegistry::begin_map(MapDraft& draft) const {
  if (auto error = make_directory()) return error;
  if (auto error = take_turn(LOCK_EX, draft.turn)) return error;
  if (auto error = read_last_id(draft.turn.get(), draft.id)) return error;
  if (++draft.id >= INT_MAX) return errno_code(ENOSPC);
  unlink(draft_file().c_str());  // of somebody who was killed
  draft.file = UniqueFd(open(draft_file().c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  return check(draft.file.valid() ? 0 : -1);
}

std::error_code MapRegistry::publish(const MapDraft& draft) const {
  const std::string file = map_file(draft.id);
  if (if_exists(file, EEXIST) != errno_code(ENOENT)) return errno_code(EIO);  // last_id lies
  if (auto error = write_last_id(draft.turn.get(), draft.id)) return error;
  return check(rename(draft_file().c_str(), file.c_str()));
}

void MapRegistry::discard(const MapDraft& /*draft: whose turn it still is*/) const {
  unlink(draft_file().c_str());
}

std::vector<uint32_t> MapRegistry::ids_after(uint32_t after) const {
  std::vector<uint32_t> ids;
  std::error_code error;
  for (fs::directory_iterator file(directory_ + "/maps", error), end; !error && file != end;
       file.increment(error)) {
    const auto id = parse_id(file->path().filename().native());
    if (id && *id > after) ids.push_back(*id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::error_code MapRegistry::next_id(uint32_t after, uint32_t& id) const {
  if (after >= INT_MAX) return errno_code(EINVAL);
  for (const uint32_t found : ids_after(after)) {
    if (remove_if_unused(map_file(found))) continue;
    id = found;
    return {};
  }
  return errno_code(ENOENT);
}

std::error_code MapRegistry::open_id(uint32_t id, UniqueFd& fd) const {
  if (remove_if_unused(map_file(id))) return errno_code(ENOENT);
  return open_file(map_file(id), fd);
}

void MapRegistry::release(int fd, uint32_t id) const {
  remove_if_unused(fd, map_file(id));
}

MapRegistry::Place MapRegistry::place_of(const std::string& path) const {
  const fs::path normal = fs::path(path).lexically_normal();
  const fs::path below = normal.lexically_relative(kBpffs);
  if (!normal.is_absolute() || below.empty() || *below.begin() == "..") return {false, path, {}};
  if (below == ".") return {true, root(), {}};
  return {true, fs::path(root()) / below, check_names(root(), below)};
}

std::error_code MapRegistry::open_pin(const std::string& path, UniqueFd& fd) const {
  const Place place = place_of(path);
  if (!place.on_bpffs) return if_exists(path, EACCES);
  if (place.refused) return place.refused;
  const auto error = open_file(place.file, fd);
  return error == errno_code(EISDIR) ? errno_code(EACCES) : error;
}

std::error_code MapRegistry::pin(uint32_t id, const std::string& path) const {
  const Place place = place_of(path);
  if (!place.on_bpffs) {
    const auto error = if_exists(path, EEXIST);
    std::error_code ignored;
    const bool creatable = fs::is_directory(fs::absolute(path, ignored).parent_path(), ignored);
    return error == errno_code(ENOENT) && creatable ? errno_code(EPERM) : error;
  }
  if (place.refused) return place.refused;
  return check(link(map_file(id).c_str(), place.file.c_str()));
}

std::error_code MapRegistry::check_bpffs(const std::string& path) const {
  const Place place = place_of(path);
  if (place.refused) return place.refused;
  if (place.file == root()) return {};  // mounted, so to speak, before the first map makes it
  return if_exists(place.file, place.on_bpffs ? 0 : EPERM);
}

std::error_code MapRegistry::unpin(const std::string& path) const {
  if (auto error = check_bpffs(path)) return error;
  const Place place = place_of(path);
  UniqueFd fd;
  open_file(place.file, fd);  // what cannot be opened can still be removed
  if (unlink(place.file.c_str()) != 0) return last_error();
  if (fd.valid()) remove_if_unused(fd.get(), map_file(stored_map_id(fd.get())));
  return {};
}

std::vector<std::string> MapRegistry::pinned_paths() const {
  std::vector<std::string> paths;
  std::error_code error;
  const auto skip = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator file(root(), skip, error), end; !error && file != end;
       file.increment(error)) {
    std::error_code ignored;
    if (file->symlink_status(ignored).type() != fs::file_type::regular) continue;
    paths.push_back(std::string(kBpffs) + file->path().native().substr(root().size()));
  }
  return paths;
}

}  // namespace percpumap
