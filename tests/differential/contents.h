// What a map holds, or an answer tells, with its order or without.
#pragma once

#include "differential/generator.h"
#include "differential/map_call.h"

namespace percpumap::test {

// A whole walk, key by key and each looked up.
Answer contents_by_key(RawMap& map, const Subject& subject);
// A whole walk by batches of `count`, more where a bucket needs it.
Answer contents_by_batch(RawMap& map, const Subject& subject, uint32_t count);

// Sorts the first `answer.count` entries, whose rows are `row_size` bytes apart.
void sort_entries(const Subject& subject, size_t row_size, Answer& answer);

// Takes out of the answer to `call`, on a map whose order is chance, what that order decides.
void forget_order(const Subject& subject, const MapCall& call, Answer& answer);

}  // namespace percpumap::test
