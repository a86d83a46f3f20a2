#include "types/btf.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>

#include <cstring>

#include "base/error.h"
#include "types/btf_walk.h"

namespace percpumap {
namespace {

Error no_btf(std::string_view why) {
  return {Problem::bad_data, fmt::format("not BTF: {}", why)};
}

// What libbpf does not ask.
void check_header(Bytes blob) {
  btf_header header{};
  if (blob.size() < sizeof header) throw no_btf("it is too short");
  if (blob.size() > UINT32_MAX) throw no_btf("it is too long");
  std::memcpy(&header, blob.data(), sizeof header);
  if (header.magic == __builtin_bswap16(BTF_MAGIC)) throw no_btf("it has another machine's byte order");
  if (header.magic != BTF_MAGIC) throw no_btf("it begins with something else");
  if (header.version != BTF_VERSION) throw no_btf(fmt::format("version {} is unknown", header.version));
  const bool aligned = header.hdr_len % 4 == 0 && header.type_off % 4 == 0;
  if (header.hdr_len < sizeof header || !aligned) throw no_btf("its header is broken");
}

std::shared_ptr<const btf> parse(Bytes blob) {
  check_header(blob);
  libbpf_set_print(nullptr);  // it would write its own complaints to stderr
  btf* const parsed = btf__new(blob.data(), static_cast<uint32_t>(blob.size()));
  if (parsed == nullptr) throw no_btf("its types or strings are broken");
  return {parsed, btf__free};
}

}  // namespace

Btf::Btf(Bytes blob) : btf_(parse(blob)) {}

Bytes Btf::blob() const {
  uint32_t size = 0;
  const void* const data = btf__raw_data(btf_.get(), &size);
  return {static_cast<const std::byte*>(data), size};
}

Layout Btf::layout(uint32_t type_id) const {
  try {
    return layout_of(*btf_, type_id);
  } catch (const Error& error) {
    throw Error(Problem::bad_data, fmt::format("BTF type {}: {}", type_id, error.what()));
  }
}

}  // namespace percpumap
