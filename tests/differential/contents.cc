#include "differential/contents.h"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

namespace percpumap::test {
namespace {

void append(Buffer& all, const Buffer& more, size_t size) {
  all.insert(all.end(), more.begin(), more.begin() + static_cast<ptrdiff_t>(size));
}

}  // namespace

Answer contents_by_key(RawMap& map, const Subject& subject) {
  Answer all;
  Buffer key;
  Buffer next(subject.spec.key_size);
  Buffer row(subject.row_size);
  std::error_code error;
  // A walk that goes in circles ends, too.
  while (all.count <= subject.spec.max_entries && !(error = map.next_key(key, next))) {
    key = next;
    if ((error = map.lookup(key, row, 0))) break;
    append(all.keys, key, key.size());
    append(all.rows, row, row.size());
    ++all.count;
  }
  all.code = error.value();
  return all;
}

Answer contents_by_batch(RawMap& map, const Subject& subject, uint32_t count) {
  Answer all;
  BatchCall call;
  call.out = &all.cursor;
  do {
    Buffer keys(size_t{count} * subject.spec.key_size);
    Buffer rows(count * subject.row_size);
    call.keys = keys.data();
    call.rows = rows.data();
    call.count = count;
    all.code = map.batch(BatchCommand::lookup, call).value();
    call.in = &all.cursor;
    append(all.keys, keys, size_t{call.count} * subject.spec.key_size);
    append(all.rows, rows, call.count * subject.row_size);
    all.count += call.count;
    if (all.code == ENOSPC) count *= 2;
  } while (all.code == 0 || all.code == ENOSPC);
  return all;
}

void sort_entries(const Subject& subject, size_t row_size, Answer& answer) {
  const auto part = [](const Buffer& all, size_t size, size_t i) {
    const auto begin = all.begin() + static_cast<ptrdiff_t>(i * size);
    return Buffer(begin, begin + static_cast<ptrdiff_t>(size));
  };
  std::vector<std::pair<Buffer, Buffer>> entries;
  for (size_t i = 0; i < answer.count; ++i) {
    entries.emplace_back(part(answer.keys, subject.spec.key_size, i), part(answer.rows, row_size, i));
  }
  std::ranges::sort(entries);
  auto key_end = answer.keys.begin();
  auto row_end = answer.rows.begin();
  for (const auto& [key, row] : entries) {
    key_end = std::ranges::copy(key, key_end).out;
    row_end = std::ranges::copy(row, row_end).out;
  }
}

void forget_order(const Subject& subject, const MapCall& call, Answer& answer) {
  const bool delivered = answer.code == 0 || answer.code == ENOENT;
  const size_t row_size = (call.elem_flags & kOneCpu) != 0 ? subject.spec.value_size : subject.row_size;
  if (walks_buckets(call.command) && delivered) sort_entries(subject, row_size, answer);
  if (call.command != Command::next_key || answer.code == EPERM) return;
  answer.rows.clear();
  if (call.keys) answer.code = 0;  // whether this key is the last one
}

}  // namespace percpumap::test
