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
void check_bpftool(const Options& options, const MapInfo& info) {
  if (!options.output.starts_with("bpftool")) return;
  if (options.sum || !options.cpu.empty() || !options.per_cpu || !options.key_type.empty() ||
      !options.value_type.empty()) {
    throw Error(Problem::usage,
                "-o " + options.output + " prints what bpftool prints: no --cpu, --sum or types");
  }
  if (info.btf_key_type_id != 0 || info.btf_value_type_id != 0) {
    throw Error(Problem::bad_data, "-o " + options.output + " cannot print a map with BTF yet");
  }
}

}  // namespace

View::View(Session& session, Map& map) : session_(session), map_(map) {
  const Options& options = session.options();
  check_bpftool(options, map.info());
  table_.info = map.info();
  table_.key = session.key_layout(map);
  table_.value = session.value_layout(map);
  table_.shape = map.shape();
  table_.u64_strings = session.u64_strings();
  table_.styled = session.sink().styled();
  table_.per_cpu = options.per_cpu;
  choose_cpus(options);
  choose_aggregate(options);
  if (!table_.per_cpu && table_.aggregate.empty())
    throw Error(Problem::usage, "--no-per-cpu leaves nothing to print without --sum");
}

void View::choose_cpus(const Options& options) {
  const CpuList& possible = session_.backend().possible_cpus();
  const CpuList& online = session_.backend().online_cpus();
  if (options.cpu.empty()) {
    table_.foldable = without(possible, online);
  } else {
    table_.shape.cpus = parse_cpus(options.cpu, possible, online);
  }
}

void View::choose_aggregate(const Options& options) {
  if (!options.sum) return;
  if (!table_.value.has_numbers()) {
    throw Error(Problem::bad_data, "--sum needs to know what the bytes are")
        .advise("say it with --value-type, for example u64");
  }
  aggregation_.emplace(Aggregate::sum, table_.value, table_.shape);
  table_.aggregate = "sum";
  table_.aggregate_layout = aggregation_->layout();
  table_.shape.aggregate_size = table_.aggregate_layout.size();
}

void View::run_stages(Batch& batch) const {
  if (table_.shape.cpus != map_.shape().cpus) {
    percpumap::choose_cpus(map_.shape(), table_.shape.cpus, batch);
  }
  if (aggregation_) aggregation_->run(batch);
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
