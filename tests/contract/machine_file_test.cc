// The file of a simulated machine, and what 'sim init' and 'sim reset' do to its directory.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "base/error.h"
#include "contract/sim_directory.h"
#include "sim/machine_admin.h"
#include "sim/sim_backend.h"
#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

const std::string kText = "format: 1\npossible: 0-3,8\nonline: 0-1\nkernel: 5.10\ncaps: bpf\n";

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = kText;
  const size_t at = text.find(from);
  return text.replace(at, from.size(), to);
}

std::string complaint(const std::string& text) {
  std::string why;
  EXPECT_FALSE(parse_machine(text, &why)) << text;
  return why;
}

TEST(MachineText, is_read_as_it_is_written) {
  const auto machine = parse_machine(kText);
  ASSERT_TRUE(machine);
  EXPECT_EQ("0-3,8", machine->possible.to_string());
  EXPECT_EQ("0-1", machine->online.to_string());
  EXPECT_EQ((KernelVersion{5, 10}), machine->kernel);
  EXPECT_EQ(Caps::bpf, machine->caps);
  EXPECT_EQ(kText, to_text(*machine));
}

TEST(MachineText, anything_else_is_refused_and_named) {
  EXPECT_EQ("the line 'format: …' is not where it belongs", complaint(""));
  EXPECT_EQ("'2' is no value of 'format'", complaint(replaced("1\n", "2\n")));
  EXPECT_EQ("'3-0' is no value of 'possible'", complaint(replaced("0-3,8", "3-0")));
  EXPECT_EQ("there is no possible CPU", complaint(replaced("0-3,8", "")));
  EXPECT_EQ("CPU 7 is online, but not among the possible CPUs 0-3,8", complaint(replaced("0-1", "0-1,7")));
  EXPECT_EQ("CPU 8192 is above 8191, the last a kernel can have", complaint(replaced("8\n", "8192\n")));
  EXPECT_EQ("'5.20' is no value of 'kernel'", complaint(replaced("5.10", "5.20")));
  EXPECT_EQ("'root' is no value of 'caps'", complaint(replaced("bpf", "root")));
  EXPECT_EQ("there is more after the line 'caps'", complaint(kText + "\n"));
  EXPECT_EQ("the line 'caps: …' is not where it belongs", complaint(kText.substr(0, kText.size() - 1)));
  EXPECT_EQ("the line 'online: …' is not where it belongs", complaint(replaced("online:", "online:\t")));
  EXPECT_EQ("it is too long", complaint(std::string(1 << 20, 'x')));
}

TEST(MachineText, a_list_that_repeats_itself_takes_no_memory) {
  std::string list = "0";
  for (int i = 0; i < 5000; ++i) list += ",0-8191";
  complaint(replaced("0-3,8", list));
}

TEST(KernelVersions, are_those_from_4_19_to_7_2) {
  for (const char* text :
       {"4.19", "4.20", "5.0", "5.19", "6.0", "6.18.2", "6.19", "7.0", "7.1.5", "7.2", "7.2.13"}) {
    const auto version = parse_kernel_version(text);
    ASSERT_TRUE(version) << text;
    EXPECT_EQ(text, to_string(*version));
  }
  for (const char* text : {"",      "5",    "5.",       ".5",    "4.18",      "4.21",        "5.20",
                           "6.20",  "7.3",  "8.0",      "5.10.", "5.10-rc1",  "5.010",       "05.10",
                           "-5.10", "+5.1", "5.10.1.1", " 5.10", "5.10.1000", "5.4294967297"}) {
    EXPECT_FALSE(parse_kernel_version(text)) << text;
  }
}

class MachineDirectory : public SimDirectoryTest {
 protected:
  static Machine machine() { return *parse_machine(kText.substr(0, kText.size() - 4) + "all\n"); }
  std::unique_ptr<RawMap> make_map(const char* pin) {
    std::unique_ptr<RawMap> map;
    EXPECT_EQ(0, code(make_sim_backend(directory())
                          ->create(
                              [] {
                                MapSpec spec = small_spec();
                                spec.name = "m";
                                return spec;
                              }(),
                              map)));
    EXPECT_EQ(0, code(map->pin(pin)));
    return map;
  }
  Problem problem_of_reset() {
    try {
      remove_parts(machine_parts(directory()));
    } catch (const Error& error) {
      return error.problem();
    }
    return Problem::bug;
  }
};

