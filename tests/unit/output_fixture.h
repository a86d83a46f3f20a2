// What the tests of src/output share: a sink that can be read back, and small batches.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "map/aggregate.h"
#include "map/batch.h"
#include "output/document.h"

namespace percpumap {

class Capture {
 public:
  Sink& sink() { return sink_; }
  int fd() const { return fd_; }

  // What was written so far.
  std::string text() {
    sink_.finish();
    std::string all(static_cast<size_t>(lseek(fd_, 0, SEEK_END)), '\0');
    if (pread(fd_, all.data(), all.size(), 0) != static_cast<ssize_t>(all.size())) return "unreadable";
    return all;
  }

  ~Capture() { close(fd_); }
  Capture() = default;
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

 private:
  int fd_ = memfd_create("capture", MFD_CLOEXEC);
  Sink sink_{fd_};
};

inline std::vector<std::byte> bytes_of(const std::string& hex) {
  std::vector<std::byte> bytes(hex.size() / 2);
  if (!from_hex(hex, bytes)) throw std::invalid_argument(hex);
  return bytes;
}

// Numbers of 64 bits as they stand in memory.
inline std::string u64s(const std::vector<uint64_t>& numbers) {
  return to_hex(std::as_bytes(std::span(numbers)));
}

// One entry in hexadecimal; padding of the slots is filled with ee.
struct Entry {
  std::string key;
  std::vector<std::string> values;
  std::string aggregate = {};
};

inline Batch batch_of(const Shape& shape, const std::vector<Entry>& entries) {
  Batch batch;
  const auto append = [](std::vector<std::byte>& all, const std::string& hex) {
    for (const std::byte byte : bytes_of(hex)) all.push_back(byte);
  };
  for (const Entry& entry : entries) {
    append(batch.keys, entry.key);
    for (const std::string& value : entry.values) {
      append(batch.rows, value);
      batch.rows.resize(round_up8(batch.rows.size()), std::byte{0xee});
    }
    append(batch.aggregates, entry.aggregate);
    ++batch.count;
  }
  EXPECT_EQ(batch.keys.size(), batch.count * shape.key_size);
  EXPECT_EQ(batch.rows.size(), batch.count * shape.row_size());
  return batch;
}

inline Table table_of(const Layout& key, const Layout& value, std::string_view cpus) {
  Table table;
  table.key = key;
  table.value = value;
  table.shape = {key.size(), value.size(), CpuList::parse(cpus).value()};
  return table;
}

// Computed for each entry, as a stage does it.
inline void add_aggregate(Table& table, Aggregate how) {
  table.aggregate = aggregate_name(how);
  table.aggregate_layout = Aggregation(how, table.value, table.shape).layout();
  table.shape.aggregate_size = table.aggregate_layout.size();
}

inline void add_sum(Table& table) {
  add_aggregate(table, Aggregate::sum);
}

// The whole of a dump that came in several batches.
inline std::string print_batches(Format format, const Table& table,
                                 const std::vector<std::vector<Entry>>& batches, bool complete = true) {
  Capture capture;
  const auto printer = make_printer(format, table);
  Document document(*printer, capture.sink());
  for (const std::vector<Entry>& entries : batches) {
    const Batch batch = batch_of(table.shape, entries);
    document.begin(batch);
    document.rows(batch);
  }
  document.end(complete);
  return capture.text();
}

inline std::string print(Format format, const Table& table, const std::vector<Entry>& entries,
                         bool complete = true) {
  return print_batches(format, table, {entries}, complete);
}

}  // namespace percpumap
