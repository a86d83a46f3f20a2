// doctor: what is missing here, and the command that mends it.
#include "map/doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "backend/open_backend.h"
#include "base/error.h"
#include "cmd/commands.h"
#include "sim/machine_admin.h"

namespace percpumap {
namespace {

// The machine as it is, with all rights; its maps would have to go for that.
std::string sim_init(const std::string& where, const std::string& directory) {
  if (count_maps(directory) > 0) return "";
  const Machine machine = read_machine(directory);
  return fmt::format("{} --backend {} sim init --cpus {} --online {} --kernel {} --caps all", program_word(),
                     shell_word(where), machine.possible.to_string(), machine.online.to_string(),
                     to_string(machine.kernel));
}

Surroundings surroundings(Session& session) {
  const std::string where = session.where();
  const auto directory = sim_directory(where);
  if (!directory) return look_around(session.backend().privileges());
  return {.simulated = true, .sim_init = sim_init(where, *directory)};
}

// Of a backend that cannot be opened.
Check no_machine(const std::string& where, const Error& error) {
  constexpr std::string_view kMend = "mend it: ";
  Check check{"machine", Health::missing, error.what()};
  if (error.hint.starts_with(kMend)) {
    check.mend = error.hint.substr(kMend.size());
  } else if (!error.hint.empty()) {
    check.reason += "; " + error.hint;
  }
  const auto directory = sim_directory(where);
  if (directory && error.cause.value() == EIO && count_maps(*directory) == 0) {
    check.mend = program_word() + " --backend " + shell_word(where) + " sim reset";
  }
  if (where == "syscall")
    check.mend = std::string(geteuid() == 0 ? "" : "sudo ") + "mount -t sysfs sysfs /sys";
  return check;
}

std::vector<Check> examine(Session& session) {
  try {
    session.backend();
  } catch (const Error& error) {
    if (error.problem() == Problem::usage) throw;
    return {no_machine(session.where(), error)};
  }
  const std::vector<Feature> features = probe_features(session.backend());
  const FarCpus cpus = find_far_cpus(session.backend());
  return examine(features, cpus, surroundings(session));
}

Record describe(const Check& check) {
  Record record = {{"name", std::string(check.name)}, {"status", std::string(health_name(check.health))}};
  if (!check.reason.empty()) record.push_back({"reason", check.reason});
  if (!check.mend.empty()) record.push_back({"mend", check.mend});
  return record;
}

std::string verdict(const std::vector<Check>& checks) {
  const auto ill = std::ranges::count_if(checks, [](const Check& c) { return c.health != Health::ok; });
  const auto mended = std::ranges::count_if(checks, [](const Check& c) { return !c.mend.empty(); });
  if (ill == 0) return "everything works";
  const std::string missing = fmt::format("{} of {} missing or limited", ill, checks.size());
  return mended == ill ? missing : fmt::format("{}, {} cannot be mended from here", missing, ill - mended);
}

std::string report_text(const std::vector<Check>& checks) {
  std::string text;
  for (const Check& check : checks) {
    std::string line = fmt::format("{:<8} {:<9} {}", health_name(check.health), check.name, check.reason);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
    if (!check.mend.empty()) text += fmt::format("{:18} mend: {}\n", "", check.mend);
  }
  return text + "\n" + verdict(checks) + "\n";
}

}  // namespace

int run_doctor(Session& session, Words& words) {
  words.end();
  const std::vector<Check> checks = examine(session);
  if (session.format() == Format::table) {
    session.sink().write(report_text(checks));
  } else {
    std::vector<Record> records;
    std::ranges::transform(checks, std::back_inserter(records), describe);
    session.print(records);
  }
  const auto fails = [](const Check& check) {
    return check.health == Health::missing || !check.mend.empty();
  };
  return std::ranges::any_of(checks, fails) ? 1 : 0;
}

}  // namespace percpumap
