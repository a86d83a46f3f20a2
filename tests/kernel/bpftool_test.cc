// bpftool is the judge: of the maps we make and fill, of how we print the maps it makes, byte for byte of
// the formats that have its name.
#include <algorithm>
#include <string>
#include <tuple>

#include "kernel/kernel_fixture.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

class BpftoolTest : public KernelTest {
 protected:
  void SetUp() override {
    SKIP_UNLESS_EMPTY(missing_program({"bpftool"}));
    KernelTest::SetUp();
  }

  // Whatever bpftool tells about the map we tell too, under the same keys.
  void expect_same_description(const std::string& map) {
    const Json judge = json_of("bpftool -j map show " + map);
    const Json ours = json_of("percpumap -j show " + map);
    EXPECT_GE(judge.size(), 9U) << judge;
    for (const auto& [key, value] : judge.items()) {
      ASSERT_TRUE(ours.contains(key)) << key << " is not in " << ours;
      EXPECT_EQ(ours.at(key), value) << key;
    }
  }
};

TEST_F(BpftoolTest, ShowAgreesOnAMapOfOurs) {
  out_of("percpumap create $PINS/t key 7 value 5 entries 33 name $NAME flags no_prealloc,zero_seed");
  expect_same_description("pinned $PINS/t");
}

TEST_F(BpftoolTest, ShowAgreesOnAFrozenMap) {
  out_of("percpumap create $PINS/t key 4 value 8 entries 33 name $NAME && percpumap -q freeze $PINS/t");
  expect_same_description("pinned $PINS/t");
  EXPECT_EQ(json_of("percpumap -j show pinned $PINS/t").at("frozen"), 1);
}

TEST_F(BpftoolTest, ShowAgreesOnItsMapsOfEveryFlag) {
  for (const std::string flags : {"0", "0x1", "0x40", "0x80", "0x100", "0xc1"}) {
    out_of("bpftool map create $PINS/t type percpu_hash key 4 value 8 entries 16 name $NAME flags " + flags);
    expect_same_description("pinned $PINS/t");
    out_of("rm $PINS/t");
  }
}

TEST_F(BpftoolTest, ListAndItsListAgreeOnOurMaps) {
  out_of("percpumap create $PINS/a key 1 value 1 entries 2 name $NAME");
  out_of("percpumap create $PINS/b key 2 value 3 entries 4 name $NAME flags no_prealloc");
  const std::string name = out_of("printf %s $NAME");
  Json judge;
  for (const Json& map : json_of("bpftool -j map show")) {
    if (map.value("name", "") == name) judge[map.at("id").dump()] = map;
  }
  Json ours;
  for (const Json& map : json_of("percpumap -j list")) {
    if (map.at("name") != name) continue;
    // What only we tell; bpftool has nothing else.
    Json shared = map;
    shared.erase("flag_names");
    ours[map.at("id").dump()] = shared;
  }
  EXPECT_EQ(ours.size(), 2U);
  EXPECT_EQ(ours, judge);
}

// Key size, value size.
class BpftoolSizesTest : public BpftoolTest, public testing::WithParamInterface<std::tuple<size_t, size_t>> {
 protected:
  EntrySizes sizes() const { return {std::get<0>(GetParam()), std::get<1>(GetParam())}; }
  std::string sizes_words() const {
    return " key " + std::to_string(sizes().key) + " value " + std::to_string(sizes().value) + " entries 64 ";
  }

  void create_ours() { out_of("percpumap create $PINS/t" + sizes_words()); }
  void fill_ours(size_t count) {
    write("entries", entry_lines(count, sizes(), possible_cpus()));
    out_of("percpumap -q import $PINS/t entries");
  }
  void make_its_own(size_t count);

  void expect_same_text(const std::string& ours, const std::string& judge) const;
};

void BpftoolSizesTest::make_its_own(size_t count) {
  const auto bytes = [](size_t size, size_t first) {
    std::string words;
    for (size_t i = 0; i < size; ++i) words += " " + std::to_string((first + i * 5) % 256);
    return words;
  };
  std::string script = "bpftool map create $PINS/t type percpu_hash" + sizes_words() + "name $NAME || exit\n";
  for (size_t i = 0; i < count; ++i) {
    script += "bpftool map update pinned $PINS/t key" + bytes(sizes().key, i) + " value" +
              bytes(sizes().value, 3 * i + 200) + " || exit\n";
  }
  out_of(script);
}

// Shows the first difference: in a thousand bytes it is hard to see.
void BpftoolSizesTest::expect_same_text(const std::string& ours, const std::string& judge) const {
  const std::string expected = out_of(judge);
  const std::string seen = out_of(ours);
  const auto differs = std::mismatch(seen.begin(), seen.end(), expected.begin(), expected.end());
  const auto at = static_cast<size_t>(differs.first - seen.begin());
  EXPECT_TRUE(seen == expected) << ours << ": differs from byte " << at << " on\n"
                                << seen.substr(at, 80) << "\nbpftool:\n"
                                << expected.substr(at, 80);
}

TEST_P(BpftoolSizesTest, ItReadsOurMapAsWeDo) {
  create_ours();
  fill_ours(30);
  const Rows judge = rows_of_bpftool(json_of("bpftool -j map dump pinned $PINS/t"));
  EXPECT_EQ(judge.size(), 30U);
  EXPECT_EQ(rows_of(json_of("percpumap -j dump $PINS/t")), judge);
}

TEST_P(BpftoolSizesTest, WeReadItsMapAsItDoes) {
  make_its_own(5);
  const Rows judge = rows_of_bpftool(json_of("bpftool -j map dump pinned $PINS/t"));
  EXPECT_EQ(judge.size(), 5U);
  EXPECT_EQ(rows_of(json_of("percpumap -j dump $PINS/t")), judge);
  EXPECT_EQ(rows_of(json_of("percpumap -j dump name $NAME --engine walk")), judge);
}

TEST_P(BpftoolSizesTest, DumpsAreItsOwnByteForByte) {
  create_ours();
  for (const size_t count : {0, 1, 30}) {
    fill_ours(count);
    expect_same_text("percpumap -o bpftool dump $PINS/t", "bpftool map dump pinned $PINS/t");
    expect_same_text("percpumap -o bpftool-json dump $PINS/t", "bpftool -j map dump pinned $PINS/t");
  }
}

TEST_P(BpftoolSizesTest, LookupsAreItsOwnByteForByte) {
  create_ours();
  fill_ours(1);
  const std::string key = json_of("percpumap -j getnext $PINS/t").at("next_key");
  std::string words = "pinned $PINS/t key hex";
  for (size_t i = 0; i < key.size(); i += 2) words += " " + key.substr(i, 2);
  expect_same_text("percpumap -o bpftool lookup " + words, "bpftool map lookup " + words);
  expect_same_text("percpumap -o bpftool-json lookup " + words, "bpftool -j map lookup " + words);
}

INSTANTIATE_TEST_SUITE_P(Sizes, BpftoolSizesTest,
                         testing::Combine(testing::Values(1, 4, 7, 16, 24),
                                          testing::Values(1, 5, 8, 64, 1000)),
                         [](const auto& row) {
                           return "key" + std::to_string(std::get<0>(row.param)) + "_value" +
                                  std::to_string(std::get<1>(row.param));
                         });

}  // namespace
}  // namespace percpumap::test
