#include "sim/sim_helper.h"

#include <algorithm>
#include <cerrno>

#include "base/error.h"
#include "sim/create_check.h"

namespace percpumap {
namespace {

// The calls of one program. `cpu` is online.
class Program {
 public:
  Program(const SimKernel& kernel, HashTable& table, uint32_t cpu)
      : kernel_(kernel), table_(table), info_(table.info()), cpu_(cpu) {}

  int64_t run(HelperCall& call) {
    switch (call.helper) {
      case Helper::lookup: return lookup(call, cpu_);
      case Helper::update: return update(call);
      case Helper::erase: return erase(call.key);
      case Helper::for_each: return for_each(call);
      case Helper::lookup_percpu: return lookup(call, static_cast<uint32_t>(call.cpu));
    }
    return 0;
  }

 private:
  static int64_t negative(std::error_code error) { return -error.value(); }

  size_t stride() const { return round_up8(info_.value_size); }
  template <typename Row>
  auto value_in(Row&& row, size_t slot) const {
    return std::span(row).subspan(slot * stride(), info_.value_size);
  }
  size_t own_slot() const { return *kernel_.machine.possible.slot_of(cpu_); }

  int64_t lookup(HelperCall& call, uint32_t cpu) {
    const auto slot = kernel_.machine.possible.slot_of(cpu);
    const uint32_t element = slot ? table_.find(call.key) : 0;
    if (element == 0) return 0;
    if (call.value.data() != nullptr)
      store(element, *slot, call.value);
    else
      append(value_in(table_.row(element), *slot), call.values);
    return 1;
  }

  // htab_map_update_elem_in_place(), kernel/bpf/hashtab.c.
  int64_t update(const HelperCall& call) {
    if (call.flags > kExist) return -EINVAL;
    const uint32_t element = table_.find(call.key);
    if (element != 0 && call.flags == kNoExist) return -EEXIST;
    if (element == 0 && call.flags == kExist) return -ENOENT;
    if (element == 0 && stride() > kMaxPercpuBytes) return -ENOMEM;
    if (element == 0) return negative(table_.insert(call.key, new_row(call.value)));
    store(element, own_slot(), call.value);
    return 0;
  }

  int64_t erase(Bytes key) {
    const uint32_t element = table_.find(key);
    if (element == 0) return -ENOENT;
    table_.erase(element);
    return 0;
  }

  // bpf_for_each_hash_elem(), kernel/bpf/hashtab.c.
  int64_t for_each(HelperCall& call) {
    if (call.flags != 0) return -EINVAL;
    uint64_t visited = 0;
    for (uint32_t e = table_.first_from(0); e != 0; e = table_.next(e)) {
      append(table_.key(e), call.keys);
      append(value_in(table_.row(e), own_slot()), call.values);
      if (++visited == call.stop_at) break;
    }
    return static_cast<int64_t>(visited);
  }

  static void append(Bytes bytes, std::vector<std::byte>& all) {
    all.insert(all.end(), bytes.begin(), bytes.end());
  }

  void store(uint32_t element, size_t slot, Bytes value) {
    const Bytes old = table_.row(element);
    std::vector<std::byte> row(old.begin(), old.end());
    std::ranges::copy(value, value_in(row, slot).begin());
    table_.overwrite(element, row);
  }

  // pcpu_init_value(), kernel/bpf/hashtab.c.
  std::vector<std::byte> new_row(Bytes value) const {
    std::vector<std::byte> row = row_before_insert();
    for (size_t slot = 0; slot < kernel_.machine.possible.size(); ++slot) {
      if (slot != own_slot() && kernel_.rules.new_slots != NewSlots::left) clear_slot(row, slot);
    }
    std::ranges::copy(value, value_in(row, own_slot()).begin());
    return row;
  }

  // Without preallocation the memory was fresh as long as nobody cleared it.
  std::vector<std::byte> row_before_insert() const {
    std::vector<std::byte> row(table_.row_size());
    const bool fresh = (info_.flags & kNoPrealloc) != 0 && kernel_.rules.new_slots == NewSlots::left;
    if (!fresh) std::ranges::copy(table_.spare_row(), row.begin());
    return row;
  }

  void clear_slot(MutableBytes row, size_t slot) const {
    const bool padding = kernel_.rules.new_slots == NewSlots::zero;
    std::ranges::fill(row.subspan(slot * stride(), padding ? stride() : info_.value_size), std::byte{0});
  }

  const SimKernel& kernel_;
  HashTable& table_;
  const MapInfo info_;
  const uint32_t cpu_;
};

bool writes(const HelperCall& call) {
  return call.helper == Helper::update || call.helper == Helper::erase ||
         (call.helper != Helper::for_each && call.value.data() != nullptr);
}

// What the verifier says, with its errno (check_map_access_type() and record_func_map(),
// kernel/bpf/verifier.c).
std::error_code load(const KernelRules& rules, uint32_t map_flags, const HelperCall& call) {
  if (!rules.rights.run_program) return errno_code(EPERM);
  if (call.helper == Helper::for_each && !rules.for_each_helper) return errno_code(EINVAL);
  if (call.helper == Helper::lookup_percpu && !rules.percpu_helper) return errno_code(EINVAL);
  const uint32_t refusing = writes(call) ? kReadOnlyProg : kWriteOnlyProg;
  return (map_flags & refusing) != 0 ? errno_code(EACCES) : std::error_code();
}

}  // namespace

std::error_code run_sim_helper(const SimKernel& kernel, HashTable& table, uint32_t cpu, HelperCall& call) {
  if (auto error = load(kernel.rules, table.info().flags, call)) return error;
  if (!kernel.machine.online.contains(cpu)) return errno_code(kernel.rules.runs_on_cpu ? ENXIO : EINVAL);
  call.keys.clear();
  call.values.clear();
  call.result = Program(kernel, table, cpu).run(call);
  return {};
}

}  // namespace percpumap
