// The backend and the map that an unfinished command line names.
#pragma once

#include <chrono>
#include <optional>

#include "cmd/cursor.h"
#include "cmd/session.h"

namespace percpumap {

// Opened when used, and only to be read. Every method throws Error where the words so far do not say it or
// where it cannot be opened.
class LiveLine {
 public:
  // REQUIRES cursor.command; the cursor stays the caller's and has to outlive this.
  explicit LiveLine(const Cursor& cursor);

  const Cursor& cursor() const { return cursor_; }
  Backend& backend() { return session_.backend(); }
  bool is_simulated() const { return session_.where() != "syscall"; }
  Map& map();
  const Layouts& layouts() { return session_.layouts(map()); }
  WideNumbers wide_numbers() const { return session_.wide_numbers(); }

  // Nobody waits longer for a list: whoever makes one ends it then.
  bool is_late() const { return std::chrono::steady_clock::now() > end_; }

 private:
  const Cursor& cursor_;
  Session session_;
  std::optional<Map> map_;
  const std::chrono::steady_clock::time_point end_ =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
};

}  // namespace percpumap
