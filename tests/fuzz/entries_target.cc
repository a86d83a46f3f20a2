#include <cstdlib>

#include "base/error.h"
#include "fuzz/targets.h"
#include "input/entry_reader.h"
#include "support/text_file.h"

namespace percpumap::test {
namespace {

// {t:char[2],u:union{n:u16,b:bool}}, without t where `size` is 2.
Layout structure(uint32_t size) {
  LayoutBuilder builder;
  builder.begin({.kind = Kind::structure, .size = size});
  if (size > 2) builder.add({.kind = Kind::text, .offset = 2, .size = 2, .name = "t"});
  builder.begin({.kind = Kind::one_of, .size = 2, .name = "u"});
  builder.add({.kind = Kind::integer, .size = 2, .name = "n"});
  builder.add({.kind = Kind::boolean, .size = 1, .name = "b"});
  builder.end();
  builder.end();
  return builder.finish();
}

// Keys of 2 bytes, values of 4, CPUs 0 and 2.
void read_all(std::string_view text, const Layout& key, const Layout& value, bool missing_cpu_zero) {
  const TextFile file(text);
  EntryFormat format;
  format.key = key;
  format.value = value;
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
  read_all(text, Layout::bytes(2), Layout::bytes(4), false);
  read_all(text, Layout::integer(2, false), Layout::integer(4, true), true);
  read_all(text, structure(2), structure(4), true);
}

}  // namespace percpumap::test
