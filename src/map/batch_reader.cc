#include "map/batch_reader.h"

#include <cerrno>

#include "map/stages.h"

namespace percpumap {
namespace {

void make_room(const Shape& shape, size_t entries, Batch& batch) {
  if (batch.keys.size() < entries * shape.key_size) batch.keys.resize(entries * shape.key_size);
  if (batch.rows.size() < entries * shape.row_size()) batch.rows.resize(entries * shape.row_size());
}

// The answers that leave `count` as it was.
bool is_refusal(std::error_code ec) {
  return ec.value() == EINVAL || ec.value() == EPERM || ec.value() == EFAULT;
}

}  // namespace

BatchStep BatchReader::call(Batch& batch, uint32_t cursor, uint32_t asked) {
  make_room(map_.shape(), asked, batch);
  BatchStep step{.cursor = cursor, .asked = asked, .next = cursor, .answer = {}};
  BatchCall call;
  call.in = &cursor;
  call.out = &step.next;
  call.keys = batch.keys.data();
  call.rows = batch.rows.data();
  call.count = asked;
  if (command_ == BatchCommand::lookup) call.elem_flags = map_.read_flags();
  step.answer = map_.raw().batch(command_, call);
  step.got = is_refusal(step.answer) ? 0 : call.count;
  batch.count = step.got;
  batch.aggregates.clear();
  if (call.elem_flags != 0) space_values(map_.shape(), batch);
  ++calls_;
  return step;
}

BatchStep BatchReader::read(Batch& batch, uint32_t cursor, uint32_t asked) {
  Backoff backoff;
  for (;;) {
    const BatchStep step = call(batch, cursor, asked);
    const int code = step.answer.value();
    if (step.got > 0 || code == 0 || code == ENOENT || code == ENOSPC) return step;
    const bool passes = is_busy(step.answer) || code == ENOMEM;
    if (!passes || !backoff.pause())
      throw map_.failure(step.answer, command_ == BatchCommand::take ? "drain" : "dump");
  }
}

}  // namespace percpumap
