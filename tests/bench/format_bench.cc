// What a row costs from the batch that the kernel filled to the characters that are written, for every
// format.
#include <benchmark/benchmark.h>

#include <cstring>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "map/aggregate.h"
#include "map/stages.h"
#include "output/printer.h"
#include "types/declare.h"

namespace percpumap::test {
namespace {

constexpr size_t kBatchBytes = size_t{2} << 20;    // as Scan has it
constexpr size_t kBlockBytes = size_t{256} << 10;  // as Sink has it

// Text that is thrown away when the block is full.
class Block final : public Text {
 public:
  Block() { enlarge(kBlockBytes); }

 private:
  void make_room(size_t size) override {
    clear();
    if (size > capacity()) enlarge(size);
  }
};

struct Case {
  std::string name;
  Layout key;
  Layout value;
  bool sum = false;     // and nothing but the sum
  bool folded = false;  // all CPUs but the first two are offline, and zero there
};

// Keys without order, as hashing leaves them; values made of small 64-bit counters, most of them below 65536.
Batch counters(const Shape& shape) {
  std::mt19937_64 random(1);
  Batch batch;
  batch.count = kBatchBytes / (shape.key_size + shape.row_size());
  batch.keys.resize(batch.count * shape.key_size);
  batch.rows.resize(batch.count * shape.row_size());
  const auto fill = [&](std::vector<std::byte>& bytes, auto next) {
    for (size_t at = 0; at < bytes.size(); at += 8) {
      const uint64_t number = next();
      std::memcpy(&bytes[at], &number, 8);
    }
  };
  fill(batch.keys, [&] { return random() % 1000000; });
  fill(batch.rows, [&] { return (random() & 0xfffff) >> random() % 20; });
  return batch;
}

Table table_of(const Case& which, uint32_t cpus) {
  std::vector<uint32_t> ids(cpus);
  for (uint32_t i = 0; i < cpus; ++i) ids[i] = i;
  Table table;
  table.key = which.key;
  table.value = which.value;
  table.shape = {which.key.size(), which.value.size(), CpuList(ids)};
  table.per_cpu = !which.sum;
  if (which.sum) {
    table.aggregate = "sum";
    table.aggregate_layout = Aggregation(Aggregate::sum, table.value, table.shape).layout();
    table.shape.aggregate_size = table.aggregate_layout.size();
  }
  if (which.folded) table.foldable = CpuList({ids.begin() + 2, ids.end()});
  return table;
}

void clear_all_but_two(const Shape& shape, Batch& batch) {
  const size_t kept = 2 * shape.stride();
  for (size_t i = 0; i < batch.count; ++i) {
    std::memset(batch.rows.data() + i * shape.row_size() + kept, 0, shape.row_size() - kept);
  }
}

void rows(benchmark::State& state, Format format, const Case& which, uint32_t cpus) {
  const Table table = table_of(which, cpus);
  Batch batch = counters(table.shape);
  std::optional<Aggregation> sum;
  if (which.sum) sum.emplace(Aggregate::sum, table.value, table.shape).run(batch);
  if (which.folded) clear_all_but_two(table.shape, batch);
  const auto printer = make_printer(format, table);
  Text first;
  printer->begin(batch, first);
  first.clear();
  printer->rows(batch, 0, batch.count, first);
  Block block;
  while (state.KeepRunning()) {
    if (sum) sum->run(batch);
    printer->rows(batch, 0, batch.count, block);
    benchmark::DoNotOptimize(block.view().data());
  }
  const auto entries = static_cast<double>(batch.count);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(first.size()));
  state.counters["entry"] = {entries,
                             benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert};
}

// Every second CPU of twice as many.
void choose(benchmark::State& state, const Case& which, uint32_t cpus) {
  const Shape all = table_of(which, 2 * cpus).shape;
  std::vector<uint32_t> ids(cpus);
  for (uint32_t i = 0; i < cpus; ++i) ids[i] = 2 * i;
  const CpuList chosen(ids);
  Batch batch = counters(all);
  while (state.KeepRunning()) choose_cpus(all, chosen, batch);
  const auto entries = static_cast<double>(batch.count);
  state.counters["entry"] = {entries,
                             benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert};
}

benchmark::internal::Benchmark* add(const std::string& name, uint32_t cpus,
                                    const std::function<void(benchmark::State&)>& body) {
  return benchmark::RegisterBenchmark((name + "/" + std::to_string(cpus) + "cpus").c_str(), body);
}

void register_all() {
  const Layout u64 = Layout::integer(8, false);
  const Layout pair = declare_layout("{packets:u64,bytes:u64}", "value");
  const std::vector<Case> cases = {{"hex8", Layout::bytes(8), Layout::bytes(8)},
                                   {"hex64", Layout::bytes(8), Layout::bytes(64)},
                                   {"u64", u64, u64},
                                   {"pair", u64, pair},
                                   {"sum", u64, u64, true}};
  const std::vector<std::pair<std::string, Format>> formats = {
      {"json", Format::json},
      {"pretty", Format::pretty},
      {"ndjson", Format::ndjson},
      {"csv", Format::csv},
      {"table", Format::table},
      {"bpftool", Format::bpftool},
      {"bpftool-json", Format::bpftool_json},
  };
  for (const uint32_t cpus : {2U, 64U}) {
    for (const auto& [name, format] : formats) {
      const bool bytes_only = format == Format::bpftool || format == Format::bpftool_json;
      for (const Case& which : cases) {
        if (bytes_only && !which.value.is_bytes()) continue;
        add(name + "/" + which.name, cpus,
            [=, format = format](benchmark::State& state) { rows(state, format, which, cpus); });
      }
    }
    for (const Case& which : {cases[0], cases[1]}) {
      Case folded = which;
      folded.folded = true;
      add("table/folded/" + which.name, cpus,
          [=](benchmark::State& state) { rows(state, Format::table, folded, cpus); });
      add("choose_cpus/" + which.name, cpus, [=](benchmark::State& state) { choose(state, which, cpus); });
    }
  }
}

}  // namespace
}  // namespace percpumap::test

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  percpumap::test::register_all();
  benchmark::RunSpecifiedBenchmarks();
}