TEST_F(MachineDirectory, init_makes_it_for_its_owner_alone) {
  init_machine(directory(), machine());
  struct stat status = {};
  ASSERT_EQ(0, stat(directory().c_str(), &status));
  EXPECT_EQ(0700U, status.st_mode & 07777);
  ASSERT_EQ(0, stat(machine_file(directory()).c_str(), &status));
  EXPECT_EQ(0600U, status.st_mode & 07777);
  EXPECT_EQ(machine(), read_machine(directory()));
  EXPECT_EQ("0-3,8", make_sim_backend(directory())->possible_cpus().to_string());
  EXPECT_EQ("0-1", make_sim_backend(directory())->online_cpus().to_string());
}

TEST_F(MachineDirectory, init_replaces_a_machine_without_maps) {
  init_machine(directory(), host_machine());
  init_machine(directory(), machine());
  EXPECT_EQ(machine(), read_machine(directory()));
}

TEST_F(MachineDirectory, init_is_refused_while_there_are_maps) {
  make_map("/sys/fs/bpf/m");
  EXPECT_THROW(init_machine(directory(), machine()), Error);
  EXPECT_EQ(host_machine(), read_machine(directory()));
}

TEST_F(MachineDirectory, a_damaged_file_is_refused_with_what_is_wrong) {
  init_machine(directory(), machine());
  std::ofstream(machine_file(directory())) << "format: 1\n";
  try {
    make_sim_backend(directory());
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(Problem::system, error.problem());
    EXPECT_NE(nullptr, strstr(error.what(), "the line 'possible: …' is not where it belongs"))
        << error.what();
  }
  EXPECT_EQ(Problem::bug, problem_of_reset()) << "and can be cleared away";
  EXPECT_EQ(host_machine(), read_machine(directory()));
}

TEST_F(MachineDirectory, a_link_is_no_machine_file) {
  std::filesystem::create_directory(directory());
  std::filesystem::permissions(directory(), std::filesystem::perms::owner_all);
  std::ofstream(root() + "/elsewhere") << kText;
  std::filesystem::create_symlink(root() + "/elsewhere", machine_file(directory()));
  EXPECT_THROW(read_machine(directory()), Error);
}

TEST_F(MachineDirectory, reset_removes_maps_pins_and_machine) {
  init_machine(directory(), machine());
  std::filesystem::create_directory(directory() + "/pins/below");
  const auto map = make_map("/sys/fs/bpf/below/m");
  const MachineParts parts = machine_parts(directory());
  EXPECT_EQ(1U, parts.maps);
  EXPECT_EQ(1U, parts.pins);
  remove_parts(parts);
  EXPECT_TRUE(std::filesystem::is_empty(directory()));
  EXPECT_EQ(0U, count_maps(directory()));
}

TEST_F(MachineDirectory, reset_removes_nothing_where_anything_else_lies) {
  for (const char* name : {"/notes", "/maps/notes", "/pins/notes", "/machine/notes"}) {
    std::filesystem::remove_all(directory());
    if (name != std::string("/machine/notes"))
      init_machine(directory(), machine());
    else
      std::filesystem::create_directories(directory() + "/machine");
    chmod(directory().c_str(), 0700);
    std::ofstream(directory() + name) << "mine";
    EXPECT_EQ(Problem::bad_data, problem_of_reset()) << name;
    EXPECT_TRUE(std::filesystem::exists(directory() + name)) << name;
  }
}

TEST_F(MachineDirectory, reset_follows_no_link_out_of_it) {
  std::filesystem::create_directories(root() + "/treasure");
  std::ofstream(root() + "/treasure/1") << "mine";
  std::filesystem::create_directory(directory());
  chmod(directory().c_str(), 0700);
  std::filesystem::create_directory_symlink(root() + "/treasure", directory() + "/maps");
  EXPECT_NE(Problem::bug, problem_of_reset());
  EXPECT_TRUE(std::filesystem::exists(root() + "/treasure/1"));
}

TEST_F(MachineDirectory, reset_of_nothing_removes_nothing) {
  EXPECT_TRUE(machine_parts(directory()).paths.empty());
}

}  // namespace
}  // namespace percpumap::test
