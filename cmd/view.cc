#include "cmd/view.h"

#include "base/error.h"
#include "map/stages.h"
#include "output/document.h"

namespace percpumap {
namespace {

CpuList without(const CpuList& cpus, const CpuList& taken) {
  std::vector<uint32_t> ids;
  for (const uint32_t cpu : cpus.ids()) {
    if (!taken.contains(cpu)) ids.push_back(cpu);
  }
  return CpuList(std::move(ids));
}

// bpftool's formats are what bpftool prints for the whole map as the kernel gives it.
bool is_bpftool(const Options& options) {
  if (!options.output.starts_with("bpftool")) return false;
  if (!options.aggregate.empty() || !options.cpu.empty() || !options.per_cpu || !options.key_type.empty() ||
      !options.value_type.empty() || options.raw) {
    throw Error(Problem::usage,
                "-o " + options.output + " prints what bpftool prints: no --cpu, --agg, --raw or types");
  }
  return true;
}

Shape with_cpus(Shape shape, const CpuList& cpus) {
  shape.cpus = cpus;
  return shape;
}

}  // namespace

View::View(Session& session, const Map& map) : View(session, map, map.shape().cpus, session.chosen_cpus()) {}

View::View(Session& session, const Map& map, const CpuList& read, const CpuList& shown)
    : session_(session), read_(with_cpus(map.shape(), read)) {
  const Options& options = session.options();
  table_.info = map.info();
  if (is_bpftool(options) && map.info().btf_id != 0) {
    table_.btf = read_btf(session.backend(), map.info().btf_id);
    table_.key = Layout::bytes(map.info().key_size);
    table_.value = Layout::bytes(map.info().value_size);
  } else {
    table_.key = session.key_layout(map);
    table_.value = session.value_layout(map);
  }
  table_.shape = with_cpus(read_, shown);
  if (options.cpu.empty()) table_.foldable = without(shown, session.backend().online_cpus());
  table_.u64_strings = session.u64_strings();
  table_.styled = session.sink().styled();
  table_.human = options.human;
  table_.long_form = options.long_form || options.remove;  // of what is removed everything is shown
  table_.width = options.remove ? 0 : terminal_width();
  table_.per_cpu = options.per_cpu;
  if (!options.filter.empty()) filter_.emplace(options.filter, table_.key, table_.value, table_.shape);
  choose_aggregate(options);
  if (!table_.per_cpu && table_.aggregate.empty())
    throw Error(Problem::usage, "--no-per-cpu leaves nothing to print without --agg");
}

void View::choose_aggregate(const Options& options) {
  if (options.aggregate.empty()) return;
  aggregation_.emplace(*aggregate_by_name(options.aggregate), table_.value, table_.shape);
  table_.aggregate = options.aggregate;
  table_.aggregate_layout = aggregation_->layout();
  table_.shape.aggregate_size = table_.aggregate_layout.size();
}

// --top alone: those with the greatest aggregate of the first number.
std::optional<SortOrder> View::order() const {
  const Options& options = session_.options();
  if (options.sort.empty() && options.top == kEveryEntry) return std::nullopt;
  if (options.limit != kEveryEntry) {
    throw Error(Problem::usage, "--limit stops the reading, so that nothing can be sorted")
        .advise("--top N prints the first N of the order");
  }
  if (options.top == 0) throw Error(Problem::usage, "--top is at least 1");
  if (!options.sort.empty()) return SortOrder(options.sort, table_.key, table_.value, table_.shape);
  const std::string name = options.aggregate.empty() ? "sum" : options.aggregate;
  const std::string field = table_.value.has_numbers() ? first_number(name, table_.value) : name;
  return SortOrder(field + ":desc", table_.key, table_.value, table_.shape);
}

void View::choose(Batch& batch) const {
  if (table_.shape.cpus != read_.cpus) choose_cpus(read_, table_.shape.cpus, batch);
  if (filter_) filter_->run(batch);
}

void View::aggregate(Batch& batch) const {
  if (aggregation_) aggregation_->run(batch);
}

void View::run_stages(Batch& batch) const {
  choose(batch);
  aggregate(batch);
}

void View::print_entry(Bytes key, Bytes row) const {
  Table entry = table_;
  entry.single = true;
  Batch batch;
  batch.keys.assign(key.begin(), key.end());
  batch.rows.assign(row.begin(), row.end());
  batch.count = 1;
  run_stages(batch);
  const auto printer = make_printer(session_.format(), entry);
  Document document(*printer, session_.sink());
  document.begin(batch);
  document.rows(batch);
  document.end(true);
}

}  // namespace percpumap
