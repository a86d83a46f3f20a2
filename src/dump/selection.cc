#include "dump/selection.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "map/scan.h"

namespace percpumap {
namespace {

constexpr size_t kChunkBytes = size_t{1} << 20;

size_t records_in_chunk(size_t record_size) {
  return std::max<size_t>(1, kChunkBytes / record_size);
}

// The first bytes of a rank as a number that compares as they do.
uint64_t prefix(const void* rank, size_t size) {
  uint64_t number = 0;
  std::memcpy(&number, rank, std::min(size, sizeof number));
  if constexpr (std::endian::native == std::endian::little) number = __builtin_bswap64(number);
  return number;
}

void append(std::vector<std::byte>& bytes, const std::byte* from, size_t size) {
  bytes.insert(bytes.end(), from, from + size);
}

}  // namespace

class Selection::Writer final : public Printer {
 public:
  Writer(const SortOrder& order, const Selection& selection) : order_(order), selection_(selection) {}

  void begin(const Batch&, Text&) override {}
  void end(const Summary&, Text&) override {}

  void rows(const Batch& batch, size_t from, size_t to, Text& out) const override {
    const Shape& shape = selection_.shape_;
    const uint64_t bar = selection_.bar_.load(std::memory_order_relaxed);
    for (size_t i = from; i < to; ++i) {
      const std::byte* const key = batch.key(shape, i).data();
      const std::byte* const row = batch.row(shape, i).data();
      char* record = out.room(selection_.record_size_);
      order_.rank(key, row, reinterpret_cast<std::byte*>(record));
      if (prefix(record, order_.size()) > bar) continue;
      record += order_.size();
      std::memcpy(record, key, shape.key_size);
      std::memcpy(record + shape.key_size, row, shape.row_size());
      out.wrote(record + shape.key_size + shape.row_size());
    }
  }

 private:
  const SortOrder& order_;
  const Selection& selection_;
};

Selection::Selection(const SortOrder& order, const Shape& shape, uint64_t most)
    : shape_(shape),
      rank_size_(order.size()),
      record_size_(rank_size_ + shape.key_size + shape.row_size()),
      most_(most),
      writer_(std::make_unique<Writer>(order, *this)) {}

Selection::~Selection() = default;

const Printer& Selection::printer() const {
  return *writer_;
}

bool Selection::before(const Kept& a, const Kept& b) const {
  const int order = std::memcmp(a.record, b.record, rank_size_);
  return order != 0 ? order < 0 : a.sequence < b.sequence;
}

void Selection::rows(const Batch& batch) {
  text_.clear();
  writer_->rows(batch, 0, batch.count, text_);
  rows(text_.view(), batch.count);
}

void Selection::rows(std::string_view text, uint64_t count) {
  for (size_t at = 0; at < text.size(); at += record_size_) keep(text.data() + at);
  count_ += count;
}

std::byte* Selection::room() {
  if (chunks_.empty() || chunk_used_ == records_in_chunk(record_size_)) {
    chunks_.push_back(
        std::make_unique_for_overwrite<std::byte[]>(records_in_chunk(record_size_) * record_size_));
    chunk_used_ = 0;
  }
  return chunks_.back().get() + chunk_used_++ * record_size_;
}

// An entry that comes later and is equal to the last one that is kept stays out.
void Selection::keep(const char* record) {
  const auto in_order = [this](const Kept& a, const Kept& b) { return before(a, b); };
  if (kept_.size() < most_) {
    kept_.push_back({room(), sequence_++});
    std::memcpy(kept_.back().record, record, record_size_);
    if (kept_.size() < most_) return;
    std::make_heap(kept_.begin(), kept_.end(), in_order);
    return raise_bar();
  }
  if (std::memcmp(record, kept_.front().record, rank_size_) >= 0) return;
  std::pop_heap(kept_.begin(), kept_.end(), in_order);
  std::memcpy(kept_.back().record, record, record_size_);
  kept_.back().sequence = sequence_++;
  std::push_heap(kept_.begin(), kept_.end(), in_order);
  raise_bar();
}

// Ranks that are not longer than what is compared need to be smaller.
void Selection::raise_bar() {
  const uint64_t last = prefix(kept_.front().record, rank_size_);
  bar_.store(rank_size_ <= sizeof last && last > 0 ? last - 1 : last, std::memory_order_relaxed);
}

void Selection::hand_over(const std::function<void(Batch&)>& use) {
  std::sort(kept_.begin(), kept_.end(), [this](const Kept& a, const Kept& b) { return before(a, b); });
  const size_t row_size = shape_.row_size();
  const size_t most = std::max(kMeasured, kBatchBytes / (shape_.key_size + row_size));
  Batch batch;
  for (size_t at = 0; at < kept_.size(); at += batch.count) {
    batch.keys.clear();
    batch.rows.clear();
    batch.count = std::min(most, kept_.size() - at);
    const size_t end = at + batch.count;
    for (size_t i = at; i < end; ++i) {
      const std::byte* const key = kept_[i].record + rank_size_;
      append(batch.keys, key, shape_.key_size);
      append(batch.rows, key + shape_.key_size, row_size);
    }
    use(batch);
  }
}

}  // namespace percpumap
