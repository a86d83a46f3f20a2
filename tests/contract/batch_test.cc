// The batch commands: kernel-semantics.md section 4.
#include <algorithm>
#include <cerrno>

#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

using Keys = std::vector<uint32_t>;

constexpr uint32_t kUntouched = 0xdeadbeef;

// With zero_seed the keys 0 … 11 lie in 16 buckets as 0 2 0 0 0 0 1 0 1 0 2 1 1 2 1 1, in this order.
constexpr uint32_t kBuckets = 16;
const Keys kOrder = {10, 4, 5, 0, 7, 2, 1, 8, 11, 9, 6, 3};

class BatchContract : public SmallMapTest {
 protected:
  void fill() { small().fill(0, 11); }

  int run(BatchCommand command, BatchCall& call) { return code(map().batch(command, call)); }
  // BPF_F_CPU and BPF_F_ALL_CPUS, where they are.
  bool takes(BatchCommand command, uint64_t elem_flags) {
    if (!rules().has_cpu_flags()) return false;
    return (elem_flags == kOneCpu && (command == BatchCommand::lookup || command == BatchCommand::update)) ||
           (elem_flags == kAllCpus && command == BatchCommand::update);
  }
};

// Buffers with room for 64 entries, and the call that uses them, from the first bucket.
struct Request {
  Request(size_t cpus, uint32_t count) : rows(64 * cpus), keys(64) {
    call.keys = reinterpret_cast<std::byte*>(keys.data());
    call.rows = reinterpret_cast<std::byte*>(rows.data());
    call.out = &token;
    call.count = count;
  }
  Request(size_t cpus, const Keys& wanted) : Request(cpus, static_cast<uint32_t>(wanted.size())) {
    std::copy(wanted.begin(), wanted.end(), keys.begin());
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  Keys delivered() const { return {keys.begin(), keys.begin() + call.count}; }
  void go_on(uint32_t count) {
    call.in = &token;
    call.count = count;
  }

  std::vector<uint64_t> rows;
  Keys keys;
  uint32_t token = kUntouched;
  BatchCall call;
};

constexpr auto kReaders = {BatchCommand::lookup, BatchCommand::take};
constexpr auto kChangers = {BatchCommand::update, BatchCommand::erase};
constexpr auto kAll = {BatchCommand::lookup, BatchCommand::take, BatchCommand::update, BatchCommand::erase};

TEST_P(BatchContract, lookup_of_the_whole_map_ends_with_enoent_and_all_data) {
  fill();
  Request request(cpus(), 64);
  EXPECT_EQ(ENOENT, run(BatchCommand::lookup, request.call));
  EXPECT_EQ(kOrder, request.delivered());
  EXPECT_EQ(kBuckets, request.token);
  for (size_t i = 0; i < 12 * cpus(); ++i) {
    EXPECT_EQ(uint64_t{100} * kOrder[i / cpus()] + i % cpus(), request.rows[i]) << "entry " << i / cpus();
  }
}

TEST_P(BatchContract, a_count_that_just_fits_ends_with_enoent_too) {
  fill();
  Request request(cpus(), 12);
  EXPECT_EQ(ENOENT, run(BatchCommand::lookup, request.call));
  EXPECT_EQ(12U, request.call.count);
}

TEST_P(BatchContract, lookup_stops_before_a_bucket_that_does_not_fit) {
  fill();
  Request request(cpus(), 5);
  EXPECT_EQ(0, run(BatchCommand::lookup, request.call));
  EXPECT_EQ((Keys{10, 4, 5, 0}), request.delivered()) << "the next bucket has two";
  EXPECT_EQ(10U, request.token);
}

TEST_P(BatchContract, lookup_goes_on_from_its_token) {
  fill();
  Request request(cpus(), 5);
  ASSERT_EQ(0, run(BatchCommand::lookup, request.call));
  request.go_on(5);
  EXPECT_EQ(0, run(BatchCommand::lookup, request.call));
  EXPECT_EQ((Keys{7, 2, 1, 8}), request.delivered());
  request.go_on(5);
  EXPECT_EQ(ENOENT, run(BatchCommand::lookup, request.call));
  EXPECT_EQ((Keys{11, 9, 6, 3}), request.delivered());
  EXPECT_EQ(kBuckets, request.token);
}

TEST_P(BatchContract, a_first_bucket_that_does_not_fit_is_enospc_and_its_token_good_for_more_room) {
  fill();
  Request request(cpus(), 1);
  EXPECT_EQ(ENOSPC, run(BatchCommand::lookup, request.call));
  EXPECT_EQ(0U, request.call.count);
  EXPECT_EQ(1U, request.token);
  request.go_on(2);
  EXPECT_EQ(0, run(BatchCommand::lookup, request.call));
  EXPECT_EQ((Keys{10, 4}), request.delivered());
  EXPECT_EQ(6U, request.token) << "the empty buckets after it are passed";
}

TEST_P(BatchContract, enospc_in_the_middle_keeps_the_cursor) {
  fill();
  Request request(cpus(), 1);
  const uint32_t start = 10;
  request.call.in = &start;
  EXPECT_EQ(ENOSPC, run(BatchCommand::lookup, request.call));
  EXPECT_EQ(10U, request.token);
  request.go_on(2);
  EXPECT_EQ(0, run(BatchCommand::lookup, request.call));
  EXPECT_EQ((Keys{7, 2}), request.delivered());
}

TEST_P(BatchContract, enospc_takes_nothing) {
  fill();
  Request request(cpus(), 1);
  EXPECT_EQ(ENOSPC, run(BatchCommand::take, request.call));
  EXPECT_EQ(kOrder, small().keys());
}

TEST_P(BatchContract, an_empty_map_is_enoent_with_the_token_at_its_end) {
  for (const auto command : kReaders) {
    Request request(cpus(), 8);
    EXPECT_EQ(ENOENT, run(command, request.call));
    EXPECT_EQ(0U, request.call.count);
    EXPECT_EQ(kBuckets, request.token);
  }
}

TEST_P(BatchContract, a_token_beyond_the_table_is_enoent_and_left_alone) {
  fill();
  for (const uint32_t token : {kBuckets, kBuckets + 1, UINT32_MAX}) {
    Request request(cpus(), 8);
    request.call.in = &token;
    EXPECT_EQ(ENOENT, run(BatchCommand::lookup, request.call));
    EXPECT_EQ(0U, request.call.count);
    EXPECT_EQ(kUntouched, request.token);
  }
}

TEST_P(BatchContract, a_count_of_zero_does_nothing_successfully) {
  fill();
  for (const auto command : kAll) {
    Request request(cpus(), 0);
    EXPECT_EQ(0, run(command, request.call));
    EXPECT_EQ(0U, request.call.count);
    EXPECT_EQ(kUntouched, request.token);
  }
  EXPECT_EQ(kOrder, small().keys());
}

TEST_P(BatchContract, elem_flags_are_refused_and_the_count_is_left) {
  fill();
  for (const auto command : kAll) {
    for (const uint64_t flags : {kNoExist, kExist, uint64_t{4}, uint64_t{8}, uint64_t{16}, UINT64_MAX}) {
      if (takes(command, flags)) continue;
      Request request(cpus(), 3);
      request.call.elem_flags = flags;
      EXPECT_EQ(EINVAL, run(command, request.call)) << "flags " << flags;
      EXPECT_EQ(3U, request.call.count);
    }
  }
  EXPECT_EQ(kOrder, small().keys());
}

TEST_P(BatchContract, elem_flags_are_looked_at_even_with_a_count_of_zero) {
  for (const auto command : kAll) {
    Request request(cpus(), 0);
    request.call.elem_flags = kExist;
    EXPECT_EQ(EINVAL, run(command, request.call));
  }
}

TEST_P(BatchContract, flags_are_refused_by_readers_and_ignored_by_changers) {
  fill();
  for (const auto command : kReaders) {
    Request request(cpus(), 3);
    request.call.flags = 1;
    EXPECT_EQ(EINVAL, run(command, request.call));
    EXPECT_EQ(3U, request.call.count);
  }
  for (const auto command : kChangers) {
    Request request(cpus(), Keys{1, 2});
    request.call.flags = 1;
    EXPECT_EQ(0, run(command, request.call));
    EXPECT_EQ(2U, request.call.count);
  }
}

TEST_P(BatchContract, take_of_the_whole_map_empties_it) {
  fill();
  Request request(cpus(), 64);
  EXPECT_EQ(ENOENT, run(BatchCommand::take, request.call));
  EXPECT_EQ(kOrder, request.delivered());
  EXPECT_EQ(uint64_t{100} * kOrder[1], request.rows[cpus()]);
  EXPECT_EQ(Keys{}, small().keys());
}

TEST_P(BatchContract, take_removes_only_what_it_delivers) {
  fill();
  Request request(cpus(), 4);
  EXPECT_EQ(0, run(BatchCommand::take, request.call));
  EXPECT_EQ((Keys{10, 4, 5, 0}), request.delivered());
  EXPECT_EQ((Keys{7, 2, 1, 8, 11, 9, 6, 3}), small().keys());
}

TEST_P(BatchContract, a_null_buffer_is_efault_without_data) {
  fill();
  for (const bool keys : {true, false}) {
    Request request(cpus(), 64);
    (keys ? request.call.keys : request.call.rows) = nullptr;
    EXPECT_EQ(EFAULT, run(BatchCommand::lookup, request.call));
    EXPECT_EQ(0U, request.call.count);
    EXPECT_EQ(kUntouched, request.token);
  }
}

TEST_P(BatchContract, a_null_buffer_for_rows_is_noticed_after_the_keys_of_the_first_bucket_are_delivered) {
  fill();
  Request request(cpus(), 64);
  request.call.rows = nullptr;
  EXPECT_EQ(EFAULT, run(BatchCommand::lookup, request.call));
  EXPECT_EQ((Keys{10, 4, 0}), Keys(request.keys.begin(), request.keys.begin() + 3));
}

TEST_P(BatchContract, take_into_a_null_buffer_loses_the_first_bucket) {
  fill();
  Request request(cpus(), 64);
  request.call.keys = nullptr;
  EXPECT_EQ(EFAULT, run(BatchCommand::take, request.call));
  EXPECT_EQ(0U, request.call.count);
  EXPECT_EQ((Keys{5, 0, 7, 2, 1, 8, 11, 9, 6, 3}), small().keys());
}

TEST_P(BatchContract, take_without_a_place_for_the_token_loses_everything) {
  fill();
  Request request(cpus(), 64);
  request.call.out = nullptr;
  EXPECT_EQ(EFAULT, run(BatchCommand::take, request.call));
  EXPECT_EQ(0U, request.call.count);
  EXPECT_EQ(Keys{}, small().keys());
}

TEST_P(BatchContract, a_null_buffer_is_not_noticed_where_there_is_nothing_to_copy) {
  Request request(cpus(), 64);
  request.call.keys = nullptr;
  request.call.rows = nullptr;
  EXPECT_EQ(ENOENT, run(BatchCommand::lookup, request.call));
  fill();
  request.call.count = 1;
  EXPECT_EQ(ENOSPC, run(BatchCommand::lookup, request.call));
}

TEST_P(BatchContract, update_creates_and_replaces_in_order) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(2, 9999));
  Request request(cpus(), Keys{1, 2, 3});
  for (size_t i = 0; i < 3 * cpus(); ++i) request.rows[i] = i;
  EXPECT_EQ(0, run(BatchCommand::update, request.call));
  EXPECT_EQ(3U, request.call.count);
  for (const uint32_t key : {1U, 2U, 3U}) {
    ASSERT_EQ(0, small.get(key));
    EXPECT_EQ(small.row_of((key - 1) * cpus()), small.row());
  }
}

