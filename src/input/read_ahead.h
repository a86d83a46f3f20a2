// Entries read in a thread of its own, a few batches ahead of whoever takes them.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>

#include "input/entry_reader.h"

namespace percpumap {

// One thread makes it, takes from it and ends it.
class ReadAhead {
 public:
  // Reads batches of up to `limit` entries from `fd`. `stop` is an eventfd(2), the caller's as `fd` is:
  // reading ends at once when somebody writes to it (a signal handler may), and the destructor does.
  ReadAhead(int fd, EntryFormat format, size_t limit, int stop);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // The next batch, not empty, good until the next call; null at the end. Throws what EntryReader::next
  // threw, once the entries before it were taken.
  const Entries* next();

 private:
  // One that is taken, one that is ready, one that is being read.
  static constexpr size_t kBatches = 3;

  void run();
  bool wait_for_room();

  const int stop_;
  const size_t limit_;
  EntryReader reader_;
  std::array<Entries, kBatches> ring_;

  std::mutex mutex_;  // for what follows
  std::condition_variable changed_;
  size_t read_ = 0;           // batches that are or were ready
  size_t released_ = 0;       // batches that were taken and are not needed any more
  bool taken_ = false;        // number released_ is taken
  bool over_ = false;         // there will be no more
  bool abandoned_ = false;    // nobody will take more
  std::exception_ptr error_;  // why it is over, if not for the end of the input

  std::thread thread_;
};

}  // namespace percpumap
