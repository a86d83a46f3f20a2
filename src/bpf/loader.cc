#include "bpf/loader.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/error.h"

namespace percpumap {
namespace {

constexpr const char* kName = "percpumap";
constexpr int kTries = 20;

using Btf = std::unique_ptr<btf, decltype(&btf__free)>;

std::error_code answer(int result) {
  return result < 0 ? errno_code(-result) : std::error_code();
}

// What the verifier asks of a program with a callback: that both of its functions are declared, the callback
// static (check_btf_func(), kernel/bpf/verifier.c).
class Functions {
 public:
  explicit Functions(size_t callback) {
    const Btf types(btf__new_empty(), btf__free);
    if (types == nullptr) return;
    const int number = btf__add_int(types.get(), "int", 4, BTF_INT_SIGNED);
    const int prototype = btf__add_func_proto(types.get(), number);
    const int whole = btf__add_func(types.get(), kName, BTF_FUNC_GLOBAL, prototype);
    const int visit = btf__add_func(types.get(), "visit", BTF_FUNC_STATIC, prototype);
    info_ = {
        {{0, static_cast<uint32_t>(whole)}, {static_cast<uint32_t>(callback), static_cast<uint32_t>(visit)}}};
    uint32_t size = 0;
    const void* data = btf__raw_data(types.get(), &size);
    fd_ = UniqueFd(bpf_btf_load(data, size, nullptr));
  }

  int fd() const { return fd_.get(); }
  const std::array<bpf_func_info, 2>& info() const { return info_; }

 private:
  UniqueFd fd_;
  std::array<bpf_func_info, 2> info_{};
};

// BPF_PROG_LOAD itself and not bpf_prog_load(), which first loads probe programs of its own. `functions`:
// null for a program of one.
int load(bpf_prog_type type, const Code& code, const Functions* functions) {
  const auto instructions = code.instructions();
  bpf_attr attr{};
  attr.prog_type = type;
  attr.insns = reinterpret_cast<uintptr_t>(instructions.data());
  attr.insn_cnt = static_cast<uint32_t>(instructions.size());
  attr.license = reinterpret_cast<uintptr_t>("GPL");
  std::strncpy(attr.prog_name, kName, sizeof attr.prog_name - 1);
  if (functions != nullptr) {
    attr.prog_btf_fd = static_cast<uint32_t>(functions->fd());
    attr.func_info_rec_size = sizeof(bpf_func_info);
    attr.func_info = reinterpret_cast<uintptr_t>(functions->info().data());
    attr.func_info_cnt = static_cast<uint32_t>(functions->info().size());
  }
  long fd = -1;
  // The verifier gives up when a signal is pending, also one that only stops the process for a while.
  for (int tries = 0; tries < kTries; ++tries) {
    fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
    if (fd >= 0 || errno != EAGAIN) break;
  }
  return fd < 0 ? -errno : static_cast<int>(fd);
}

}  // namespace

void lift_memlock_limit() {
  const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
  setrlimit(RLIMIT_MEMLOCK, &unlimited);
}

std::error_code load_program(const Code& code, Start start, size_t callback, UniqueFd& program) {
  const auto type =
      start == Start::in_this_thread ? BPF_PROG_TYPE_SOCKET_FILTER : BPF_PROG_TYPE_RAW_TRACEPOINT;
  int fd = -1;
  if (callback == 0) {
    fd = load(type, code, nullptr);
  } else {
    const Functions functions(callback);
    fd = functions.fd() < 0 ? -errno : load(type, code, &functions);
  }
  if (fd < 0) return answer(fd);
  program = UniqueFd(fd);
  return {};
}

std::error_code run_in_this_thread(int program, uint32_t times, uint32_t* returned) {
  static constexpr std::array<char, 64> kPacket{};
  LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = kPacket.data(), .data_size_in = kPacket.size(),
              .repeat = static_cast<int>(times));
  const auto error = answer(bpf_prog_test_run_opts(program, &options));
  if (returned != nullptr) *returned = options.retval;
  return error;
}

std::error_code run_by_interrupt(int program, uint32_t cpu) {
  LIBBPF_OPTS(bpf_test_run_opts, options, .flags = BPF_F_TEST_RUN_ON_CPU, .cpu = cpu);
  const auto error = answer(bpf_prog_test_run_opts(program, &options));
  const bool unknown = error.value() == kKernelEnotsupp || error.value() == EINVAL;
  return unknown ? errno_code(EOPNOTSUPP) : error;
}

}  // namespace percpumap
