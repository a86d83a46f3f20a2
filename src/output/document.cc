#include "output/document.h"

namespace percpumap {

void Document::begin(const Batch& first) {
  if (begun_) return;
  begun_ = true;
  printer_.begin(first, sink_);
}

void Document::rows(const Batch& batch) {
  if (batch.count == 0) return;
  size_t from = 0;
  if (count_ == 0) {
    Text first;
    printer_.rows(batch, 0, 1, first);
    sink_.write(first.view().substr(printer_.separator().size()));
    from = 1;
  }
  printer_.rows(batch, from, batch.count, sink_);
  count_ += batch.count;
}

void Document::rows(std::string_view text, uint64_t count) {
  if (count == 0) return;
  if (count_ == 0) text.remove_prefix(printer_.separator().size());
  count_ += count;
  sink_.pass(text);
}

void Document::end(bool complete) {
  begin(Batch{});
  printer_.end({count_, complete}, sink_);
  sink_.flush();
}

}  // namespace percpumap
