// Runs random operations on the real kernel and on a simulated one of its version in lock step:
//
//   differential_test [--seed N] [--operations N] [--maps N]
//
// PERCPUMAP_DIFF_SEED and PERCPUMAP_DIFF_OPERATIONS stand for the options that are not given; without any
// seed the time is one. Ends 0 without a difference, 1 at the first, 77 where it cannot run (1 with
// PERCPUMAP_NO_SKIP=1), 64 for words it does not know.
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string_view>

#include "backend/syscall_backend.h"
#include "base/error.h"
#include "differential/differential.h"
#include "sim/machine.h"
#include "sim/sim_backend.h"
#include "support/host_kernel.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

constexpr int kSkipped = 77;
constexpr int kUsage = 64;

struct Options {
  uint64_t seed = static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  uint64_t operations = 200'000;
  uint64_t maps = 400;
};

bool read_number(const char* text, uint64_t& number) {
  const std::string_view digits = text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size();
}

bool read_environment(const char* name, uint64_t& number) {
  const char* text = std::getenv(name);
  return text == nullptr || read_number(text, number);
}

std::optional<Options> read_options(int argc, char** argv) {
  Options options;
  if (!read_environment("PERCPUMAP_DIFF_SEED", options.seed)) return std::nullopt;
  if (!read_environment("PERCPUMAP_DIFF_OPERATIONS", options.operations)) return std::nullopt;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    uint64_t* number = name == "--seed"         ? &options.seed
                       : name == "--operations" ? &options.operations
                       : name == "--maps"       ? &options.maps
                                                : nullptr;
    if (number == nullptr || i + 1 == argc || !read_number(argv[i + 1], *number)) return std::nullopt;
  }
  return options;
}

// A directory for pins on both bpffs and one for the simulated machine, gone afterwards.
class Places {
 public:
  Places() : pins_("/sys/fs/bpf/percpumap-diff-" + std::to_string(getpid())) {
    std::string machine = std::filesystem::temp_directory_path() / "percpumap-diff-XXXXXX";
    if (mkdtemp(machine.data()) == nullptr) throw std::system_error(errno, std::generic_category(), machine);
    machine_ = machine;
    std::filesystem::create_directories(pins_ + "/sub");
    std::filesystem::create_directories(machine_ + "/pins" + pins_.substr(sizeof "/sys/fs/bpf" - 1) + "/sub");
  }
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;
  ~Places() {
    std::error_code ignored;
    std::filesystem::remove_all(pins_, ignored);
    std::filesystem::remove_all(machine_, ignored);
  }

  const std::string& pins() const { return pins_; }
  const std::string& machine() const { return machine_; }

 private:
  std::string pins_;
  std::string machine_;
};

// Why this user's kernel cannot be the judge; empty when it can.
std::string unusable(Backend& kernel) {
  if (auto reason = kernel_maps_unusable(); !reason.empty()) return reason;
  uint32_t id = 0;
  if (kernel.next_id(0, id) == errno_code(EPERM)) return "ids and kZeroSeed need CAP_SYS_ADMIN";
  return "";
}

void print_summary(const Differential& run, int differences) {
  std::cout << run.referee().operations() << " operations, " << run.maps() << " maps, " << run.batches()
            << " batches of " << run.entries() << " entries, " << differences << " differences\nanswers:";
  for (const auto& [code, times] : run.referee().codes()) {
    std::cout << ' ' << (code == 0 ? "0" : errno_name(code)) << " x " << times;
  }
  std::cout << '\n';
}

int compare(Backend& kernel, const Options& options) {
  const Places places;
  write_machine(places.machine(), this_machine());
  const auto simulation = make_sim_backend(places.machine());
  Differential differential(kernel, *simulation, places.pins(), options.seed);
  int differences = 0;
  try {
    differential.run(options.operations, options.maps);
  } catch (const Difference& difference) {
    differences = 1;
    std::cout << difference.what();
  }
  print_summary(differential, differences);
  return differences;
}

int run_program(int argc, char** argv) {
  const auto options = read_options(argc, argv);
  if (!options) {
    std::cerr << "usage: differential_test [--seed N] [--operations N] [--maps N]\n";
    return kUsage;
  }
  const auto kernel = make_syscall_backend();
  if (const std::string reason = unusable(*kernel); !reason.empty()) {
    std::cout << "skipped: " << reason << '\n';
    return skipping_is_failure() ? 1 : kSkipped;
  }
  std::cout << "seed " << options->seed << ", Linux " << host_release() << ", simulated as "
            << to_string(this_machine().kernel) << std::endl;
  return compare(*kernel, *options);
}

}  // namespace
}  // namespace percpumap::test

int main(int argc, char** argv) {
  try {
    return percpumap::test::run_program(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "differential_test: " << error.what() << '\n';
    return 1;
  }
}
