#include <cstdlib>

#include "base/error.h"
#include "fuzz/targets.h"
#include "input/entry_reader.h"
#include "support/text_file.h"

namespace percpumap::test {
namespace {

// Keys of 2 bytes, values of 4, CPUs 0 and 2.
void read_all(std::string_view text, bool numbers, bool missing_cpu_zero) {
  const TextFile file(text);
  EntryFormat format;
  format.key = numbers ? Layout::integer(2, false) : Layout::bytes(2);
  format.value = numbers ? Layout::integer(4, true) : Layout::bytes(4);
  format.shape = {2, 4, CpuList({0, 2})};
  format.missing_cpu_zero = missing_cpu_zero;
  EntryReader reader(file.fd(), format);
  Entries entries;
  try {
    while (reader.next(entries, 3)) {
    }
  } catch (const Error& error) {
    if (error.problem() != Problem::bad_data) abort();
  }
  const Batch& batch = entries.batch;
  if (batch.count > 3 || entries.lines.size() != batch.count) abort();
  if (batch.keys.size() != batch.count * 2 || batch.rows.size() != batch.count * 16) abort();
}

}  // namespace

void fuzz_entries(std::string_view text) {
  read_all(text, false, false);
  read_all(text, true, true);
}

}  // namespace percpumap::test
