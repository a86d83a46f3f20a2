#include "sim/sim_program.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "sim/create_check.h"

namespace percpumap {
namespace {

// One run of a program, on `cpu`, which is online.
class Run {
 public:
  Run(const SimKernel& kernel, HashTable& table, uint32_t cpu, ProgramCall& call)
      : kernel_(kernel), table_(table), info_(table.info()), cpu_(cpu), call_(call) {}

  void run() {
    if (call_.program == Program::count) return call_.results.push_back(table_.count());
    if (call_.program == Program::for_each) return call_.results.push_back(for_each());
    for (size_t i = 0; i < call_.count; ++i) call_.results.push_back(run(i));
  }

 private:
  int64_t run(size_t i) {
    const Bytes key = call_.keys.subspan(i * info_.key_size, info_.key_size);
    switch (call_.program) {
      case Program::update: return update(key, given(i));
      case Program::erase: return erase(key);
      default: return use_pointer(key, i);
    }
  }

  static int64_t negative(std::error_code error) { return -error.value(); }

  size_t stride() const { return round_up8(info_.value_size); }
  template <typename Row>
  auto value_in(Row&& row, size_t slot) const {
    return std::span(row).subspan(slot * stride(), info_.value_size);
  }
  MutableBytes slot_of(MutableBytes row, size_t slot) const { return row.subspan(slot * stride(), stride()); }
  Bytes given(size_t i) const { return call_.values.subspan(i * info_.value_size, info_.value_size); }
  size_t own_slot() const { return *kernel_.machine.possible.slot_of(cpu_); }

  int64_t use_pointer(Bytes key, size_t i) {
    const bool reads = call_.program == Program::lookup || call_.program == Program::exchange;
    if (reads) call_.values_read.resize((i + 1) * info_.value_size);
    const auto slot = kernel_.machine.possible.slot_of(static_cast<uint32_t>(call_.slot_of.value_or(cpu_)));
    const uint32_t element = slot ? table_.find(key) : 0;
    if (element == 0) return 0;
    if (reads) {
      std::ranges::copy(value_in(table_.row(element), *slot),
                        call_.values_read.begin() + static_cast<long>(i * info_.value_size));
    }
    if (call_.program == Program::add) add(element, *slot, given(i));
    if (call_.program == Program::store || call_.program == Program::exchange)
      store(element, *slot, given(i));
    return 1;
  }

  // htab_map_update_elem_in_place(), kernel/bpf/hashtab.c.
  int64_t update(Bytes key, Bytes value) {
    if (call_.flags > kExist) return -EINVAL;
    const uint32_t element = table_.find(key);
    if (element != 0 && call_.flags == kNoExist) return -EEXIST;
    if (element == 0 && call_.flags == kExist) return -ENOENT;
    if (element == 0 && stride() > kMaxPercpuBytes) return -ENOMEM;
    if (element == 0) return negative(table_.insert(key, new_row(value)));
    store(element, own_slot(), value);
    return 0;
  }

  int64_t erase(Bytes key) {
    const uint32_t element = table_.find(key);
    if (element == 0) return -ENOENT;
    table_.erase(element);
    return 0;
  }

  // bpf_for_each_hash_elem(), kernel/bpf/hashtab.c.
  int64_t for_each() {
    if (call_.flags != 0) return -EINVAL;
    uint64_t visited = 0;
    for (uint32_t e = table_.first_from(0); e != 0; e = table_.next(e)) {
      append(table_.key(e), call_.keys_read);
      append(value_in(table_.row(e), own_slot()), call_.values_read);
      if (++visited == call_.stop_at) break;
    }
    return static_cast<int64_t>(visited);
  }

  static void append(Bytes bytes, std::vector<std::byte>& all) {
    all.insert(all.end(), bytes.begin(), bytes.end());
  }

  std::vector<std::byte> row_of(uint32_t element) const {
    const Bytes row = table_.row(element);
    return {row.begin(), row.end()};
  }

