#include "map/map.h"

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

#include "map/create_failure.h"
#include "map/pin_path.h"

namespace percpumap {
namespace {

constexpr int kFullTries = 3;

// BPF_F_CPU for one CPU.
uint64_t cpu_flags(uint32_t cpu) {
  return kOneCpu | uint64_t{cpu} << 32;
}

bool writes(std::string_view operation) {
  return operation == "update" || operation == "delete" || operation == "pop" || operation == "drain" ||
         operation == "add" || operation == "zero";
}

// What to do where the kernel lacks what `operation` needs.
std::string_view advice_without(std::string_view operation) {
  if (operation == "pop")
    return "it came with Linux 5.14; 'lookup', then 'delete', lose what is counted between them";
  if (operation == "freeze") return "it came with Linux 5.2";
  return "";
}

}  // namespace

bool is_busy(std::error_code ec) {
  return ec.value() == EBUSY || ec.value() == EAGAIN || ec.value() == EDEADLK || ec.value() == ETIMEDOUT ||
         ec.value() == EINTR;
}

bool Backoff::pause() {
  if (left_-- <= 0) return false;
  std::this_thread::sleep_for(pause_);
  pause_ = std::min(2 * pause_, std::chrono::microseconds(10000));
  return true;
}

// Runs `call` until it answers anything but "busy". A full preallocated map may only look so while another
// CPU holds its last free element, hence a few quick tries (kernel/bpf/percpu_freelist.c).
template <typename Call>
std::error_code Map::persist(Call call) const {
  Backoff backoff;
  for (int full = 0;;) {
    const std::error_code ec = call();
    if (ec.value() == E2BIG ? ++full >= kFullTries : !retryable(ec)) return ec;
    if (!backoff.pause()) return ec;
  }
}

Map::Map(std::unique_ptr<RawMap> raw, CpuList cpus) : raw_(std::move(raw)) {
  if (const auto ec = raw_->info(info_)) {
    throw Error(Problem::system, "cannot read the map's description: " + errno_text(ec.value()))
        .because(ec)
        .in("open");
  }
  shape_ = {info_.key_size, info_.value_size, std::move(cpus)};
}

Map Map::open(Backend& backend, const MapRef& ref, uint32_t open_flags) {
  Map map(open_map(backend, ref, open_flags), backend.possible_cpus());
  if (!is_percpu_hash(map.info_)) {
    throw Error(Problem::bad_data, "map " + map.label() + " is of type " + map_type_name(map.info_.type) +
                                       ", not a per-CPU hash")
        .in("open")
        .of(map.label());
  }
  return map;
}

Map Map::open_one_cpu(Backend& backend, const MapRef& ref, uint32_t cpu) {
  Map map = open(backend, ref, kReadOnly);
  if (!map.has_cpu_flag(cpu)) return map;
  map.shape_.cpus = CpuList({cpu});
  map.read_flags_ = cpu_flags(cpu);
  return map;
}

Map Map::create(Backend& backend, const MapSpec& spec) {
  std::unique_ptr<RawMap> raw;
  std::error_code ec = backend.create(spec, raw);
  if (!ec && !has_room_for_values(spec)) ec = errno_code(E2BIG);  // which kernels from 6.12 on say themselves
  if (ec) throw create_failure(backend, spec, ec).in("create").of(spec.name);
  return {std::move(raw), backend.possible_cpus()};
}

std::string Map::label() const {
  const std::string id = "id " + std::to_string(info_.id);
  return info_.name.empty() ? id : info_.name + " (" + id + ")";
}

MapUsage Map::usage() {
  MapUsage usage;
  if (const auto ec = raw_->usage(usage)) throw failure(ec, "show");
  return usage;
}

bool Map::retryable(std::error_code ec) const {
  return is_busy(ec) || (ec.value() == ENOMEM && (info_.flags & kNoPrealloc) != 0);
}

bool Map::lookup(Bytes key, MutableBytes row) {
  const auto ec = persist([&] { return raw_->lookup(key, row, read_flags_); });
  if (ec && ec.value() != ENOENT) throw failure(ec, "lookup", key);
  return !ec;
}

// Linux 7.0 and 7.1 take a CPU's slot of an update by the CPU's number, but give and keep the slots packed:
// where numbers are missing they would store values of other CPUs, and what lies behind the buffer. They also
// take the number for too high (ERANGE), which later ones do not; trying the update itself could do the harm.
void Map::demand_whole_rows() {
  const CpuList& cpus = shape_.cpus;
  if (cpus.ids().back() + 1 == cpus.size()) return;
  const int code = try_cpu_flag(cpus.ids().back()).value();
  if (code == 0 || code == ENOENT || code == EINVAL) return;
  if (code == EPERM) {
    throw Error(Problem::not_permitted, "map " + label() + " is open for writing only")
        .because(errno_code(code))
        .in("update")
        .of(label())
        .advise(
            "whether this kernel mixes up the CPUs of an update (7.0 and 7.1 do so where the possible CPUs "
            "have holes) shows by reading: open the map by id or by a pin that may be read");
  }
  throw Error(Problem::unsupported, "this kernel would mix up the CPUs of an update of map " + label())
      .in("update")
      .of(label())
      .advise("Linux 7.0 and 7.1 do so where the possible CPUs have holes (" + cpus.to_string() + ")");
}

std::error_code Map::put_row(Bytes key, Bytes row, uint64_t flags) {
  demand_whole_rows();
  return persist([&] { return raw_->update(key, row, flags); });
}

void Map::update(Bytes key, Bytes row, uint64_t flags) {
  if (const auto ec = put_row(key, row, flags)) throw failure(ec, "update", key);
}

bool Map::insert(Bytes key, Bytes row) {
  const auto ec = put_row(key, row, kNoExist);
  if (ec && ec.value() != EEXIST) throw failure(ec, "update", key);
  return !ec;
}

bool Map::replace(Bytes key, Bytes row) {
  const auto ec = put_row(key, row, kExist);
  if (ec && ec.value() != ENOENT) throw failure(ec, "update", key);
  return !ec;
}

bool Map::erase(Bytes key) {
  const auto ec = persist([&] { return raw_->erase(key, 0); });
  if (ec && ec.value() != ENOENT) throw failure(ec, "delete", key);
  return !ec;
}

bool Map::take(Bytes key, MutableBytes row) {
  const auto ec = persist([&] { return raw_->take(key, row, 0); });
  if (ec && ec.value() != ENOENT) throw failure(ec, "pop", key);
  return !ec;
}

bool Map::next_key(Bytes key, MutableBytes next) {
  const auto ec = persist([&] { return raw_->next_key(key, next); });
  if (ec && ec.value() != ENOENT) throw failure(ec, "getnext");
  return !ec;
}

std::error_code Map::try_cpu_flag(uint32_t cpu) {
  const std::vector<std::byte> key(shape_.key_size);
  std::vector<std::byte> value(shape_.value_size);
  return raw_->lookup(key, value, cpu_flags(cpu));
}

bool Map::has_cpu_flag(uint32_t cpu) {
  const auto ec = try_cpu_flag(cpu);
  return !ec || ec.value() == ENOENT;
}

bool Map::lookup_cpu(Bytes key, uint32_t cpu, MutableBytes value) {
  const auto ec = persist([&] { return raw_->lookup(key, value, cpu_flags(cpu)); });
  if (ec && ec.value() != ENOENT) throw failure(ec, "lookup", key);
  return !ec;
}

bool Map::update_cpu(Bytes key, uint32_t cpu, Bytes value) {
  std::vector<std::byte> before(shape_.value_size);
  if (!lookup_cpu(key, cpu, before)) return false;
  const auto ec = persist([&] { return raw_->update(key, value, cpu_flags(cpu)); });
  if (ec) throw failure(ec, "update", key);
  return true;
}

bool Map::has_batches() {
  BatchCall call;
  return raw_->batch(BatchCommand::lookup, call).value() != EINVAL;
}

std::error_code Map::advance(BatchCommand command, Bytes keys, Bytes rows, size_t& at, size_t count) {
  return persist([&] {
    BatchCall call;
    const auto asked = static_cast<uint32_t>(count - at);
    // These commands only read their buffers; the interface is the kernel's, which has one pointer for all.
    call.keys = const_cast<std::byte*>(keys.data()) + at * shape_.key_size;
    if (!rows.empty()) call.rows = const_cast<std::byte*>(rows.data()) + at * shape_.row_size();
    call.count = asked;
    const auto ec = raw_->batch(command, call);
    // On a failure before the first entry `count` can be what was asked, untouched.
    const size_t done = ec && call.count >= asked ? 0 : call.count;
    at += done;
    // Progress is neither a busy kernel nor a full map: patience starts anew with the next key.
    return done > 0 && (retryable(ec) || ec.value() == E2BIG) ? std::error_code() : ec;
  });
}

void Map::put(const Batch& batch, uint64_t flags, uint64_t& done) {
  if (flags != kAny || !has_batches()) return put_each(batch, flags, done);
  demand_whole_rows();
  const uint64_t before = done;
  for (size_t at = 0; at < batch.count;) {
    const auto ec = advance(BatchCommand::update, batch.keys, batch.rows, at, batch.count);
    done = before + at;
    if (ec) throw failure(ec, "update");
  }
}

void Map::put_each(const Batch& batch, uint64_t flags, uint64_t& done) {
  for (size_t i = 0; i < batch.count; ++i, ++done) update(batch.key(shape_, i), batch.row(shape_, i), flags);
}

Erased Map::erase_all(Bytes keys) {
  Erased erased;
  const bool batches = has_batches();
  const size_t count = keys.size() / shape_.key_size;
  for (size_t at = 0; at < count;) {
    const size_t before = at;
    const Bytes key = keys.subspan(at * shape_.key_size, shape_.key_size);
    bool missing = false;
    if (batches) {
      const auto ec = advance(BatchCommand::erase, keys, {}, at, count);
      missing = ec.value() == ENOENT;
      if (ec && !missing) throw failure(ec, "delete");
      erased.deleted += at - before;
    } else {
      missing = !erase(key);
      if (!missing) ++at, ++erased.deleted;
    }
    if (missing) erased.missing.push_back(to_hex(keys.subspan(at++ * shape_.key_size, shape_.key_size)));
  }
  return erased;
}

void Map::freeze() {
  const auto ec = raw_->freeze();
  if (ec) throw failure(ec, "freeze");
}

// By a flag that no kernel takes for a per-CPU hash, and looks at only once it knows that writing is allowed
// (map_update_elem(), kernel/bpf/syscall.c).
void Map::demand_writable(std::string_view operation) {
  const std::vector<std::byte> key(shape_.key_size);
  const std::vector<std::byte> row(shape_.row_size());
  const auto ec = raw_->update(key, row, kLock);
  if (ec.value() == EPERM) throw failure(ec, operation);
}

void Map::pin(Backend& backend, const std::string& path) {
  if (const auto ec = raw_->pin(path)) throw pin_failure(backend, path, ec).of(label());
}

bool Map::is_frozen() {
  MapUsage usage;
  return !raw_->usage(usage) && usage.frozen;
}

Error Map::refusal(std::error_code ec, std::string_view operation) {
  if ((writes(operation) || operation == "freeze") && is_frozen()) {
    return Error(Problem::frozen, "map " + label() + " is frozen: no system call can change it any more")
        .because(ec);
  }
  if (operation == "freeze") {
    return Error(Problem::not_permitted, "freezing map " + label() + " is refused")
        .because(ec)
        .advise(
            "up to Linux 6.4 it needs CAP_BPF (CAP_SYS_ADMIN before 5.8), later a descriptor that may write");
  }
  if (writes(operation)) {
    return Error(Problem::not_permitted, "map " + label() + " is open for reading only")
        .because(ec)
        .advise(
            "an inherited or opened descriptor without write access; open the map by id or by a pin that may "
            "be written");
  }
  return Error(Problem::not_permitted, "map " + label() + " is open for writing only").because(ec);
}

Error Map::failure(std::error_code ec, std::string_view operation, Bytes key) {
  const std::string which = key.empty() ? "" : " (hex " + to_hex(key) + ")";
  const std::string doing = std::string(operation) + " in map " + label() + ": ";
  const auto make = [&](Problem problem, const std::string& why) {
    return Error(problem, doing + why).because(ec).in(operation).of(label());
  };
  const auto unsupported = [&] {
    return make(Problem::unsupported, "this kernel does not have that command for this map type")
        .advise(advice_without(operation));
  };
  switch (ec.value()) {
    case ENOENT: return make(Problem::not_found, "no such key" + which);
    case EEXIST: return make(Problem::exists, "the key is there already" + which);
    case E2BIG:
      return make(Problem::full, "the map is full (" + std::to_string(info_.max_entries) + " entries)");
    case ENOMEM:
      return make(Problem::no_memory, std::string("the kernel has no memory for it") +
                                          (retryable(ec) ? ", also after two seconds of trying" : ""));
    case EIO: return make(Problem::system, "the simulated map's file is damaged");
    case EPERM: return refusal(ec, operation).in(operation).of(label());
    case EBUSY:  // what a second freeze is told up to 6.4
      if (operation == "freeze" && is_frozen()) return refusal(ec, operation).in(operation).of(label());
      break;
    case kKernelEnotsupp:
    case EOPNOTSUPP: return unsupported();
    case EINVAL:
      if (operation == "pop" || operation == "drain" || operation == "dump" || operation == "freeze")
        return unsupported();
      break;
    default: break;
  }
  if (is_busy(ec))
    return make(Problem::system,
                "the map is busy, also after two seconds of trying (" + errno_name(ec.value()) + ")");
  return make(Problem::system, errno_text(ec.value()) + " (" + errno_name(ec.value()) + ")");
}

}  // namespace percpumap
