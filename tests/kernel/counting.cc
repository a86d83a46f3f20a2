#include "kernel/counting.h"

#include <bpf/bpf.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "bpf/code.h"
#include "bpf/cpu_binding.h"
#include "bpf/loader.h"

namespace percpumap::test {
namespace {

constexpr uint32_t kBurst = 1000;  // runs of one system call

UniqueFd load_counting(int map, uint32_t key) {
  using enum Register;
  Code code;
  code.move(r1, static_cast<int32_t>(key));
  code.store(4, on_stack(4), r1);
  code.load_map(r1, map);
  code.move(r2, fp);
  code.add(r2, -4);
  code.call(BPF_FUNC_map_lookup_elem);
  const size_t missing = code.jump_if(BPF_JEQ, r0, 0);
  code.load(8, r1, {r0});
  code.add(r1, 1);
  code.store(8, {r0}, r1);
  code.land(missing);
  code.move(r0, 0);
  code.exit();
  UniqueFd program;
  if (const auto error = load_program(code, Start::in_this_thread, 0, program))
    throw std::system_error(error, "the counting program");
  return program;
}

}  // namespace

Counting::Counting(uint32_t map_id, CountingPlan plan) : plan_(std::move(plan)), running_(plan_.cpus.size()) {
  const UniqueFd map(bpf_map_get_fd_by_id(map_id));
  if (!map.valid()) throw std::system_error(errno, std::generic_category(), "the map");
  for (uint32_t key = 0; key < plan_.keys; ++key) programs_.push_back(load_counting(map.get(), key));
  for (const uint32_t cpu : plan_.cpus) threads_.emplace_back([this, cpu] { count_on(cpu); });
}

Counting::~Counting() {
  stop();
}

uint64_t Counting::stop() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  return counted_;
}

void Counting::count_on(uint32_t cpu) {
  // A signal, such as that of a child that ends, would cut a burst short by so many counts as nobody knows.
  sigset_t every;
  sigfillset(&every);
  pthread_sigmask(SIG_BLOCK, &every, nullptr);
  CpuBinding binding;
  std::error_code error = binding.bind(cpu);
  uint64_t left = plan_.counts == 0 ? UINT64_MAX : plan_.counts;
  for (size_t key = 0; !error && left > 0 && !stop_; key = (key + 1) % plan_.keys) {
    const auto times = static_cast<uint32_t>(std::min<uint64_t>(left, kBurst));
    error = run_in_this_thread(programs_[key].get(), times);
    if (error) break;
    counted_ += times;
    left -= times;
    // A CPU that is to go offline waits until it has no task; one that is alone there and, under a
    // preemptible kernel, nearly always inside a program is never moved away.
    std::this_thread::yield();
  }
  EXPECT_FALSE(error) << "counting on CPU " << cpu << ": " << error.message();
  --running_;
}

}  // namespace percpumap::test
