// What rows are written into, and that no printer writes beyond the room that it asked for.
#include <gtest/gtest.h>

#include "output/text.h"
#include "unit/output_fixture.h"

namespace percpumap {
namespace {

TEST(Text, KeepsWhatIsWrittenWhileItGrows) {
  Text text;
  std::string expected;
  for (size_t size = 0; size < 100; ++size) {
    const std::string more(size, static_cast<char>('a' + size % 26));
    text.write(more);
    expected += more;
    ASSERT_EQ(text.view(), expected);
  }
  text.clear();
  EXPECT_EQ(text.view(), "");
}

TEST(Literal, OverwritesNoMoreThanItsExcess) {
  for (size_t size = 0; size <= 70; ++size) {
    std::string text;
    for (size_t i = 0; i < size; ++i) text += static_cast<char>('a' + i % 26);
    std::string out(size + Literal::kExcess + 8, '.');
    const Literal literal(text);
    EXPECT_EQ(literal.size(), size);
    ASSERT_EQ(literal.put(out.data()), out.data() + size);
    EXPECT_EQ(out.substr(0, size), text);
    EXPECT_EQ(out.substr(size + Literal::kExcess), "........") << size;
  }
}

// Gives what was asked for and not a character more. A row that needs more is seen here; characters that are
// overwritten behind the room only with the address sanitizer.
class TightText final : public Text {
 public:
  std::string all() {
    take();
    return std::move(all_);
  }

 private:
  void take() {
    EXPECT_LE(size(), capacity());
    all_ += view();
    clear();
  }
  void make_room(size_t size) override {
    take();
    enlarge(size);
  }

  std::string all_;
};

// `first` in every byte: the widest numbers, negative ones among them, and small ones.
Batch uniform_batch(const Shape& shape, std::byte first) {
  Batch batch;
  batch.count = 3;
  batch.keys.assign(batch.count * shape.key_size, first);
  batch.rows.assign(batch.count * shape.row_size(), first);
  batch.aggregates.assign(batch.count * shape.aggregate_size, first);
  return batch;
}

void expect_rows_fit(Format format, const Table& table) {
  const auto printer = make_printer(format, table);
  Text titles;
  printer->begin(Batch{}, titles);
  for (const std::byte first : {std::byte{0x00}, std::byte{0x7f}, std::byte{0x80}, std::byte{0xff}}) {
    const Batch batch = uniform_batch(table.shape, first);
    Text roomy;
    TightText tight;
    printer->rows(batch, 0, batch.count, roomy);
    printer->rows(batch, 0, batch.count, tight);
    ASSERT_EQ(tight.all(), roomy.view()) << table.key.name() << " " << table.value.size();
  }
}

class RowsFit : public testing::TestWithParam<Format> {};

TEST_P(RowsFit, BytesOfEverySize) {
  for (size_t size = 1; size <= 70; ++size) {
    expect_rows_fit(GetParam(), table_of(Layout::bytes(size), Layout::bytes(71 - size), "0,1,4000"));
  }
}

class NumbersFit : public RowsFit {};

TEST_P(NumbersFit, IntegersOfEverySize) {
  for (const size_t size : {1, 2, 4, 8}) {
    for (const bool is_signed : {false, true}) {
      const Layout layout = Layout::integer(size, is_signed);
      Table table = table_of(layout, layout, "0,1,4000");
      expect_rows_fit(GetParam(), table);
      add_sum(table);
      expect_rows_fit(GetParam(), table);
      table.per_cpu = false;
      expect_rows_fit(GetParam(), table);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryFormat, RowsFit,
                         testing::Values(Format::table, Format::json, Format::pretty, Format::ndjson,
                                         Format::csv, Format::bpftool, Format::bpftool_json));
INSTANTIATE_TEST_SUITE_P(EveryFormatThatKnowsNumbers, NumbersFit,
                         testing::Values(Format::table, Format::json, Format::pretty, Format::ndjson,
                                         Format::csv));

}  // namespace
}  // namespace percpumap
