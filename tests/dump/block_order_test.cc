#include "dump/block_order.h"

#include <thread>

#include "dump/captured.h"

namespace percpumap::test {
namespace {

// One-byte keys, printed as ndjson with nothing but the key.
class BlockOrderTest : public testing::Test {
 protected:
  static Table table() {
    Table table;
    table.key = Layout::bytes(1);
    table.shape = {1, 0, CpuList({0})};
    table.per_cpu = false;
    return table;
  }

  static Batch batch(const std::string& keys) {
    Batch batch;
    for (const char key : keys) batch.keys.push_back(static_cast<std::byte>(key));
    batch.count = keys.size();
    return batch;
  }

  // A block with these keys in its head and body, and these in doubt for the next one.
  void fill(Block& block, const std::string& head, const std::string& body,
            const std::string& doubtful = "") {
    const Batch first = batch(head);
    for (size_t i = 0; i < first.count; ++i) {
      captured_.printer().rows(first, i, i + 1, block.head);
      block.head_ends.push_back(block.head.size());
    }
    block.head_keys = first.keys;
    captured_.printer().rows(batch(body), 0, body.size(), block.body);
    block.body_rows = body.size();
    block.end.doubtful = batch(doubtful).keys;
  }
  void deliver(uint64_t index, const std::string& head, const std::string& body,
               const std::string& doubtful = "") {
    auto block = order_.block_for(index);
    ASSERT_NE(block, nullptr);
    fill(*block, head, body, doubtful);
    order_.deliver(index, std::move(block));
  }

  // The keys in the document, in their order.
  std::string keys() {
    const std::string text = captured_.text();
    std::string keys;
    for (size_t at = text.find(kKey); at != std::string::npos; at = text.find(kKey, at + 1)) {
      keys += static_cast<char>(std::stoi(text.substr(at + kKey.size(), 2), nullptr, 16));
    }
    return keys;
  }

  static inline const std::string kKey = "{\"key\":\"";
  Captured captured_{Format::json, table()};
  BlockOrder order_{captured_.document(), 1, 3};
};

TEST_F(BlockOrderTest, BlocksLeaveInTheOrderOfTheirRanges) {
  deliver(2, "", "ef");
  deliver(1, "c", "d");
  EXPECT_EQ(captured_.document().count(), 0U);
  deliver(0, "", "ab");
  EXPECT_EQ(keys(), "abcdef");
}

TEST_F(BlockOrderTest, WhatAnEarlierRangeGaveIsLeftOut) {
  deliver(0, "", "abxyz", "xyz");
  deliver(1, "zpyq", "c");
  EXPECT_EQ(order_.duplicates(), 2U);
  EXPECT_EQ(keys(), "abxyzpqc");
}

TEST_F(BlockOrderTest, ADocumentCanBeginWithARowThatFollowsADuplicate) {
  deliver(0, "", "");
  deliver(1, "", "x", "x");
  deliver(2, "x", "");
  deliver(3, "y", "x");  // only a head is compared, and only with the range before
  EXPECT_EQ(keys(), "xyx");
}

TEST_F(BlockOrderTest, APartWaitsForItsTurn) {
  auto first = order_.block_for(0);
  auto second = order_.block_for(1);
  fill(*first, "", "ab", "c");
  fill(*second, "cd", "ef");
  std::thread other([&] {
    order_.deliver_part(1, *second);
    fill(*second, "", "gh");
    order_.deliver(1, std::move(second));
  });
  order_.deliver(0, std::move(first));
  other.join();
  EXPECT_EQ(keys(), "abdefgh");
}

TEST_F(BlockOrderTest, NothingFollowsARangeThatWentAstray) {
  auto first = order_.block_for(0);
  fill(*first, "", "ab");
  first->end = {.doubtful = {}, .next = 77, .astray = true};
  deliver(1, "", "cd");
  order_.deliver(0, std::move(first));
  EXPECT_EQ(order_.block_for(2), nullptr);
  EXPECT_EQ(order_.astray(), 77U);
  EXPECT_EQ(keys(), "ab");
}

TEST_F(BlockOrderTest, NothingFollowsAFailureButWhatStoodBeforeIt) {
  auto first = order_.block_for(0);
  fill(*first, "", "ab");
  first->failure = std::make_exception_ptr(std::runtime_error("busy"));
  deliver(1, "", "cd");
  order_.deliver(0, std::move(first));
  EXPECT_EQ(order_.block_for(2), nullptr);
  EXPECT_THROW(std::rethrow_exception(order_.failure()), std::runtime_error);
  EXPECT_EQ(keys(), "ab");
}

}  // namespace
}  // namespace percpumap::test
