#include "sim/machine.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <numeric>
#include <utility>
#include <vector>

namespace percpumap {
namespace {

constexpr uint32_t kMaxCpus = 8192;            // the largest NR_CPUS there is
constexpr size_t kMaxText = size_t{64} << 10;  // every second of them, one by one, is half of it

constexpr std::array kCapsNames = {std::string_view("none"), std::string_view("bpf"),
                                   std::string_view("all")};

// Without sysfs, as in a bare chroot, the C library still knows how many there are.
CpuList counted() {
  std::vector<uint32_t> ids(static_cast<size_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN))));
  std::iota(ids.begin(), ids.end(), 0U);
  return CpuList(std::move(ids));
}

CpuList read_mask(const std::string& path) {
  std::string text;
  std::getline(std::ifstream(path), text);
  const auto cpus = CpuList::parse(text);
  return cpus && !cpus->empty() ? *cpus : counted();
}

// Takes the line "KEY: value" off the front of `text`.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view key) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  if (end == std::string_view::npos || !line.starts_with(key)) return std::nullopt;
  line.remove_prefix(key.size());
  if (!line.starts_with(": ")) return std::nullopt;
  text.remove_prefix(end + 1);
  return line.substr(2);
}

// Reads line after line; the first thing that is wrong stays.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {
    if (text.size() > kMaxText) fail("it is too long");
  }

  template <typename Parse>
  auto line(std::string_view key, Parse parse) {
    const auto value = why_.empty() ? take_line(text_, key) : std::nullopt;
    decltype(parse(*value)) parsed;
    if (!value) {
      fail("the line '" + std::string(key) + ": …' is not where it belongs");
      return parsed;
    }
    parsed = parse(*value);
    if (!parsed) fail("'" + std::string(*value) + "' is no value of '" + std::string(key) + "'");
    return parsed;
  }

  void fail(const std::string& why) {
    if (why_.empty()) why_ = why;
  }
  bool at_end() const { return text_.empty(); }
  const std::string& why() const { return why_; }

 private:
  std::string_view text_;
  std::string why_;
};

std::optional<int> parse_format(std::string_view text) {
  return text == "1" ? std::optional(1) : std::nullopt;
}

}  // namespace

std::optional<Caps> caps_by_name(std::string_view name) {
  const auto at = std::find(kCapsNames.begin(), kCapsNames.end(), name);
  if (at == kCapsNames.end()) return std::nullopt;
  return static_cast<Caps>(at - kCapsNames.begin());
}

std::string_view caps_name(Caps caps) {
  return kCapsNames[static_cast<size_t>(caps)];
}

Machine host_machine() {
  return {read_mask("/sys/devices/system/cpu/possible"), read_mask("/sys/devices/system/cpu/online")};
}

std::string cpus_complaint(const Machine& machine) {
  if (machine.possible.empty()) return "there is no possible CPU";
  if (machine.online.empty()) return "there is no online CPU";
  if (machine.possible.ids().back() >= kMaxCpus) {
    return "CPU " + std::to_string(machine.possible.ids().back()) +
           " is above 8191, the last a kernel can have";
  }
  for (const uint32_t cpu : machine.online.ids()) {
    if (machine.possible.contains(cpu)) continue;
    return "CPU " + std::to_string(cpu) + " is online, but not among the possible CPUs " +
           machine.possible.to_string();
  }
  return {};
}

std::optional<Machine> parse_machine(std::string_view text, std::string* why) {
  Reader reader(text);
  reader.line("format", parse_format);
  const auto possible = reader.line("possible", CpuList::parse);
  const auto online = reader.line("online", CpuList::parse);
  const auto kernel = reader.line("kernel", parse_kernel_version);
  const auto caps = reader.line("caps", caps_by_name);
  if (!reader.at_end()) reader.fail("there is more after the line 'caps'");
  Machine machine;
  if (reader.why().empty()) machine = {*possible, *online, *kernel, *caps};
  if (reader.why().empty()) reader.fail(cpus_complaint(machine));
  if (why != nullptr) *why = reader.why();
  return reader.why().empty() ? std::optional(std::move(machine)) : std::nullopt;
}

std::string to_text(const Machine& machine) {
  return "format: 1\npossible: " + machine.possible.to_string() + "\nonline: " + machine.online.to_string() +
         "\nkernel: " + to_string(machine.kernel) + "\ncaps: " + std::string(caps_name(machine.caps)) + "\n";
}

}  // namespace percpumap
