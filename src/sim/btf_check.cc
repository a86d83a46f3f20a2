#include "sim/btf_check.h"

#include <bpf/btf.h>

#include <cerrno>

#include "base/error.h"
#include "types/btf.h"

namespace percpumap {
namespace {

bool has_size(const Btf& types, uint32_t type_id, uint32_t size) {
  return type_id != 0 && btf__resolve_size(types.get(), type_id) == int64_t{size};
}

bool knows_all(const btf& types, uint32_t newest_kind) {
  for (uint32_t id = 1; id < btf__type_cnt(&types); ++id) {
    if (btf_kind(btf__type_by_id(&types, id)) > newest_kind) return false;
  }
  return true;
}

}  // namespace

std::error_code check_btf_load(Bytes blob, const KernelRules& rules) {
  if (blob.size() > kMaxBtfBytes) return errno_code(E2BIG);
  try {
    const Btf types(blob);
    return errno_code(knows_all(*types.get(), rules.newest_btf_kind) ? 0 : EINVAL);
  } catch (const Error&) {
    return errno_code(EINVAL);
  }
}

std::error_code check_btf_types(const MapSpec& spec) {
  if (spec.btf_key_type_id == 0 && spec.btf_value_type_id == 0) return {};
  if (spec.btf.empty()) return errno_code(EBADF);
  const Btf types(spec.btf);
  const bool fits = has_size(types, spec.btf_key_type_id, spec.key_size) &&
                    has_size(types, spec.btf_value_type_id, spec.value_size);
  return errno_code(fits ? 0 : EINVAL);
}

}  // namespace percpumap
