#include "differential/referee.h"

namespace percpumap::test {

std::string describe(const MapSpec& spec) {
  return "create type " + std::to_string(spec.type) + " key_size " + std::to_string(spec.key_size) +
         " value_size " + std::to_string(spec.value_size) + " max_entries " +
         std::to_string(spec.max_entries) + " flags " + std::to_string(spec.flags) + " numa_node " +
         std::to_string(spec.numa_node) + " name '" + spec.name + "'";
}

void Referee::begin(std::string operation, const MapSpec* map) {
  constexpr size_t kept = 20;
  ++operations_;
  map_ = map;
  last_.push_back(std::move(operation));
  if (last_.size() > kept) last_.pop_front();
}

void Referee::expect_same(const Answer& judge, const Answer& tried) {
  if (judge == tried) {
    ++codes_[judge.code];
    return;
  }
  std::string text = "seed " + std::to_string(seed_) + ", operation " + std::to_string(operations_) + "\n";
  for (const std::string& operation : last_) text += "  " + operation + "\n";
  if (map_ != nullptr) text += "the map: " + describe(*map_) + "\n";
  throw Difference(text + "differs (kernel / simulation):\n" + describe_difference(judge, tried));
}

}  // namespace percpumap::test