TEST_P(BatchContract, update_stops_at_a_full_map_and_keeps_what_is_done) {
  small().fill(100, 109);
  Keys wanted(32);
  for (uint32_t i = 0; i < 32; ++i) wanted[i] = i;
  Request request(cpus(), wanted);
  EXPECT_EQ(E2BIG, run(BatchCommand::update, request.call));
  EXPECT_EQ(6U, request.call.count);
  EXPECT_TRUE(small().has(5));
  EXPECT_FALSE(small().has(6));
}

TEST_P(BatchContract, erase_stops_at_a_missing_key) {
  fill();
  Request request(cpus(), Keys{0, 1, 77, 2, 3});
  EXPECT_EQ(ENOENT, run(BatchCommand::erase, request.call));
  EXPECT_EQ(2U, request.call.count);
  EXPECT_FALSE(small().has(0) || small().has(1));
  EXPECT_TRUE(small().has(2) && small().has(3));
}

TEST_P(BatchContract, erase_needs_no_rows) {
  fill();
  Request request(cpus(), Keys{0, 1});
  request.call.rows = nullptr;
  EXPECT_EQ(0, run(BatchCommand::erase, request.call));
  EXPECT_EQ(2U, request.call.count);
}

TEST_P(BatchContract, changers_answer_null_buffers_with_efault_and_count_zero) {
  for (const auto command : kChangers) {
    Request request(cpus(), Keys{1, 2});
    request.call.keys = nullptr;
    EXPECT_EQ(EFAULT, run(command, request.call));
    EXPECT_EQ(0U, request.call.count);
  }
  Request request(cpus(), Keys{1, 2});
  request.call.rows = nullptr;
  EXPECT_EQ(EFAULT, run(BatchCommand::update, request.call));
  EXPECT_EQ(0U, request.call.count);
}

TEST_P(BatchContract, changers_ignore_tokens) {
  const uint32_t token = UINT32_MAX;
  for (const auto command : kChangers) {
    Request request(cpus(), Keys{1, 2});
    request.call.in = &token;
    EXPECT_EQ(0, run(command, request.call));
    EXPECT_EQ(kUntouched, request.token);
  }
}

PERCPUMAP_FOR_EVERY_BACKEND(BatchContract);

}  // namespace
}  // namespace percpumap::test
