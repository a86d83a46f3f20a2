#include "base/error.h"
#include "output/line_table.h"
#include "output/long_table.h"
#include "output/printers.h"
#include "output/table_text.h"

namespace percpumap {
namespace {

// More columns do not help anybody, and every one of them takes its time.
constexpr size_t kMostColumns = 1000;

// Not the values that are so large that their sums, with the CPUs' values of what is no number, cannot be a
// layout.
bool can_be_summed(const Table& table) {
  try {
    return Aggregation(Aggregate::sum, table.value, table.shape).layout().size() > 0;
  } catch (const Error&) {
    return false;
  }
}

// For people: the form of the table that shows most of the entries in its width.
class TablePrinter final : public Printer {
 public:
  explicit TablePrinter(const Table& table) : table_(table) {}

  void begin(const Batch& first, Text& out) override {
    form_ = choose(first);
    form_->begin(first, out);
  }
  void rows(const Batch& batch, size_t from, size_t to, Text& out) const override {
    form_->rows(batch, from, to, out);
  }
  void end(const Summary& summary, Text& out) override { form_->end(summary, out); }

 private:
  std::unique_ptr<Printer> choose(const Batch& first) const;

  Table table_;
  std::unique_ptr<Printer> form_;
};

std::unique_ptr<Printer> TablePrinter::choose(const Batch& first) const {
  using Shown = LineTable::Shown;
  if (!table_.per_cpu) return std::make_unique<LineTable>(table_, Shown::totals, first);
  if (table_.long_form || table_.single || !table_.value.has_numbers())
    return std::make_unique<LongTable>(table_);
  const size_t cpus = table_.shape.cpus.size();
  if (cpus * column_fields(table_.value).size() <= kMostColumns) {
    auto form = std::make_unique<LineTable>(table_, Shown::cpus, first);
    if (form->fits()) return form;
  }
  if (table_.width == 0 || cpus == 1) return std::make_unique<LongTable>(table_);
  if (!can_be_summed(table_)) return std::make_unique<LongTable>(table_);
  auto form = std::make_unique<LineTable>(table_, Shown::hottest, first);
  if (form->fits()) return form;
  return std::make_unique<LineTable>(table_, Shown::totals, first);
}

}  // namespace

std::unique_ptr<Printer> make_table_printer(const Table& table) {
  return std::make_unique<TablePrinter>(table);
}

}  // namespace percpumap
