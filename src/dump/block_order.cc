#include "dump/block_order.h"

#include <cstring>
#include <utility>

namespace percpumap {

void Block::clear_rows() {
  head.clear();
  head_keys.clear();
  head_ends.clear();
  body.clear();
  body_rows = 0;
}

BlockOrder::BlockOrder(RowTarget& target, size_t key_size, size_t window)
    : target_(target), key_size_(key_size), window_(window) {}

std::unique_ptr<Block> BlockOrder::block_for(uint64_t index) {
  Lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ || index < next_ + window_; });
  if (closed_) return nullptr;
  if (spare_.empty()) return std::make_unique<Block>();
  auto block = std::move(spare_.back());
  spare_.pop_back();
  return block;
}

void BlockOrder::deliver(uint64_t index, std::unique_ptr<Block> block) {
  Lock lock(mutex_);
  ready_.emplace(index, std::move(block));
  if (!writing_) write_ready(lock);
}

void BlockOrder::write_ready(Lock& lock) {
  writing_ = true;
  for (auto at = ready_.find(next_); at != ready_.end() && !closed_; at = ready_.find(next_)) {
    auto block = std::move(at->second);
    ready_.erase(at);
    lock.unlock();
    write(*block);
    block->clear_rows();
    lock.lock();
    spare_.push_back(std::move(block));
    ++next_;
    closed_ = failure_ || astray_;
    changed_.notify_all();
  }
  writing_ = false;
}

void BlockOrder::deliver_part(uint64_t index, Block& block) {
  Lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ || (index == next_ && !writing_); });
  if (!closed_) {
    writing_ = true;
    lock.unlock();
    write_rows(block);
    lock.lock();
    writing_ = false;
    closed_ = failure_ != nullptr;
    changed_.notify_all();
  }
  block.clear_rows();
}

void BlockOrder::write(const Block& block) {
  write_rows(block);
  doubtful_ = block.end.doubtful;
  if (block.end.astray) astray_ = block.end.next;
  if (!failure_) failure_ = block.failure;
}

void BlockOrder::write_rows(const Block& block) {
  try {
    write_head(block);
    target_.rows(block.body.view(), block.body_rows);
  } catch (...) {
    failure_ = std::current_exception();
  }
}

// Rows that stay are written together where nothing between them is left out.
void BlockOrder::write_head(const Block& block) {
  const std::string_view text = block.head.view();
  size_t from = 0;
  uint64_t rows = 0;
  const auto write_until = [&](size_t end) {
    target_.rows(text.substr(from, end - from), std::exchange(rows, 0));
  };
  for (size_t i = 0; i < block.head_ends.size(); ++i) {
    const size_t begin = i == 0 ? 0 : block.head_ends[i - 1];
    if (was_given(Bytes(block.head_keys).subspan(i * key_size_, key_size_))) {
      write_until(begin);
      from = block.head_ends[i];
      ++duplicates_;
    } else {
      ++rows;
    }
  }
  write_until(text.size());
}

// From the back: where the map did not change, the rows in question are the last ones.
bool BlockOrder::was_given(Bytes key) const {
  for (size_t at = doubtful_.size(); at > 0; at -= key_size_) {
    if (std::memcmp(doubtful_.data() + at - key_size_, key.data(), key_size_) == 0) return true;
  }
  return false;
}

}  // namespace percpumap
