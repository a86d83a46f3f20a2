#include "bpf/program_runner.h"

#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/cpu_list.h"
#include "base/error.h"
#include "bpf/kernel_function.h"
#include "bpf/walk_program.h"

namespace percpumap {
namespace {

// Entries of one system call: as many as make its cost small, in memory that stays in a processor's cache.
constexpr size_t kMostEntries = 1024;
constexpr size_t kMostBytes = size_t{256} << 10;
// Slots are at most PCPU_MIN_UNIT_SIZE bytes; where a larger map could be made, it holds nothing.
constexpr size_t kLargestValue = 32768;
// What a map may hold beyond max_entries when programs add at the same time.
constexpr size_t kOvershoot = 64;

bool is_given_values(Program program) {
  return program == Program::store || program == Program::add || program == Program::exchange ||
         program == Program::update;
}
bool reads_values(Program program) {
  return program == Program::lookup || program == Program::exchange;
}

Start start_of(const EntryProgram& what) {
  return what.by_interrupt ? Start::by_interrupt : Start::in_this_thread;
}

// From one array's elements to bytes one behind the other, or back.
void gather(const MappedArray& array, size_t count, size_t size, std::byte* to) {
  for (size_t i = 0; i < count; ++i) std::memcpy(to + i * size, array.at(i), size);
}
void spread(const std::byte* from, size_t count, size_t size, const MappedArray& array) {
  for (size_t i = 0; i < count; ++i) std::memcpy(array.at(i), from + i * size, size);
}

// Before 6.4 the kernel's functions behind the helpers return an int, and a program that calls them directly
// leaves its register's upper half zero.
int64_t as_int(int64_t result) {
  return static_cast<int32_t>(result);
}

}  // namespace

std::error_code ProgramRunner::run(uint32_t cpu, ProgramCall& call) {
  call.results.clear();
  call.keys_read.clear();
  call.values_read.clear();
  if (call.program == Program::count) return count(call);
  return call.program == Program::for_each ? walk(cpu, call) : run_entries(cpu, call);
}

std::error_code ProgramRunner::make_arrays() {
  if (control_.fd() >= 0) return {};
  if (info_.value_size > kLargestValue) return errno_code(E2BIG);
  lift_memlock_limit();
  const size_t entry = round_up8(info_.key_size) + round_up8(info_.value_size);
  const size_t entries = std::clamp<size_t>(kMostBytes / entry, 1, kMostEntries);
  if (auto error = MappedArray::make(info_.key_size, entries, keys_)) return error;
  if (auto error = MappedArray::make(info_.value_size, entries, values_)) return error;
  if (auto error = MappedArray::make(sizeof(int64_t), entries, results_)) return error;
  return MappedArray::make(sizeof(Control), 1, control_);
}

// A raw tracepoint on a map without preallocation: before 6.1 loading it prints a warning. What came with
// that release, too, tells: bpf_ktime_get_tai_ns().
std::error_code ProgramRunner::refuses_interrupts() const {
  if ((info_.flags & kNoPrealloc) == 0) return {};
  const int known = libbpf_probe_bpf_helper(BPF_PROG_TYPE_SOCKET_FILTER, BPF_FUNC_ktime_get_tai_ns, nullptr);
  return known > 0 ? std::error_code() : errno_code(EOPNOTSUPP);
}

std::error_code ProgramRunner::load(const EntryProgram& what, Exchange exchange, UniqueFd& program) const {
  const EntryArrays arrays{control_.fd(), keys_.fd(), values_.fd(), results_.fd()};
  return load_program(entry_code(what, map_, info_.value_size, arrays, exchange), start_of(what), 0, program);
}

std::error_code ProgramRunner::load(const EntryProgram& what, const Loaded*& loaded) {
  const auto same = [&](const Loaded& other) { return other.what == what; };
  if (const auto at = std::ranges::find_if(loaded_, same); at != loaded_.end()) {
    loaded = &*at;
    return {};
  }
  if (auto error = make_arrays()) return error.value() == EINVAL ? errno_code(EOPNOTSUPP) : error;
  if (what.by_interrupt) {
    if (auto error = refuses_interrupts()) return error;
  }
  UniqueFd program;
  auto error = load(what, Exchange::at_once, program);
  if (error.value() == EINVAL && what.program == Program::exchange)
    error = load(what, Exchange::by_adding, program);
  if (error) return error;
  loaded = &loaded_.emplace_back(Loaded{what, std::move(program)});
  return {};
}

// Whether an interrupt starts a program on `cpu`; also false where this process or kernel has none of these.
bool ProgramRunner::takes_interrupts(uint32_t cpu) {
  if (!nothing_.valid()) {
    Code code;
    code.move(Register::r0, 0);
    code.exit();
    if (load_program(code, Start::by_interrupt, 0, nothing_)) return false;
  }
  return !run_by_interrupt(nothing_.get(), cpu);
}

// What keeps this thread from a CPU. In some containers the file leaves out what is online, but not in their
// cpuset (lxcfs).
std::error_code ProgramRunner::absence(uint32_t cpu) {
  const auto online = read_cpu_list("/sys/devices/system/cpu/online");
  const bool offline = online && !online->contains(cpu) && !takes_interrupts(cpu);
  return errno_code(offline ? ENXIO : ENODEV);
}

std::error_code ProgramRunner::prepare(uint32_t cpu, const ProgramCall& call) {
  Control& control = this->control();
  control = {.cpu = cpu, .flags = call.flags, .slot_of = call.slot_of.value_or(0), .stop_at = call.stop_at};
  if (call.by_interrupt || !binding_.bind(cpu)) return {};
  return absence(cpu);
}

std::error_code ProgramRunner::run_entries(uint32_t cpu, ProgramCall& call) {
  const EntryProgram what{.program = call.program,
                          .of_slot = call.slot_of.has_value(),
                          .numbers = {call.numbers.begin(), call.numbers.end()},
                          .by_interrupt = call.by_interrupt};
  const Loaded* loaded = nullptr;
  if (auto error = load(what, loaded)) return error;
  if (auto error = prepare(cpu, call)) return error;
  call.results.reserve(call.count);
  while (call.results.size() < call.count) {
    if (auto error = run_some(*loaded, cpu, call)) return error;
  }
  return {};
}

// The next entries of `call`, as many as the arrays hold.
std::error_code ProgramRunner::run_some(const Loaded& loaded, uint32_t cpu, ProgramCall& call) {
  const size_t done = call.results.size();
  const size_t count = std::min(call.count - done, keys_.elements());
  const size_t size = info_.value_size;
  spread(call.keys.data() + done * info_.key_size, count, info_.key_size, keys_);
  if (is_given_values(call.program)) spread(call.values.data() + done * size, count, size, values_);
  control().next = 0;
  const auto error = start(loaded, cpu, count);
  const size_t ran = control().next;
  for (size_t i = 0; i < ran; ++i) {
    int64_t result = 0;
    std::memcpy(&result, results_.at(i), sizeof result);
    call.results.push_back(as_int(result));
  }
  if (!reads_values(call.program)) return error;
  call.values_read.resize((done + ran) * size);
  for (size_t i = 0; i < ran; ++i) {
    if (call.results[done + i] != 0) std::memcpy(&call.values_read[(done + i) * size], values_.at(i), size);
  }
  return error;
}

// Runs the program `times` times; Control::next tells how often it did. A signal interrupts only the system
// call.
std::error_code ProgramRunner::start(const Loaded& loaded, uint32_t cpu, size_t times) {
  while (control().next < times) {
    const uint64_t before = control().next;
    std::error_code error;
    if (loaded.what.by_interrupt) {
      error = run_by_interrupt(loaded.program.get(), cpu);
    } else {
      error = run_in_this_thread(loaded.program.get(), static_cast<uint32_t>(times - before));
    }
    if (error && error.value() != EINTR) return error;
    // It ran elsewhere: somebody has taken this CPU from the thread.
    if (control().next == before) return absence(cpu);
  }
  return {};
}

// As many entries as a map can have would be far too much memory for one that has few.
size_t ProgramRunner::expected_entries(size_t most) {
  ProgramCall counting{.program = Program::count};
  if (most * (info_.key_size + info_.value_size) <= kMostBytes || count(counting)) return most;
  const auto there = static_cast<size_t>(std::max<int64_t>(counting.results.front(), 0));
  return std::min(most, there + there / 4 + kOvershoot);
}

// Again with more room where entries came meanwhile.
std::error_code ProgramRunner::walk(uint32_t cpu, ProgramCall& call) {
  if (auto error = make_arrays()) return error.value() == EINVAL ? errno_code(EOPNOTSUPP) : error;
  const size_t all = size_t{info_.max_entries} + kOvershoot;
  const size_t most = call.stop_at == 0 ? all : std::min<uint64_t>(call.stop_at, all);
  for (size_t room = expected_entries(most);; room = std::min(most, 2 * room)) {
    const auto error = walk(cpu, call, room);
    if (error || control().next < room || room == most) return error;
  }
}

std::error_code ProgramRunner::walk(uint32_t cpu, ProgramCall& call, size_t most) {
  MappedArray keys;
  MappedArray values;
  if (auto error = MappedArray::make(info_.key_size, most, keys)) return error;
  if (auto error = MappedArray::make(info_.value_size, most, values)) return error;
  const auto [code, callback] =
      walk_code(map_, info_.value_size, {control_.fd(), keys.fd(), values.fd(), results_.fd()});
  UniqueFd program;
  if (auto error = load_program(code, Start::in_this_thread, callback, program)) return error;
  if (auto error = prepare(cpu, call)) return error;
  if (auto error = run_in_this_thread(program.get(), 1)) return error;
  if (control().ran == 0) return absence(cpu);
  const size_t visited = control().next;
  call.results = {as_int(control().result)};
  call.keys_read.resize(visited * info_.key_size);
  call.values_read.resize(visited * info_.value_size);
  gather(keys, visited, info_.key_size, call.keys_read.data());
  gather(values, visited, info_.value_size, call.values_read.data());
  return {};
}

std::error_code ProgramRunner::count(ProgramCall& call) {
  if (!count_.valid()) {
    static const uint32_t function = kernel_function("bpf_map_sum_elem_count");
    if (function == 0) return errno_code(EINVAL);
    Code code;
    code.load_map(Register::r1, map_);
    code.call_kernel(function);
    code.exit();
    if (auto error = load_program(code, Start::in_this_thread, 0, count_)) return error;
  }
  uint32_t elements = 0;
  if (auto error = run_in_this_thread(count_.get(), 1, &elements)) return error;
  call.results = {elements};
  return {};
}

}  // namespace percpumap
