// A document that can be read back.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "output/document.h"

namespace percpumap::test {

class Captured {
 public:
  Captured(Format format, const Table& table) : printer_(make_printer(format, table)) {}
  ~Captured() { close(fd_); }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;

  const Printer& printer() const { return *printer_; }
  Document& document() { return document_; }

  // Ends the document.
  std::string text() {
    document_.end(true);
    std::string all(sink_.written(), '\0');
    EXPECT_EQ(pread(fd_, all.data(), all.size(), 0), static_cast<ssize_t>(all.size()));
    return all;
  }

 private:
  int fd_ = memfd_create("captured", MFD_CLOEXEC);
  Sink sink_{fd_};
  std::unique_ptr<Printer> printer_;
  Document document_{*printer_, sink_};
};

}  // namespace percpumap::test
