// As an ordinary user: what the kernel refuses is told with what is missing, what it allows works.
#include "kernel/kernel_fixture.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

class PermissionTest : public KernelTest {
 protected:
  void SetUp() override {
    SKIP_UNLESS_EMPTY(missing_program({"setpriv"}));
    KernelTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    // The program where that user may run it, a map with one entry, its id.
    out_of("cp bin/percpumap program && chmod 755 . program");
    out_of(
        "percpumap create $PINS/t key 1 value 1 entries 4 name $NAME && percpumap update $PINS/t key 1 value "
        "5");
    id_ = json_of("percpumap -j show $PINS/t").at("id").dump();
  }

  Outcome as_user(const std::string& words) const {
    return sh("setpriv --reuid 65534 --regid 65534 --clear-groups ./program " + words);
  }
  // 77, naming one of the rights and the simulated kernel.
  void expect_refused(const std::string& words, const std::string& right) const {
    const Outcome outcome = as_user(words);
    EXPECT_EQ(outcome.status, 77) << words << "\n" << outcome.err;
    EXPECT_EQ(outcome.out, "") << words;
    EXPECT_NE(outcome.err.find(right), std::string::npos) << words << ": no '" << right << "' in\n"
                                                          << outcome.err;
    EXPECT_NE(outcome.err.find("--backend sim"), std::string::npos) << words << "\n" << outcome.err;
  }
  const std::string& id() const { return id_; }

 private:
  std::string id_;
};

TEST_F(PermissionTest, IdsNeedACapabilityThatIsNamed) {
  expect_refused("show id " + id(), "CAP_SYS_ADMIN");
  expect_refused("dump id " + id(), "CAP_SYS_ADMIN");
  expect_refused("lookup id " + id() + " key 1", "CAP_SYS_ADMIN");
  expect_refused("clear id " + id(), "CAP_SYS_ADMIN");
}

TEST_F(PermissionTest, NamesNeedACapabilityThatIsNamed) {
  expect_refused("show name $NAME", "CAP_SYS_ADMIN");
  expect_refused("dump name $NAME", "CAP_SYS_ADMIN");
}

TEST_F(PermissionTest, CreateNeedsACapabilityThatIsNamed) {
  out_of("mkdir $PINS/open && chmod 777 $PINS/open");
  expect_refused("create $PINS/open/t key 4 value 8 entries 4", "CAP_BPF");
  EXPECT_EQ(out_of("ls $PINS/open"), "");
}

TEST_F(PermissionTest, CapabilitiesOfAUserNamespaceDoNotCountAndThisIsSaid) {
  SKIP_UNLESS_EMPTY(missing_program({"unshare"}));
  const Outcome outcome =
      sh("unshare --user --map-root-user percpumap create $PINS/u key 4 value 8 entries 4");
  EXPECT_EQ(outcome.status, 77) << outcome.err;
  EXPECT_NE(outcome.err.find("CAP_BPF outside of user namespaces"), std::string::npos) << outcome.err;
}

TEST_F(PermissionTest, APinOfMode0600IsRefusedForItsMode) {
  expect_refused("dump $PINS/t", "mode");
  expect_refused("lookup $PINS/t key 1", "mode");
  expect_refused("update $PINS/t key 1 value 6", "mode");
}

TEST_F(PermissionTest, ADirectoryThatMayNotBeSearchedIsTold) {
  out_of("chmod 644 $PINS/t && chmod 700 $PINS");
  expect_refused("dump $PINS/t", "directory");
}

TEST_F(PermissionTest, AReadablePinIsRead) {
  out_of("chmod 644 $PINS/t");
  EXPECT_EQ(as_user("-j lookup $PINS/t key 1 --cpu 0").out,
            "{\"key\":\"01\",\"values\":[{\"cpu\":0,\"value\":\"05\"}]}\n");
  EXPECT_EQ(as_user("-j dump $PINS/t").out, out_of("percpumap -j dump $PINS/t"));
  EXPECT_EQ(as_user("-j dump $PINS/t --engine walk").out, out_of("percpumap -j dump $PINS/t"));
  EXPECT_EQ(as_user("-j getnext $PINS/t").out, out_of("percpumap -j getnext $PINS/t"));
  EXPECT_EQ(as_user("-j show $PINS/t").status, 0);
  EXPECT_EQ(as_user("-j stats $PINS/t").status, 0);
}

TEST_F(PermissionTest, AReadablePinIsNotWritten) {
  out_of("chmod 644 $PINS/t");
  for (const std::string command :
       {"update $PINS/t key 1 value 6", "delete $PINS/t key 1", "pop $PINS/t key 1", "clear $PINS/t",
        "freeze $PINS/t", "batch-dump $PINS/t --delete"}) {
    expect_refused(command, "mode");
  }
  EXPECT_EQ(out_of("percpumap -j lookup $PINS/t key 1 --cpu 0"),
            "{\"key\":\"01\",\"values\":[{\"cpu\":0,\"value\":\"05\"}]}\n");
}

TEST_F(PermissionTest, AWritablePinIsWritten) {
  out_of("chmod 666 $PINS/t");
  EXPECT_EQ(as_user("update $PINS/t key 1 value 6").status, 0);
  EXPECT_EQ(out_of("percpumap -j lookup $PINS/t key 1 --cpu 0"),
            "{\"key\":\"01\",\"values\":[{\"cpu\":0,\"value\":\"06\"}]}\n");
}

TEST_F(PermissionTest, AnotherUsersPinIsNotUnpinned) {
  out_of("chmod 644 $PINS/t");
  EXPECT_EQ(as_user("unpin $PINS/t").status, 77);
  EXPECT_EQ(out_of("percpumap -j show $PINS/t | grep -c $NAME"), "1\n");
}

TEST_F(PermissionTest, ListShowsThePinsThatMayBeReadAndSaysSo) {
  out_of("chmod 644 $PINS/t");
  const Outcome outcome = as_user("-j list");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const Json maps = Json::parse(outcome.out, nullptr, false);
  ASSERT_EQ(maps.size(), 1U) << outcome.out;
  EXPECT_EQ(maps[0].at("id").dump(), id());
  EXPECT_NE(outcome.err, "");
}

}  // namespace
}  // namespace percpumap::test
