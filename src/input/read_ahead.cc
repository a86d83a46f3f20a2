#include "input/read_ahead.h"

#include <sys/eventfd.h>

#include <utility>

namespace percpumap {

ReadAhead::ReadAhead(int fd, EntryFormat format, size_t limit, int stop)
    : stop_(stop), limit_(limit), reader_(fd, std::move(format), stop), thread_([this] { run(); }) {}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
  }
  changed_.notify_all();
  eventfd_write(stop_, 1);  // it may be waiting for input that never comes
  thread_.join();
}

const Entries* ReadAhead::next() {
  std::unique_lock lock(mutex_);
  if (taken_) ++released_;
  taken_ = false;
  changed_.notify_all();
  changed_.wait(lock, [&] { return read_ > released_ || over_; });
  taken_ = read_ > released_;
  if (taken_) return &ring_[released_ % kBatches];
  if (error_) std::rethrow_exception(error_);
  return nullptr;
}

void ReadAhead::run() {
  while (wait_for_room()) {
    Entries& entries = ring_[read_ % kBatches];
    std::exception_ptr error;
    bool more = false;
    try {
      more = reader_.next(entries, limit_);
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    if (entries.batch.count > 0) ++read_;
    over_ = !more;
    error_ = error;
    changed_.notify_all();
    if (over_) return;
  }
}

bool ReadAhead::wait_for_room() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return read_ - released_ < kBatches || abandoned_; });
  return !abandoned_;
}

}  // namespace percpumap
