// feature on the kernel underneath: what it says is so, and nothing of it stays.
#include <sys/utsname.h>

#include <charconv>
#include <chrono>
#include <set>
#include <thread>

#include "kernel/kernel_fixture.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

using Release = std::pair<int, int>;

Release parse_release(const std::string& text) {
  Release release;
  const char* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, release.first);
  if (major.ptr != end) std::from_chars(major.ptr + 1, end, release.second);
  return release;
}

Release running_release() {
  utsname name{};
  uname(&name);
  return parse_release(name.release);
}

Json one_of(const Json& features, const std::string& name) {
  for (const Json& feature : features) {
    if (feature.at("name") == name) return feature;
  }
  return {};
}

class FeatureTest : public KernelTest {
 protected:
  std::set<uint64_t> ids_of(const std::string& kind) const {
    std::set<uint64_t> ids;
    for (const Json& object : json_of("bpftool -j " + kind + " show")) {
      ids.insert(object.at("id").get<uint64_t>());
    }
    return ids;
  }
  // Programs are freed a moment after they are closed, and their maps with them.
  void expect_none_but(const std::string& kind, const std::set<uint64_t>& before) const {
    std::set<uint64_t> more;
    for (int tries = 0; tries < 100; ++tries) {
      more = ids_of(kind);
      for (const uint64_t id : before) more.erase(id);
      if (more.empty()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ADD_FAILURE() << more.size() << " of kind " << kind << " still there, the first with id "
                  << *more.begin();
  }
};

TEST_F(FeatureTest, RootHasAllThatTheReleaseHas) {
  const Release release = running_release();
  // Old releases were given these, too, by stable updates.
  const std::set<std::string> also_in_stable = {"value_size_check", "program_zeroes_slots"};
  for (const Json& feature : json_of("percpumap -j feature")) {
    const std::string name = feature.at("name");
    const bool there = feature.contains("since") && release >= parse_release(feature.at("since"));
    if (!there && (also_in_stable.contains(name) || release > Release{7, 1})) continue;
    EXPECT_EQ(feature.at("available"), there) << feature;
  }
}

TEST_F(FeatureTest, NothingIsLeftOfIt) {
  SKIP_UNLESS_EMPTY(missing_program({"bpftool"}));
  const auto maps = ids_of("map");
  const auto programs = ids_of("prog");
  const std::string places = "cat /proc/self/mounts && find /sys/fs/bpf";
  const std::string before = out_of(places);
  out_of("percpumap feature");
  expect_none_but("prog", programs);
  expect_none_but("map", maps);
  EXPECT_EQ(out_of(places), before);
}

TEST_F(FeatureTest, WithoutBpffsThatIsSaid) {
  const Json features = json_of("unshare -m sh -c 'umount /sys/fs/bpf && percpumap -j feature'");
  const Json bpffs = one_of(features, "bpffs");
  EXPECT_EQ(bpffs.value("missing", ""), "bpffs") << bpffs;
}

TEST_F(FeatureTest, AnOrdinaryUserIsToldWhy) {
  SKIP_UNLESS_EMPTY(missing_program({"setpriv"}));
  out_of("cp bin/percpumap program && chmod 755 . program");
  const Json features = json_of("setpriv --reuid 65534 --regid 65534 --clear-groups ./program -j feature");
  for (const Json& feature : features) {
    if (feature.at("available") == true) continue;
    EXPECT_NE(feature.at("missing"), "system") << feature;
    EXPECT_NE(feature.at("reason"), "") << feature;
  }
  const Json programs = one_of(features, "programs");
  EXPECT_EQ(programs.value("reason", ""), "needs CAP_BPF") << programs;
}

// Old elements go when an LRU map is full; the count that the kernel keeps has to follow.
TEST_F(FeatureTest, LruMapsAreCountedAsAWalkCountsThem) {
  SKIP_UNLESS_EMPTY(missing_program({"bpftool"}));
  out_of("bpftool map create $PINS/t type lru_percpu_hash key 4 value 8 entries 100 name lru");
  write("entries", entry_lines(1000, {4, 8}, possible_cpus()));
  out_of("percpumap -q import $PINS/t entries");
  const Json counted = json_of("percpumap -j stats $PINS/t --count");
  const Json walked = json_of("percpumap -j stats $PINS/t --engine walk");
  EXPECT_EQ(walked.at("counted_by"), "walk");
  EXPECT_EQ(counted.at("entries"), walked.at("entries"));
}

}  // namespace
}  // namespace percpumap::test
