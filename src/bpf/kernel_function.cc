#include "bpf/kernel_function.h"

#include <fcntl.h>
#include <linux/btf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/unique_fd.h"

namespace percpumap {
namespace {

std::vector<std::byte> read_file(const char* path) {
  const UniqueFd file(open(path, O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!file.valid() || fstat(file.get(), &status) != 0) return {};
  std::vector<std::byte> all(static_cast<size_t>(status.st_size));
  size_t at = 0;
  while (at < all.size()) {
    const ssize_t got = read(file.get(), all.data() + at, all.size() - at);
    if (got <= 0) return {};
    at += static_cast<size_t>(got);
  }
  return all;
}

// What follows a type's btf_type (include/uapi/linux/btf.h); nullopt: a kind that is not known here.
std::optional<size_t> bytes_behind(const btf_type& type) {
  const size_t members = BTF_INFO_VLEN(type.info);
  switch (BTF_INFO_KIND(type.info)) {
    case BTF_KIND_INT:
    case BTF_KIND_VAR:
    case BTF_KIND_DECL_TAG: return 4;
    case BTF_KIND_ARRAY: return sizeof(btf_array);
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION:
    case BTF_KIND_DATASEC:
    case BTF_KIND_ENUM64: return 12 * members;
    case BTF_KIND_ENUM:
    case BTF_KIND_FUNC_PROTO: return 8 * members;
    case BTF_KIND_PTR:
    case BTF_KIND_FWD:
    case BTF_KIND_TYPEDEF:
    case BTF_KIND_VOLATILE:
    case BTF_KIND_CONST:
    case BTF_KIND_RESTRICT:
    case BTF_KIND_FUNC:
    case BTF_KIND_FLOAT:
    case BTF_KIND_TYPE_TAG: return 0;
    default: return std::nullopt;
  }
}

// The id of the function whose name stands at `name` in the strings.
uint32_t find_function(Bytes types, size_t name) {
  uint32_t id = 1;
  for (size_t at = 0; at + sizeof(btf_type) <= types.size(); ++id) {
    btf_type type{};
    std::memcpy(&type, types.data() + at, sizeof type);
    if (BTF_INFO_KIND(type.info) == BTF_KIND_FUNC && type.name_off == name) return id;
    const auto behind = bytes_behind(type);
    if (!behind) return 0;
    at += sizeof type + *behind;
  }
  return 0;
}

}  // namespace

uint32_t kernel_function(std::string_view name) {
  const auto blob = read_file(kKernelBtf);
  btf_header header{};
  if (blob.size() < sizeof header) return 0;
  std::memcpy(&header, blob.data(), sizeof header);
  const Bytes data = Bytes(blob).subspan(header.hdr_len);
  const Bytes strings = data.subspan(header.str_off, header.str_len);
  const std::string_view text(reinterpret_cast<const char*>(strings.data()), strings.size());
  const size_t before = text.find('\0' + std::string(name) + '\0');
  if (before == std::string_view::npos) return 0;
  return find_function(data.subspan(header.type_off, header.type_len), before + 1);
}

}  // namespace percpumap
