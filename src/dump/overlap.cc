#include "dump/overlap.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace percpumap {
namespace {

constexpr size_t kAhead = 2;

// Between the two threads.
class Queue {
 public:
  // Reader's side: an empty batch, once there is room for it; none when nobody wants more.
  std::optional<Batch> spare() {
    Lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || full_.size() < kAhead; });
    if (closed_) return std::nullopt;
    if (spare_.empty()) return Batch{};
    Batch batch = std::move(spare_.back());
    spare_.pop_back();
    return batch;
  }
  void push(Batch batch) {
    const Lock lock(mutex_);
    full_.push_back(std::move(batch));
    changed_.notify_all();
  }
  void end(std::exception_ptr failure) {
    const Lock lock(mutex_);
    ended_ = true;
    failure_ = std::move(failure);
    changed_.notify_all();
  }

  // User's side: the next batch; none at the end. Throws what ended the reading.
  std::optional<Batch> next() {
    Lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ || !full_.empty(); });
    if (full_.empty()) {
      if (failure_) std::rethrow_exception(failure_);
      return std::nullopt;
    }
    Batch batch = std::move(full_.front());
    full_.pop_front();
    changed_.notify_all();
    return batch;
  }
  void give_back(Batch batch) {
    const Lock lock(mutex_);
    spare_.push_back(std::move(batch));
  }
  void close() {
    const Lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  using Lock = std::unique_lock<std::mutex>;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> full_;
  std::vector<Batch> spare_;
  bool closed_ = false;  // nobody wants more
  bool ended_ = false;   // no more comes
  std::exception_ptr failure_;
};

void read_all(Queue& queue, const std::function<bool(Batch&)>& read) {
  try {
    while (auto batch = queue.spare()) {
      if (!read(*batch)) break;
      queue.push(std::move(*batch));
    }
    queue.end(nullptr);
  } catch (...) {
    queue.end(std::current_exception());
  }
}

void use_all(Queue& queue, const std::function<bool(Batch&)>& use) {
  while (auto batch = queue.next()) {
    if (!use(*batch)) return;
    queue.give_back(std::move(*batch));
  }
}

void take_turns(const std::function<bool(Batch&)>& read, const std::function<bool(Batch&)>& use) {
  Batch batch;
  while (read(batch) && use(batch)) {
  }
}

// Ends the reading and waits for its thread, whatever happens.
class Reader {
 public:
  Reader(Queue& queue, const std::function<bool(Batch&)>& read)
      : queue_(queue), thread_([&queue, &read] { read_all(queue, read); }) {}
  ~Reader() {
    queue_.close();
    thread_.join();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

 private:
  Queue& queue_;
  std::thread thread_;
};

}  // namespace

void overlap(const std::function<bool(Batch&)>& read, const std::function<bool(Batch&)>& use) {
  Queue queue;
  std::optional<Reader> reader;
  try {
    reader.emplace(queue, read);
  } catch (const std::system_error&) {
    return take_turns(read, use);
  }
  use_all(queue, use);
}

}  // namespace percpumap
