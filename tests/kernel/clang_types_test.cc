// Maps with types from clang: bpftool and we see the same values.
#include <bpf/libbpf.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <string>

#include "backend/open_backend.h"
#include "differential/dice.h"
#include "kernel/kernel_fixture.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

#ifdef PERCPUMAP_TYPES_OBJECT
constexpr uint32_t kEntries = 5;

// What we take for members of the parent, bpftool has under an empty name.
Json lifted(const Json& object) {
  Json members = Json::object();
  for (const auto& [name, value] : object.items()) {
    if (name.empty()) {
      members.update(lifted(value));
    } else {
      members[name] = value;
    }
  }
  return members;
}

// bpftool shows the bits of a bit-field in hexadecimal, without a sign.
uint64_t bits_like(int64_t ours, uint64_t judge) {
  return ours < 0 ? static_cast<uint64_t>(ours) & (std::bit_ceil(judge + 1) - 1)
                  : static_cast<uint64_t>(ours);
}

void expect_agreement(const Json& ours, const Json& judge) {
  if (judge.is_object()) {
    const Json members = lifted(judge);
    ASSERT_EQ(ours.size(), members.size()) << ours << members;
    for (const auto& [name, value] : members.items()) expect_agreement(ours.at(name), value);
  } else if (judge.is_array()) {
    ASSERT_EQ(ours.size(), judge.size()) << ours << judge;
    for (size_t i = 0; i < judge.size(); ++i) expect_agreement(ours[i], judge[i]);
  } else if (judge.is_string() && ours.is_number()) {
    const uint64_t bits = std::stoull(judge.get<std::string>(), nullptr, 16);
    EXPECT_EQ(bits_like(ours.get<int64_t>(), bits), bits) << ours;
  } else if (ours.is_string() && judge.is_number()) {
    // An enumeration's unknown value, which bpftool shows with a sign whether it has one or not.
    EXPECT_EQ(static_cast<uint32_t>(std::stoll(ours.get<std::string>())),
              static_cast<uint32_t>(judge.get<int64_t>()));
  } else {
    EXPECT_EQ(ours, judge);
  }
}

class ClangTypesTest : public KernelTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    SKIP_UNLESS_EMPTY(missing_program({"bpftool"}));
    KernelTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    libbpf_set_print(nullptr);
    const std::unique_ptr<bpf_object, decltype(&bpf_object__close)> object(
        bpf_object__open_file(PERCPUMAP_TYPES_OBJECT, nullptr), bpf_object__close);
    ASSERT_NE(nullptr, object);
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object.get())
        bpf_map__set_autocreate(map, bpf_map__name(map) == map_name());
    ASSERT_EQ(0, bpf_object__load(object.get()));
    ASSERT_EQ(0, bpf_map__pin(bpf_object__find_map_by_name(object.get(), GetParam()), pin().c_str()));
  }

  std::string map_name() const { return GetParam(); }
  std::string pin() const { return "/sys/fs/bpf/" + map_name(); }

  // Random bytes; booleans, of which bpftool has its own idea, are 0 or 1.
  void fill() const {
    const std::unique_ptr<Backend> backend = open_backend("syscall");
    std::unique_ptr<RawMap> map;
    ASSERT_EQ(backend->open_pin(pin(), 0, map), std::error_code());
    MapInfo info;
    ASSERT_EQ(map->info(info), std::error_code());
    Dice dice(1);
    std::vector<std::byte> row(backend->possible_cpus().size() * round_up8(info.value_size));
    for (uint32_t key = 0; key < kEntries; ++key) {
      dice.fill(row);
      if (map_name() == "booleans")
        std::transform(row.begin(), row.end(), row.begin(), [](std::byte b) { return b & std::byte{1}; });
      ASSERT_EQ(map->update(std::as_bytes(std::span(&key, 1)), row, kAny), std::error_code());
    }
  }
};

TEST_P(ClangTypesTest, BpftoolSeesTheSameValues) {
  fill();
  const Json judge = json_of("bpftool -j map dump pinned " + pin());
  const Json ours = json_of("percpumap -j dump " + pin());
  ASSERT_EQ(ours.size(), kEntries);
  ASSERT_EQ(judge.size(), kEntries);
  for (size_t i = 0; i < kEntries; ++i) {
    const Json& entry = judge[i].at("formatted");
    EXPECT_EQ(ours[i].at("key"), entry.at("key"));
    expect_agreement(ours[i].at("values"), entry.at("values"));
  }
}

INSTANTIATE_TEST_SUITE_P(Every, ClangTypesTest,
                         testing::Values("unsigned_sizes", "signed_sizes", "booleans", "arrays",
                                         "enumerations", "nested", "unions", "bit_fields", "packed",
                                         "modifiers", "aligned", "number"),
                         [](const auto& map) { return std::string(map.param); });
#else
TEST(ClangTypesTest, BpftoolSeesTheSameValues) {
  SKIP_UNLESS_EMPTY("there was no clang when this was built: install it, then configure again");
}
#endif

}  // namespace
}  // namespace percpumap::test
