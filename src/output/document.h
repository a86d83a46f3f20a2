// One document of rows on its way out.
#pragma once

#include "output/printer.h"
#include "output/sink.h"

namespace percpumap {

// begin(), then rows in their order, formatted here or elsewhere, then end(): what the sink gets is then
// whole, also when nothing came between. Printer and sink outlive the document.
class Document {
 public:
  Document(Printer& printer, Sink& sink) : printer_(printer), sink_(sink) {}

  // See Printer::begin(). Nothing if it was called before.
  void begin(const Batch& first);
  void rows(const Batch& batch);
  // `count` rows that Printer::rows() has made into `text`.
  void rows(std::string_view text, uint64_t count);
  // Counts the rows and flushes.
  void end(bool complete);

  uint64_t count() const { return count_; }

 private:
  Printer& printer_;
  Sink& sink_;
  uint64_t count_ = 0;
  bool begun_ = false;
};

}  // namespace percpumap
