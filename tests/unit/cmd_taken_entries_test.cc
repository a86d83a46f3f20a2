#include <gtest/gtest.h>

#include <string>

#include "cmd/taken_entries.h"

namespace percpumap {
namespace {

// Keys of one byte, without values.
const Shape kShape{.key_size = 1, .value_size = 0, .cpus = CpuList({0})};

void take(TakenEntries& taken, const std::string& keys) {
  Batch& batch = taken.next_batch();
  batch.keys.clear();
  for (const char key : keys) batch.keys.push_back(static_cast<std::byte>(key));
  batch.count = keys.size();
}

std::string keys_of(TakenEntries& taken) {
  std::string keys;
  taken.for_each_batch([&](const Batch& batch, size_t first) {
    for (size_t i = first; i < batch.count; ++i) keys.push_back(static_cast<char>(batch.key(kShape, i)[0]));
  });
  EXPECT_EQ(keys.size(), taken.count());
  return keys;
}

TEST(TakenEntries, WithoutTextAreNotDelivered) {
  TakenEntries taken;
  take(taken, "abc");
  taken.delivered(1000);
  EXPECT_EQ(keys_of(taken), "abc");
  taken.text_ends_at(10);
  taken.delivered(1000);
  EXPECT_EQ(keys_of(taken), "bc");
}

TEST(TakenEntries, AreDeliveredWhenTheirWholeTextIs) {
  TakenEntries taken;
  take(taken, "abc");
  for (const uint64_t end : {10, 20, 30}) taken.text_ends_at(end);
  taken.delivered(9);
  EXPECT_EQ(keys_of(taken), "abc");
  taken.delivered(10);
  EXPECT_EQ(keys_of(taken), "bc");
  taken.delivered(29);
  EXPECT_EQ(keys_of(taken), "c");
  taken.delivered(30);
  EXPECT_EQ(keys_of(taken), "");
}

TEST(TakenEntries, OfSeveralBatchesStayInOrder) {
  TakenEntries taken;
  take(taken, "ab");
  taken.text_ends_at(10);
  taken.text_ends_at(20);
  take(taken, "");
  take(taken, "cd");
  taken.text_ends_at(30);
  taken.delivered(15);
  EXPECT_EQ(keys_of(taken), "bcd");
  taken.delivered(25);
  EXPECT_EQ(keys_of(taken), "cd");
  taken.text_ends_at(40);
  taken.delivered(40);
  EXPECT_EQ(keys_of(taken), "");
}

TEST(TakenEntries, ReuseRoomWithoutOldEntries) {
  TakenEntries taken;
  take(taken, "abc");
  for (const uint64_t end : {10, 20, 30}) taken.text_ends_at(end);
  taken.delivered(30);
  const Batch& batch = taken.next_batch();
  EXPECT_EQ(batch.count, 0U);
  EXPECT_EQ(batch.keys.size(), 3U) << "the room of the batch that is delivered";
  taken.delivered(1000);
  take(taken, "d");
  taken.delivered(1000);
  EXPECT_EQ(keys_of(taken), "d");
}

}  // namespace
}  // namespace percpumap
