#include "map/refusal.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/error.h"

namespace percpumap::test {
namespace {

// A kernel that refuses, to a process with these privileges. Only what explaining asks for is there.
class Refusing final : public Backend {
 public:
  explicit Refusing(Privileges privileges, bool all = false, bool cap_bpf = true)
      : privileges_(privileges), all_(all), cap_bpf_(cap_bpf) {}

  bool has_cap_bpf() const override { return cap_bpf_; }
  Privileges privileges() const override { return privileges_; }
  std::error_code next_id(uint32_t, uint32_t&) override { return errno_code(all_ || ids_ ? EPERM : EINVAL); }
  void refuse_ids() { ids_ = true; }

  std::string name() const override { return "a kernel that refuses"; }
  const CpuList& possible_cpus() const override { return cpus_; }
  CpuList online_cpus() const override { return cpus_; }
  uint32_t current_cpu() const override { return 0; }
  std::error_code find_function(const std::string&) const override { return refused(); }
  std::error_code btf(uint32_t, std::vector<std::byte>&) override { return refused(); }
  std::error_code create(const MapSpec&, std::unique_ptr<RawMap>&) override { return refused(); }
  std::error_code open_id(uint32_t, uint32_t, std::unique_ptr<RawMap>&) override { return refused(); }
  std::error_code open_pin(const std::string& path, uint32_t, std::unique_ptr<RawMap>&) override {
    return errno_code(path.empty() && !all_ ? ENOENT : EPERM);
  }
  std::error_code open_fd(int, std::unique_ptr<RawMap>&) override { return refused(); }
  std::vector<std::string> pinned_paths() override { return {}; }
  std::error_code check_bpffs(const std::string&) override { return {}; }
  std::error_code unpin(const std::string&) override { return refused(); }

 private:
  static std::error_code refused() { return errno_code(EPERM); }

  const Privileges privileges_;
  const bool all_;
  const bool cap_bpf_;
  bool ids_ = false;
  const CpuList cpus_{{0}};
};

std::string hint(Right right, Privileges privileges, bool all = false, bool cap_bpf = true) {
  Refusing backend(privileges, all, cap_bpf);
  return needed(backend, right);
}

constexpr const char* kFilter =
    "a seccomp filter refuses bpf(2) (containers: --security-opt seccomp=unconfined, or a profile that "
    "allows bpf)";

TEST(Refusal, NamesTheMissingCapability) {
  EXPECT_EQ(hint(Right::bpf, {}), "it needs CAP_BPF");
  EXPECT_EQ(hint(Right::bpf_and_perfmon, {Right::bpf}), "it needs CAP_BPF and CAP_PERFMON");
  EXPECT_EQ(hint(Right::sys_admin, {Right::bpf_and_perfmon}), "it needs CAP_SYS_ADMIN");
  EXPECT_EQ(hint(Right::none, {}, true), "it needs CAP_BPF") << "up to 5.18 also to open a pin";
}

TEST(Refusal, NamesTheCapabilityThatStoodForOthersBeforeThem) {
  for (const Right right : {Right::none, Right::bpf, Right::bpf_and_perfmon, Right::sys_admin}) {
    EXPECT_EQ(hint(right, {}, true, false), "it needs CAP_SYS_ADMIN");
  }
}

TEST(Refusal, NamesASeccompFilter) {
  EXPECT_EQ(hint(Right::bpf, {.right = Right::bpf, .seccomp_filter = true}, true), kFilter);
  EXPECT_EQ(hint(Right::none, {.seccomp_filter = true}, true),
            std::string("up to Linux 5.18 it needs CAP_BPF, and perhaps ") + kFilter)
      << "a pin that anybody may open";
  EXPECT_EQ(hint(Right::bpf, {.seccomp_filter = true}, true),
            std::string("it needs CAP_BPF, and perhaps ") + kFilter);
}

TEST(Refusal, DoesNotBlameAFilterThatLetsCommandsThrough) {
  EXPECT_EQ(hint(Right::bpf, {.seccomp_filter = true}), "it needs CAP_BPF");
  EXPECT_EQ(hint(Right::sys_admin, {.right = Right::bpf, .seccomp_filter = true}), "it needs CAP_SYS_ADMIN");
}

TEST(Refusal, DoesNotTakeOneRefusedCommandForAll) {
  Refusing backend({.seccomp_filter = true});
  backend.refuse_ids();
  EXPECT_FALSE(filter_refuses(backend));
  EXPECT_EQ(needed(backend, Right::sys_admin), "it needs CAP_SYS_ADMIN");
}

TEST(Refusal, NamesAFilterThatDeniesTheSystemCall) {
  const Error filtered = no_system_call(Refusing({.seccomp_filter = true}));
  EXPECT_EQ(filtered.problem(), Problem::unsupported);
  EXPECT_NE(filtered.hint.find("seccomp"), std::string::npos);
  EXPECT_EQ(no_system_call(Refusing(Privileges())).hint.find("seccomp"), std::string::npos);
}

TEST(Refusal, SaysThatCapabilitiesOfAUserNamespaceDoNotCount) {
  EXPECT_EQ(hint(Right::bpf, {.right = Right::sys_admin, .in_user_namespace = true}),
            "it needs CAP_BPF outside of user namespaces (rootless containers run in one)");
}

TEST(Refusal, DoesNotAskForWhatTheProcessHas) {
  EXPECT_EQ(hint(Right::none, {Right::sys_admin}),
            "this process has CAP_BPF: a security module or a seccomp filter refuses it");
  EXPECT_EQ(hint(Right::bpf, {Right::sys_admin}),
            "this process has CAP_BPF: a security module or a seccomp filter refuses it");
}

}  // namespace
}  // namespace percpumap::test
