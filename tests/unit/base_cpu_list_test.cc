#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "base/cpu_list.h"
#include "support/text_file.h"

namespace percpumap {
namespace {

using Ids = std::vector<uint32_t>;

Ids ids(const CpuList& list) {
  return {list.ids().begin(), list.ids().end()};
}

TEST(CpuList, ReadsRangesAndSingleIds) {
  const auto list = CpuList::parse("0-3,8,10-11");
  ASSERT_TRUE(list);
  EXPECT_EQ(ids(*list), (Ids{0, 1, 2, 3, 8, 10, 11}));
}

TEST(CpuList, ReadsTheKernelsFilesWithTheirNewline) {
  const auto list = CpuList::parse("0-1\n");
  ASSERT_TRUE(list);
  EXPECT_EQ(ids(*list), (Ids{0, 1}));
}

TEST(CpuList, ReadsAnEmptyMask) {
  ASSERT_TRUE(CpuList::parse("\n"));
  EXPECT_TRUE(CpuList::parse("\n")->empty());
  EXPECT_TRUE(CpuList::parse("")->empty());
}

TEST(CpuList, SortsAndDropsDoubles) {
  const auto list = CpuList::parse("8,0-2,1-3,8");
  ASSERT_TRUE(list);
  EXPECT_EQ(ids(*list), (Ids{0, 1, 2, 3, 8}));
  EXPECT_EQ(ids(CpuList({5, 1, 5})), (Ids{1, 5}));
}

TEST(CpuList, RefusesWhatIsNoList) {
  for (const char* text :
       {"a", "-1", "1-", "1,", ",1", "3-1", "1--2", "1 2", "0-3,", "1\n\n", "0x1", "all", "+1"}) {
    EXPECT_FALSE(CpuList::parse(text)) << '"' << text << '"';
  }
}

TEST(CpuList, RefusesIdsBeyondAnyKernel) {
  EXPECT_TRUE(CpuList::parse("65535"));
  EXPECT_FALSE(CpuList::parse("65536"));
  EXPECT_FALSE(CpuList::parse("0-65536"));
  EXPECT_TRUE(CpuList::parse("0-65535,0-65535"));
  EXPECT_FALSE(CpuList::parse("0-65535,0-65535,0,0-65535")) << "all over and over";
  EXPECT_FALSE(CpuList::parse("0-4294967295"));
  EXPECT_FALSE(CpuList::parse("99999999999999999999"));
}

TEST(CpuList, SlotsAreOrdinalsNotIds) {
  const CpuList list({0, 2, 8});
  EXPECT_EQ(list.slot_of(0), 0U);
  EXPECT_EQ(list.slot_of(2), 1U);
  EXPECT_EQ(list.slot_of(8), 2U);
  EXPECT_EQ(list.slot_of(1), std::nullopt);
  EXPECT_EQ(list.slot_of(9), std::nullopt);
  EXPECT_EQ(CpuList().slot_of(0), std::nullopt);
}

TEST(CpuList, ContainsItsIdsOnly) {
  const CpuList list({0, 2});
  EXPECT_TRUE(list.contains(2));
  EXPECT_FALSE(list.contains(1));
}

TEST(CpuList, WritesTheKernelsForm) {
  EXPECT_EQ(CpuList({0, 1, 2, 3, 8}).to_string(), "0-3,8");
  EXPECT_EQ(CpuList({0, 1}).to_string(), "0-1");
  EXPECT_EQ(CpuList({1, 3, 5}).to_string(), "1,3,5");
  EXPECT_EQ(CpuList({7}).to_string(), "7");
  EXPECT_EQ(CpuList().to_string(), "");
}

TEST(CpuList, ComesBackFromItsText) {
  for (uint32_t mask = 0; mask < 1U << 10; ++mask) {
    Ids set;
    for (uint32_t cpu = 0; cpu < 10; ++cpu) {
      if ((mask >> cpu & 1) != 0) set.push_back(cpu);
    }
    const CpuList list(set);
    EXPECT_EQ(CpuList::parse(list.to_string()), list) << list.to_string();
  }
}

std::optional<CpuList> read_from_file(const char* text) {
  const test::TextFile file(text);
  return read_cpu_list(("/proc/self/fd/" + std::to_string(file.fd())).c_str());
}

TEST(CpuList, IsReadFromTheFirstLineOfAFile) {
  EXPECT_EQ(read_from_file("0-1,3\n"), CpuList({0, 1, 3}));
  EXPECT_EQ(read_from_file("\n"), CpuList()) << "offline, where none is";
  EXPECT_EQ(read_from_file("two\n"), std::nullopt);
}

TEST(CpuList, IsNoneWithoutTheFile) {
  EXPECT_EQ(read_cpu_list("/nonexistent"), std::nullopt);
  EXPECT_EQ(errno, ENOENT);
}

}  // namespace
}  // namespace percpumap