  void store(uint32_t element, size_t slot, Bytes value) {
    auto row = row_of(element);
    std::ranges::copy(value, value_in(row, slot).begin());
    table_.overwrite(element, row);
  }

  void add(uint32_t element, size_t slot, Bytes value) {
    auto row = row_of(element);
    for (const AddedNumber& number : call_.numbers) {
      add(value_in(row, slot).subspan(number.offset, number.size), value.subspan(number.offset, number.size));
    }
    table_.overwrite(element, row);
  }

  // In the machine's own byte order, whichever that is.
  static void add(MutableBytes sum, Bytes number) {
    switch (sum.size()) {
      case 1: return add_as<uint8_t>(sum, number);
      case 2: return add_as<uint16_t>(sum, number);
      case 4: return add_as<uint32_t>(sum, number);
      default: return add_as<uint64_t>(sum, number);
    }
  }
  template <typename Number>
  static void add_as(MutableBytes sum, Bytes number) {
    Number left{};
    Number right{};
    std::memcpy(&left, sum.data(), sizeof left);
    std::memcpy(&right, number.data(), sizeof right);
    left = static_cast<Number>(left + right);
    std::memcpy(sum.data(), &left, sizeof left);
  }

  // pcpu_init_value(), kernel/bpf/hashtab.c.
  std::vector<std::byte> new_row(Bytes value) const {
    std::vector<std::byte> row = row_before_insert();
    for (size_t slot = 0; slot < kernel_.machine.possible.size(); ++slot) {
      if (slot != own_slot() && kernel_.rules.new_slots != NewSlots::left) clear_slot(row, slot);
    }
    if (kernel_.rules.copies_past_value) std::ranges::fill(slot_of(row, own_slot()), std::byte{0});
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
    std::ranges::fill(padding ? slot_of(row, slot) : value_in(row, slot), std::byte{0});
  }

  const SimKernel& kernel_;
  HashTable& table_;
  const MapInfo info_;
  const uint32_t cpu_;
  ProgramCall& call_;
};

bool reads_through_pointer(Program program) {
  return program != Program::store && program != Program::update && program != Program::erase &&
         program != Program::count;
}
bool writes(Program program) {
  return program != Program::lookup && program != Program::for_each && program != Program::count;
}

// What the verifier says, with its errno (check_map_access_type() and record_func_map(),
// kernel/bpf/verifier.c), and before it this tool's own refusals.
std::error_code load(const KernelRules& rules, uint32_t map_flags, const ProgramCall& call) {
  if (!rules.mapped_arrays) return errno_code(EOPNOTSUPP);
  if (!rules.rights.run_program) return errno_code(EPERM);
  if (call.by_interrupt && !rules.tracing_takes_no_prealloc && (map_flags & kNoPrealloc) != 0)
    return errno_code(EOPNOTSUPP);
  if (call.by_interrupt && !rules.rights.interrupt_cpu) return errno_code(EPERM);
  if (call.program == Program::for_each && !rules.for_each_helper) return errno_code(EINVAL);
  if (call.program == Program::count && !rules.count_function) return errno_code(EINVAL);
  if (call.slot_of && !rules.percpu_helper) return errno_code(EINVAL);
  const bool refused = ((map_flags & kReadOnlyProg) != 0 && writes(call.program)) ||
                       ((map_flags & kWriteOnlyProg) != 0 && reads_through_pointer(call.program));
  return refused ? errno_code(EACCES) : std::error_code();
}

}  // namespace

std::error_code run_sim_program(const SimKernel& kernel, HashTable& table, uint32_t cpu, ProgramCall& call) {
  call.results.clear();
  call.keys_read.clear();
  call.values_read.clear();
  if (auto error = load(kernel.rules, table.info().flags, call)) return error;
  if (call.program != Program::count && !kernel.machine.online.contains(cpu)) return errno_code(ENXIO);
  if (call.by_interrupt && !kernel.rules.runs_on_cpu) return errno_code(EOPNOTSUPP);
  Run(kernel, table, cpu, call).run();
  return {};
}

}  // namespace percpumap
