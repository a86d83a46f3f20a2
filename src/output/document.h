// Where rows go.
#pragma once

#include "output/printer.h"
#include "output/sink.h"

namespace percpumap {

// What takes the rows of a map, in their order: formatted by it, or elsewhere by its printer. One thread at a
// time.
class RowTarget {
 public:
  virtual ~RowTarget() = default;

  // See Printer::begin(). Nothing if it was called before.
  virtual void begin(const Batch& first) = 0;
  virtual void rows(const Batch& batch) = 0;
  // `count` rows that Printer::rows() has made into `text`.
  virtual void rows(std::string_view text, uint64_t count) = 0;
  // Rows that it has taken.
  virtual uint64_t count() const = 0;
};

// One document on its way out: begin(), then rows, then end(): what the sink gets is then whole, also when
// nothing came between. Printer and sink outlive the document.
class Document final : public RowTarget {
 public:
  Document(Printer& printer, Sink& sink) : printer_(printer), sink_(sink) {}

  void begin(const Batch& first) override;
  void rows(const Batch& batch) override;
  void rows(std::string_view text, uint64_t count) override;
  // Counts the rows and flushes.
  void end(bool complete);

  uint64_t count() const override { return count_; }

 private:
  Printer& printer_;
  Sink& sink_;
  uint64_t count_ = 0;
  bool begun_ = false;
};

}  // namespace percpumap
