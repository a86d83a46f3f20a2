#include "kernel/churn.h"

#include <bpf/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace percpumap::test {
namespace {

enum Code : uint8_t {
  kMove = BPF_ALU64 | BPF_MOV,
  kAdd = BPF_ALU64 | BPF_ADD,
  kAnd = BPF_ALU64 | BPF_AND,
  kOr = BPF_ALU64 | BPF_OR,
  kCall = BPF_JMP | BPF_CALL,
  kExit = BPF_JMP | BPF_EXIT,
  kJumpUnlessEqual = BPF_JMP | BPF_JNE,
  kLoad64 = BPF_LD | BPF_DW,
  kStore64 = BPF_STX | BPF_MEM | BPF_DW,
  kAtomic64 = BPF_STX | BPF_ATOMIC | BPF_DW,
};

class Program {
 public:
  // With a number (BPF_K) as the operand.
  void add(Code code, unsigned to, int32_t number, int16_t offset = 0, unsigned from = 0) {
    code_.push_back({static_cast<uint8_t>(code), static_cast<uint8_t>(to & 15U),
                     static_cast<uint8_t>(from & 15U), offset, number});
  }
  void add_register(Code code, unsigned to, unsigned from) {
    add(static_cast<Code>(code | BPF_X), to, 0, 0, from);
  }
  // Takes the room of two instructions. `kind`: what the number stands for; 0 for itself.
  void load64(unsigned to, unsigned kind, uint64_t number) {
    add(kLoad64, to, static_cast<int32_t>(number), 0, kind);
    add(static_cast<Code>(0), 0, static_cast<int32_t>(number >> 32));
  }

  int load() const {
    return bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "churn", "GPL", code_.data(), code_.size(), nullptr);
  }

 private:
  std::vector<bpf_insn> code_;
};

// r1 is the map, r2 points to a random key at the end of the stack.
void choose_key(Program& program, int map, uint32_t keys) {
  program.add(kCall, 0, BPF_FUNC_get_prandom_u32);
  program.add(kAnd, 0, static_cast<int32_t>(keys - 1));
  program.load64(1, 0, kChurned);
  program.add_register(kOr, 0, 1);
  program.add(kStore64, 10, 0, -8, 0);
  program.add_register(kMove, 2, 10);
  program.add(kAdd, 2, -8);
  program.load64(1, BPF_PSEUDO_MAP_FD, static_cast<uint32_t>(map));
}

// The number at `offset` in the value of `counts` goes up if r0 is 0; and the end.
void count_success(Program& program, int counts, uint32_t offset) {
  program.add(kJumpUnlessEqual, 0, 0, 4);
  program.load64(1, BPF_PSEUDO_MAP_VALUE, static_cast<uint32_t>(counts) | uint64_t{offset} << 32);
  program.add(kMove, 2, 1);
  program.add(kAtomic64, 1, BPF_ADD, 0, 2);
  program.add(kMove, 0, 0);
  program.add(kExit, 0, 0);
}

int load_inserting(int map, int counts, uint32_t keys) {
  Program program;
  choose_key(program, map, keys);
  program.add_register(kMove, 3, 2);
  program.add(kMove, 4, BPF_NOEXIST);
  program.add(kCall, 0, BPF_FUNC_map_update_elem);
  count_success(program, counts, 0);
  return program.load();
}

int load_deleting(int map, int counts, uint32_t keys) {
  Program program;
  choose_key(program, map, keys);
  program.add(kCall, 0, BPF_FUNC_map_delete_elem);
  count_success(program, counts, sizeof(uint64_t));
  return program.load();
}

int run(int program, uint32_t times) {
  std::array<char, 64> packet{};
  LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet.data(), .data_size_in = packet.size(),
              .repeat = static_cast<int>(times));
  return bpf_prog_test_run_opts(program, &options);
}

std::vector<size_t> allowed_cpus() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  std::vector<size_t> cpus;
  for (size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  }
  return cpus;
}

}  // namespace

BpfFd::BpfFd(int fd, const char* what) : fd_(fd) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
}

BpfFd::~BpfFd() {
  close(fd_);
}

Churn::Churn(uint32_t map_id, ChurnPlan plan)
    : burst_(plan.burst),
      map_(bpf_map_get_fd_by_id(map_id), "the map"),
      counts_(bpf_map_create(BPF_MAP_TYPE_ARRAY, "churn_counts", sizeof(uint32_t), 2 * sizeof(uint64_t), 1,
                             nullptr),
              "an array"),
      insert_(load_inserting(map_.get(), counts_.get(), plan.keys), "the inserting program"),
      delete_(load_deleting(map_.get(), counts_.get(), plan.keys), "the deleting program") {
  for (const size_t cpu : allowed_cpus()) threads_.emplace_back([this, cpu] { churn_on(cpu); });
}

Churn::~Churn() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
}

void Churn::churn_on(size_t cpu) const {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  pthread_setaffinity_np(pthread_self(), sizeof one, &one);
  while (!stop_ && run(insert_.get(), burst_) == 0 && run(delete_.get(), burst_) == 0) {
  }
}

uint64_t Churn::count(uint32_t which) const {
  const uint32_t index = 0;
  std::array<uint64_t, 2> counts{};
  bpf_map_lookup_elem(counts_.get(), &index, counts.data());
  return counts.at(which);
}

}  // namespace percpumap::test
