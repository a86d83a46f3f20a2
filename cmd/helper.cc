// helper: one of the map type's helper functions, called by a BPF program that runs on one CPU.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/log.h"
#include "cmd/view.h"
#include "map/program_failure.h"
#include "map/stages.h"
#include "output/document.h"
#include "types/parse.h"

namespace percpumap {
namespace {

using Data = std::span<const std::string>;

struct Helper {
  std::string_view word;
  std::string_view function;
  Program program;
};

constexpr auto kHelpers = std::to_array<Helper>({
    {"lookup", "bpf_map_lookup_elem", Program::lookup},
    {"update", "bpf_map_update_elem", Program::update},
    {"delete", "bpf_map_delete_elem", Program::erase},
    {"for-each", "bpf_for_each_map_elem", Program::for_each},
    {"lookup-percpu", "bpf_map_lookup_percpu_elem", Program::lookup},
});

// The words, not yet looked at under the map's types.
struct Request {
  MapRef ref;
  const Helper* helper = nullptr;
  Data key{};
  Data value{};
  std::optional<uint64_t> slot_of{};
  uint64_t flags = kAny;
};

// Numbers are passed on as they are, so that the kernel's answer to them can be seen.
uint64_t read_flags(Words& words, Program program) {
  if (words.accept("flags")) return words.wide_number("the number of the flags");
  return program == Program::update ? words.update_flags() : kAny;
}

Request read_request(Words& words) {
  Request request{.ref = words.map()};
  const std::string word = words.next("lookup, update, delete, for-each or lookup-percpu");
  request.helper = std::ranges::find(kHelpers, word, &Helper::word);
  if (request.helper == kHelpers.end()) words.fail("there is no helper '" + word + "'");
  const Program program = request.helper->program;
  if (program != Program::for_each) {
    words.expect("key");
    request.key = words.data("key");
  }
  if (program == Program::update) {
    words.expect("value");
    request.value = words.data("value");
  }
  if (word == "lookup-percpu") {
    words.expect("of");
    request.slot_of = words.wide_number("the CPU whose slot it is");
  }
  if (program == Program::update || program == Program::for_each) request.flags = read_flags(words, program);
  words.end();
  return request;
}

bool writes(Program program) {
  return program == Program::update || program == Program::erase;
}

uint32_t chosen_cpu(Session& session) {
  const CpuList cpus = session.chosen_cpus();
  if (!session.options().cpu.empty() && cpus.size() == 1) return cpus.ids().front();
  throw Error(Problem::usage, "helper needs --cpu N: the one CPU on which the program runs");
}

// One helper and what it is called with.
class HelperRun {
 public:
  // Session and map outlive it.
  HelperRun(Session& session, Map& map, uint32_t cpu, const Request& request)
      : session_(session), map_(map), helper_(*request.helper), cpu_(cpu) {
    const Shape& shape = map.shape();
    if (!request.key.empty()) {
      key_.resize(shape.key_size);
      parse_data(request.key, session.key_layout(map), "key", key_, session.wide_numbers());
    }
    if (!request.value.empty()) {
      value_.resize(shape.value_size);
      parse_data(request.value, session.value_layout(map), "value", value_, session.wide_numbers());
    }
    call_ = {.program = helper_.program,
             .slot_of = request.slot_of,
             .keys = key_,
             .values = value_,
             .flags = request.flags};
    set_limit();
    if (call_.slot_of) refuse_hole(static_cast<uint32_t>(*call_.slot_of));
  }

  void run() {
    if (const auto ec = map_.raw().run_program(cpu_, call_)) {
      Error failure = program_failure(session_.backend(), map_, ec, call_, cpu_, helper_.word);
      if (ec.value() == ENXIO) {
        failure.hint =
            fmt::format("on an online CPU 'lookup-percpu ... of {}' reads its slots (Linux 5.19)", cpu_);
      }
      throw Error(std::move(failure));
    }
    detail(fmt::format("{}() on CPU {} answered {}", helper_.function, cpu_, answer()));
    switch (helper_.program) {
      case Program::lookup: return print_slot();
      case Program::for_each: return print_visited();
      default: return print_result();
    }
  }

