// doctor on the kernel underneath: the commands that it names are run as they are printed, and mend.
#include "kernel/kernel_fixture.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

class DoctorTest : public KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    // Where an ordinary user may run it, and `mend CHECK COMMAND…` runs what the doctor there names for it,
    // as root, whom sudo would make of the user.
    out_of("cp bin/percpumap program && chmod 755 . program");
    write("mend",
          "check=$1; shift; \"$@\" -o ndjson doctor > report; "
          "sed -n 's/^{\"name\":\"'$check'\".*\"mend\":\"\\(.*\\)\"}$/\\1/p' report | sed 's/sudo //g' > "
          "command; "
          "test -s command && . ./command\n");
  }

  static std::string as_user(const std::string& words) {
    return "setpriv --reuid 65534 --regid 65534 --clear-groups " + words;
  }
  // The status of one check; empty where the doctor does not speak of it.
  std::string status(const std::string& check, const std::string& command) const {
    const Outcome outcome = sh(command + " -j doctor");
    EXPECT_LE(outcome.status, 1) << outcome.err;
    for (const Json& row : Json::parse(outcome.out)) {
      if (row.at("name") == check) return row.at("status");
    }
    return "";
  }
};

TEST_F(DoctorTest, MountsABpffs) {
  const Outcome outcome = sh(
      "unshare -m sh -c 'umount /sys/fs/bpf; percpumap doctor > before; echo $?; sh mend bpffs percpumap; "
      "percpumap create /sys/fs/bpf/made key 1 value 1 entries 1; rm /sys/fs/bpf/made; percpumap -j doctor'");
  EXPECT_EQ(outcome.out.substr(0, 2), "1\n") << outcome.err;
  EXPECT_NE(outcome.out.find(R"({"name":"bpffs","status":"ok"})"), std::string::npos) << outcome.out;
  EXPECT_EQ(read("command"), "mount -t bpf bpf /sys/fs/bpf\n");
}

TEST_F(DoctorTest, MakesAReadOnlyBpffsWritable) {
  for (const std::string how : {"remount,ro", "remount,bind,ro"}) {
    out_of("mount -o " + how + " /sys/fs/bpf");
    EXPECT_EQ(status("bpffs", "percpumap"), "limited") << how;
    out_of("sh mend bpffs percpumap");
    EXPECT_EQ(status("bpffs", "percpumap"), "ok") << how;
  }
}

TEST_F(DoctorTest, OpensABpffsToItsUser) {
  SKIP_UNLESS_EMPTY(missing_program({"setpriv"}));
  out_of("chmod 700 /sys/fs/bpf");
  EXPECT_EQ(status("bpffs", as_user("./program")), "limited");
  out_of("sh mend bpffs " + as_user("./program"));
  EXPECT_EQ(status("bpffs", as_user("./program")), "ok");
}

TEST_F(DoctorTest, GivesTheProgramItsCapabilities) {
  SKIP_UNLESS_EMPTY(missing_program({"setpriv", "setcap"}));
  EXPECT_EQ(status("create", as_user("./program")), "missing");
  EXPECT_EQ(sh(as_user("./program doctor")).status, 1);
  const Outcome mended = sh("sh mend create " + as_user("./program"));
  if (mended.status != 0) SKIP_UNLESS_EMPTY("setcap does not work on this file system: " + mended.err);
  EXPECT_EQ(status("create", as_user("./program")), "ok") << read("command");
  EXPECT_EQ(status("programs", as_user("./program")), "ok");
  out_of("chmod 1777 /sys/fs/bpf");
  out_of(as_user("./program create /sys/fs/bpf/users key 1 value 8 entries 4"));
  out_of(as_user("./program -q add /sys/fs/bpf/users key 1 value 7 --value-type u64"));
}

TEST_F(DoctorTest, DoesNotNameWhatIsRefusedForGood) {
  SKIP_UNLESS_EMPTY(missing_program({"setpriv"}));
  out_of("chmod 1777 /sys/fs/bpf");
  const Outcome outcome = sh(as_user("--no-new-privs ./program -j doctor"));
  EXPECT_EQ(outcome.status, 1) << "no map can be made";
  EXPECT_EQ(outcome.out.find("setcap"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("no_new_privs"), std::string::npos) << outcome.out;
}

TEST_F(DoctorTest, ShowsIdsToWhoIsRoot) {
  SKIP_UNLESS_EMPTY(missing_program({"setpriv"}));
  out_of("percpumap create $PINS/t key 1 value 1 entries 1 name $NAME");
  EXPECT_EQ(status("ids", as_user("./program")), "limited");
  EXPECT_NE(out_of("sh mend ids " + as_user("./program")).find(out_of("printf %s $NAME")), std::string::npos);
}

TEST_F(DoctorTest, LeavesACpuset) {
  const std::string group =
      "for root in /sys/fs/cgroup/cpuset /sys/fs/cgroup; do set=$root/$NAME; mkdir $set && "
      "echo 0 > $set/cpuset.cpus && echo 0 > $set/cpuset.mems && printf %s $set && exit; rmdir $set; done 2> "
      "/dev/null";
  const std::string cpuset = sh(group).out;
  if (cpuset.empty()) GTEST_SKIP() << "cannot make a cpuset (needs the cpuset controller)";
  const Outcome outcome = sh("sh -c 'echo $$ > " + cpuset +
                             "/cgroup.procs; percpumap -o ndjson doctor | grep cpus; set -- cpus percpumap; "
                             ". ./mend > /dev/null; percpumap "
                             "-o ndjson doctor | grep cpus'");
  sh("rmdir " + cpuset);
  EXPECT_NE(outcome.out.find(R"({"name":"cpus","status":"limited")"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find(R"({"name":"cpus","status":"ok"})"), std::string::npos)
      << outcome.out << outcome.err << read("command");
}

}  // namespace
}  // namespace percpumap::test
