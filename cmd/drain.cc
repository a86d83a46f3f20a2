#include "cmd/drain.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "cmd/log.h"
#include "cmd/scan_log.h"

namespace percpumap {
namespace {

constexpr size_t kBlock = size_t{64} << 10;

// Whether other entries may fare better than the one that met `problem`.
bool is_of_one_entry(Problem problem) {
  return problem == Problem::exists || problem == Problem::full;
}

}  // namespace

Drain::Drain(Session& session, Map& map, const ScanOptions& options, const std::string& rescue_path)
    : session_(session),
      map_(map),
      view_(session, map),
      printer_(make_printer(session.format(), view_.table())),
      scan_(map, options),
      rescue_(rescue_path, map.shape()),
      output_(STDOUT_FILENO, signals_) {}

void Drain::run() {
  try {
    print_all();
  } catch (...) {
    put_back();
    throw;
  }
  progress_.erase();
  if (failure_) throw *failure_;
  if (interrupted_) {
    throw Error(Problem::interrupted, fmt::format("interrupted after {} entries", rows_))
        .in("drain")
        .of(map_.label());
  }
}

// The document is closed also when the map fails or a signal comes.
void Drain::print_all() {
  while (take()) {
  }
  const bool complete = !failure_ && !interrupted_ && scan_.stats().complete;
  if (rows_ == 0) printer_->begin({}, text_);
  printer_->end({rows_, complete}, text_);
  send();
  if (const uint64_t left = output_.settle()) {
    progress_.erase();
    note(fmt::format("{} bytes still stand in the pipe: its reader has not taken them yet", left));
  }
  log_end(scan_.engine(), scan_.stats(), output_.accepted(), std::chrono::steady_clock::now() - start_);
}

// Takes a batch and sends it off; false when there is none or shall be none.
bool Drain::take() {
  interrupted_ = !scan_.finished() && signals_.raised();
  if (interrupted_) return false;
  Batch& batch = taken_.next_batch();
  try {
    if (!scan_.next(batch)) return false;
  } catch (const Error& error) {
    failure_ = error;
    return false;
  }
  if (verbose(1)) log_step(scan_.last_step());
  view_.run_stages(batch);
  print_taken(batch);
  progress_.update(rows_, share_read(map_, scan_));
  return true;
}

void Drain::print_taken(const Batch& batch) {
  if (rows_ == 0) printer_->begin(batch, text_);
  const size_t count = batch.count;  // once everything is sent, the batch is no more
  for (size_t i = 0; i < count; ++i) {
    print_row(batch, i);
    taken_.text_ends_at(output_.accepted() + text_.size());
    if (text_.size() >= kBlock || i + 1 == count) send();
  }
}

// The document's first row has no separator before it.
void Drain::print_row(const Batch& batch, size_t i) {
  if (rows_++ > 0) return printer_->rows(batch, i, i + 1, text_);
  Text row;
  printer_->rows(batch, i, i + 1, row);
  text_.write(row.view().substr(printer_->separator().size()));
}

void Drain::send() {
  output_.write(text_.view());
  text_.clear();
  taken_.delivered(output_.taken());
}

void Drain::put_back() {
  progress_.erase();
  taken_.delivered(output_.delivered());
  uint64_t returned = 0;
  taken_.for_each([&](const Batch& batch, size_t i) {
    if (put_back(batch, i)) {
      ++returned;
    } else {
      rescue_.add(batch, i);
    }
  });
  say_what_went_back(returned);
}

bool Drain::put_back(const Batch& batch, size_t i) {
  if (map_takes_none_) return false;
  try {
    map_.update(batch.key(map_.shape(), i), batch.row(map_.shape(), i), kNoExist);
    return true;
  } catch (const Error& error) {
    map_takes_none_ = !is_of_one_entry(error.problem());
    if (!refusal_) refusal_ = error;
    return false;
  }
}

void Drain::say_what_went_back(uint64_t returned) const {
  if (returned > 0) {
    note(fmt::format("{} entries that were taken and not delivered are back in map {}", returned,
                     map_.label()));
  }
  if (!refusal_) return;
  warn(fmt::format("{} entries could not be put back ({})", rescue_.kept() + rescue_.shown(),
                   refusal_->what()));
  const std::string where = session_.where() == "syscall" ? "" : " -b " + session_.where();
  if (rescue_.kept() > 0) {
    warn(fmt::format("{} of them are in {}; 'percpumap{} import --raw id {} {}' overwrites what is there now",
                     rescue_.kept(), rescue_.path(), where, map_.info().id, rescue_.path()));
  }
  if (rescue_.shown() > 0)
    warn(fmt::format("{} of them stand above, as import --raw reads them", rescue_.shown()));
}

}  // namespace percpumap
