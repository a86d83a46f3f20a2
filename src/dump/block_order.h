// Blocks of rows that several threads make at the same time leave in the order of the map.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "map/range_reader.h"
#include "output/document.h"

namespace percpumap {

// The rows of one range, formatted. Those of its head are kept apart, each with its key: what an earlier
// range gave already is left out.
struct Block {
  Text head;
  std::vector<std::byte> head_keys;
  std::vector<size_t> head_ends;  // where each row ends in `head`
  Text body;
  uint64_t body_rows = 0;
  RangeEnd end;
  std::exception_ptr failure;  // instead of what should follow these rows

  void clear_rows();
};

// Hands blocks out to be filled and writes them into the target in the order of their ranges, whichever is
// ready first. At most `window` of them exist. All methods may be called by any thread; writing is done by
// the thread that delivers what comes next.
class BlockOrder {
 public:
  BlockOrder(RowTarget& target, size_t key_size, size_t window);

  // An empty block for the range with this number; waits for one. Null after a failure, or when the target
  // cannot go on with it.
  std::unique_ptr<Block> block_for(uint64_t index);
  // Writes it, or keeps it until it is its turn.
  void deliver(uint64_t index, std::unique_ptr<Block> block);
  // For a block that has become too large: waits until all before it are written, writes its rows and clears
  // them; its range goes on.
  void deliver_part(uint64_t index, Block& block);

  // When no thread is at work any more:
  // where a reading in one thread has to go on, if a range ended astray;
  std::optional<uint32_t> astray() const { return astray_; }
  // rows that were left out because an earlier range had them;
  uint64_t duplicates() const { return duplicates_; }
  // what was thrown by a block's maker or by the sink.
  std::exception_ptr failure() const { return failure_; }

 private:
  using Lock = std::unique_lock<std::mutex>;
  void write_ready(Lock& lock);
  void write(const Block& block);
  void write_rows(const Block& block);
  void write_head(const Block& block);
  bool was_given(Bytes key) const;

  RowTarget& target_;
  const size_t key_size_;
  const size_t window_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, std::unique_ptr<Block>> ready_;
  std::vector<std::unique_ptr<Block>> spare_;
  uint64_t next_ = 0;     // the range whose rows come next
  bool writing_ = false;  // somebody writes, without the lock
  bool closed_ = false;   // nothing is written any more

  // Touched only by who writes.
  std::vector<std::byte> doubtful_;  // of the range before
  uint64_t duplicates_ = 0;
  std::optional<uint32_t> astray_;
  std::exception_ptr failure_;
};

}  // namespace percpumap
