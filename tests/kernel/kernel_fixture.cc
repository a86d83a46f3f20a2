#include "kernel/kernel_fixture.h"

#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>

#include "support/skip.h"

namespace percpumap::test {
namespace {

std::string program() {
  const char* given = std::getenv("PERCPUMAP_BINARY");
  return given != nullptr ? given : PERCPUMAP_PROGRAM;
}

// Why there can be no bpffs of our own; empty when there is.
std::string enter_private_bpffs(std::unique_ptr<KernelNamespace>& mounts) {
  try {
    mounts = std::make_unique<KernelNamespace>(KernelNamespace::Kind::mounts);
    umount2("/sys/fs/bpf", MNT_DETACH);  // the outer one's pins are none of ours
    mount_fresh("bpf", "/sys/fs/bpf", "mode=0755");
    return "";
  } catch (const std::system_error& error) {
    return std::string("cannot mount a bpffs of its own (needs CAP_SYS_ADMIN): ") + error.what();
  }
}

}  // namespace

void KernelTest::SetUp() {
  if (ground() == Ground::kernel) {
    SKIP_UNLESS_EMPTY(enter_private_bpffs(mounts_));
    SKIP_UNLESS_EMPTY(kernel_maps_unusable());
  }
  world_ = std::make_unique<World>(ground(), program());
}

void KernelTest::TearDown() {
  world_.reset();
  mounts_.reset();
}

std::string KernelTest::out_of(std::string_view script) const {
  const Outcome outcome = sh(script);
  EXPECT_EQ(outcome.status, 0) << script << "\n" << outcome.err;
  return outcome.out;
}

Json KernelTest::json_of(std::string_view script) const {
  const std::string text = out_of(script);
  Json json = Json::parse(text, nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << script << "\n" << text.substr(0, 1000);
  return json;
}

void KernelTest::write(const std::string& name, const std::string& text) const {
  std::ofstream(world_->directory() + "/" + name, std::ios::binary) << text;
}

std::string KernelTest::read(const std::string& name) const {
  std::ostringstream text;
  text << std::ifstream(world_->directory() + "/" + name, std::ios::binary).rdbuf();
  return text.str();
}

std::string missing_program(const std::vector<std::string>& programs) {
  for (const std::string& name : programs) {
    const Outcome found = run(shell("command -v " + name));
    if (found.status != 0) return "needs the program " + name;
  }
  return "";
}

}  // namespace percpumap::test
