#include "cmd/drain.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "base/error.h"
#include "cmd/log.h"
#include "cmd/scan_log.h"

namespace percpumap {
namespace {

constexpr size_t kBlock = size_t{64} << 10;

}  // namespace

Drain::Drain(Session& session, Map& map, Withdrawal& withdrawal, const View& view, const DrainPlan& plan)
    : session_(session),
      map_(map),
      withdrawal_(withdrawal),
      view_(view),
      printer_(make_printer(session.format(), plan.table)),
      scan_(map, plan.scan),
      rescue_(plan.rescue.empty() ? default_rescue_path(map.info().id) : plan.rescue, plan.table.shape,
              withdrawal.words().operation),
      output_(STDOUT_FILENO, signals_),
      progress_(std::string(withdrawal.words().doing)) {}

void Drain::run() {
  try {
    print_all();
  } catch (...) {
    put_back();
    throw;
  }
  progress_.erase();
  if (failure_) throw Error(std::move(*failure_));
  if (interrupted_) {
    throw Error(Problem::interrupted, fmt::format("interrupted after {} entries", rows_))
        .in(withdrawal_.words().operation)
        .of(map_.label());
  }
  if (!scan_.stats().complete) throw incomplete(map_, scan_.stats());
  if (auto left = withdrawal_.left_behind()) throw Error(std::move(*left));
}

// The document is closed also when the map fails or a signal comes.
void Drain::print_all() {
  while (take()) {
  }
  if (rows_ == 0 && failure_) return;  // not even a document
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
  const bool more = take(batch);
  if (batch.count == 0) return more;
  view_.run_stages(batch);
  print_taken(batch);
  progress_.update(rows_, share_read(map_, scan_));
  return more;
}

// What was taken before a failure is printed, too.
bool Drain::take(Batch& batch) {
  try {
    if (!read(batch)) return false;
    withdrawal_.take(batch);
    return true;
  } catch (const Error& error) {
    failure_ = error;
    return false;
  }
}

// A walk that fails has filled a part of the batch. It takes nothing: a drain of entries goes by batches.
bool Drain::read(Batch& batch) {
  try {
    if (!scan_.next(batch)) return false;
  } catch (const Error&) {
    batch.count = 0;
    throw;
  }
  if (verbose(1)) log_step(scan_.last_step());
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
  taken_.for_each_batch([&](Batch& batch, size_t first) {
    const PutBack back = withdrawal_.put_back(batch, first);
    returned += back.returned;
    for (const size_t i : back.refused) rescue_.add(batch, i);
  });
  say_what_went_back(returned);
}

void Drain::say_what_went_back(uint64_t returned) const {
  const DrainWords words = withdrawal_.words();
  if (returned > 0) note(fmt::format("{} {} {}", returned, words.returned, map_.label()));
  if (!withdrawal_.refusal()) return;
  warn(fmt::format("{} {} ({})", rescue_.kept() + rescue_.shown(), words.refused,
                   withdrawal_.refusal()->what()));
  const std::string where = session_.where() == "syscall" ? "" : " -b " + session_.where();
  const CpuList& cpus = view_.table().shape.cpus;
  const std::string of_cpus = cpus == map_.shape().cpus ? "" : " --cpu " + cpus.to_string();
  if (rescue_.kept() > 0) {
    warn(fmt::format(
        "{} of them are in {}; 'percpumap{} import --raw{} id {} {}' overwrites what is there now",
        rescue_.kept(), rescue_.path(), where, of_cpus, map_.info().id, rescue_.path()));
  }
  if (rescue_.shown() > 0)
    warn(fmt::format("{} of them stand above, as import --raw reads them", rescue_.shown()));
}

}  // namespace percpumap
