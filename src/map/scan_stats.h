// What a reading of a map came to.
#pragma once

#include <cstdint>

namespace percpumap {

struct ScanStats {
  uint64_t rows = 0;
  uint64_t syscalls = 0;
  uint64_t vanished = 0;     // walk: keys gone between GET_NEXT_KEY and LOOKUP_ELEM
  uint64_t restarts = 0;     // walk: the key it stood on was gone, so the kernel began anew
  uint64_t duplicates = 0;   // keys that came again and were dropped
  uint64_t grown = 0;        // batch: ENOSPC answers
  uint64_t thrown_away = 0;  // batch: batches read again because they ran too far past their range
  uint32_t largest_batch = 0;
  bool complete = true;  // what dump promises (CLI.md section 4) was kept

  // Of several readings that together are one.
  ScanStats& operator+=(const ScanStats& other);
};

}  // namespace percpumap
