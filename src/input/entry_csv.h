// Entries from CSV in the long form: a record is one CPU's value.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "input/csv_columns.h"
#include "input/entry_format.h"
#include "input/entry_splitter.h"
#include "input/row_builder.h"

namespace percpumap {

// The cells of one record (RFC 4180).
class CsvRecord {
 public:
  // Throws Error (bad_data) for a quote where none may be. The cells are good until `text` or the record
  // changes.
  void parse(std::string_view text);
  Cells cells() const { return cells_; }

 private:
  std::string_view take_cell(std::string_view& text);
  std::string_view take_quoted(std::string_view& text);

  std::vector<std::string_view> cells_;
  std::string unescaped_;  // cells with quotes in them
};

// Records of one key that follow each other are one entry.
class EntryCsv {
 public:
  // Both stay the caller's and have to outlive the object.
  EntryCsv(EntrySplitter& splitter, const EntryFormat& format);

  // Fills `key` and `row` with the next entry; false at the end. A record that is wrong is an error of the
  // next entry when this one had all its CPUs. Throws Error (bad_data) and what EntrySplitter throws.
  bool next(MutableBytes key, MutableBytes row);

  // The line on which the latest entry started, or that of the record which next() threw about.
  uint64_t line() const { return line_ != 0 ? line_ : splitter_.line(); }

 private:
  bool read_header();
  // The next record to record_ and its key to key_; false at the end.
  bool read_record();
  bool next_has(Bytes key);
  void take_value();

  EntrySplitter& splitter_;
  CsvColumns columns_;
  RowBuilder row_;
  CsvRecord record_;
  std::vector<std::byte> key_;  // of record_
  bool ahead_ = false;          // record_ belongs to the next entry
  std::exception_ptr failure_;  // of reading the record behind an entry
  uint64_t line_ = 0;           // of the latest entry; 0: that of the splitter's record
};

}  // namespace percpumap