 private:
  int64_t result() const { return call_.results.front(); }
  std::string answer() const {
    if (helper_.program == Program::lookup) return result() == 0 ? "NULL" : "a pointer";
    return std::to_string(result());
  }

  void set_limit() {
    const uint64_t limit = session_.options().limit;
    if (limit == kEveryEntry) return;
    if (helper_.program != Program::for_each || limit == 0)
      throw Error(Problem::usage, "--limit N stops for-each at its Nth element, counted from 1");
    call_.stop_at = limit;
  }

  // bpf_map_lookup_percpu_elem() compares with the highest CPU only (kernel/bpf/hashtab.c).
  void refuse_hole(uint32_t cpu) const {
    const CpuList& possible = session_.backend().possible_cpus();
    if (possible.contains(cpu) || cpu > possible.ids().back()) return;
    throw Error(Problem::bad_data, fmt::format("there is no CPU {} among the possible CPUs {}, and the "
                                               "kernel would not notice: it would read foreign memory",
                                               cpu, possible.to_string()));
  }

  // The entries that `keys` and values (value_size bytes each) are, of `cpu`.
  void print(std::vector<std::byte> keys, std::vector<std::byte> values, uint32_t cpu, bool single) const {
    const CpuList cpus({cpu});
    const View view(session_, map_, cpus, cpus);
    Batch batch{.keys = std::move(keys), .rows = std::move(values), .aggregates = {}, .count = 0};
    batch.count = batch.keys.size() / map_.shape().key_size;
    batch.rows.resize(batch.count * view.table().shape.row_size());
    space_values(view.table().shape, batch);
    if (single) return view.print_entry(batch.keys, batch.rows);
    const auto printer = make_printer(session_.format(), view.table());
    Document document(*printer, session_.sink());
    document.begin(batch);
    document.rows(batch);
    document.end(true);
  }

  void print_slot() {
    const uint32_t cpu = static_cast<uint32_t>(call_.slot_of.value_or(cpu_));
    if (result() != 0) return print(key_, std::move(call_.values_read), cpu, true);
    const CpuList& possible = session_.backend().possible_cpus();
    if (possible.contains(cpu)) throw map_.failure(errno_code(ENOENT), helper_.word, key_);
    throw failure(Problem::not_found, ENOENT,
                  fmt::format("NULL: there is no CPU {} (possible CPUs are {})", cpu, possible.to_string()));
  }

  void print_visited() {
    if (result() < 0) throw refusal();
    print(std::move(call_.keys_read), std::move(call_.values_read), cpu_, false);
  }

  void print_result() {
    Record record{{"helper", std::string(helper_.function)}, {"cpu", uint64_t{cpu_}}, {"result", result()}};
    if (result() < 0) record.push_back({"errno", errno_name(static_cast<int>(-result()))});
    session_.print(record);
    session_.sink().flush();
    if (result() < 0) throw refusal();
  }

  // What its negative result says.
  Error refusal() const {
    const int code = static_cast<int>(-result());
    if (code == ENOENT || code == EEXIST || code == E2BIG)
      return map_.failure(errno_code(code), helper_.word, key_);
    return failure(code == ENOMEM ? Problem::no_memory : Problem::system, code,
                   fmt::format("the helper answered {} ({})", result(), errno_name(code)));
  }

  Error failure(Problem problem, int code, const std::string& why) const {
    return Error(problem, fmt::format("{} in map {}: {}", helper_.word, map_.label(), why))
        .because(errno_code(code))
        .in(helper_.word)
        .of(map_.label());
  }

  Session& session_;
  Map& map_;
  const Helper& helper_;
  const uint32_t cpu_;
  std::vector<std::byte> key_;
  std::vector<std::byte> value_;
  ProgramCall call_;
};

}  // namespace

int run_helper(Session& session, Words& words) {
  const Request request = read_request(words);
  const uint32_t cpu = chosen_cpu(session);
  const bool changes = writes(request.helper->program);
  Map map = changes ? session.open_to_write(request.ref) : session.open_to_read(request.ref);
  if (changes) map.demand_writable(request.helper->word);
  HelperRun(session, map, cpu, request).run();
  return 0;
}

}  // namespace percpumap
