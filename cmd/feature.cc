// feature: what this kernel lets this process do.
#include "cmd/commands.h"
#include "map/features.h"

namespace percpumap {
namespace {

Item available_item(std::optional<bool> available) {
  if (!available) return {"available", Json{"null"}, "unknown"};
  return {"available", *available, *available ? "yes" : "no"};
}

Record describe(const Feature& feature) {
  Record record = {{"name", std::string(feature.name)}, available_item(feature.available)};
  if (!feature.since.empty()) record.push_back({"since", std::string(feature.since)});
  if (!feature.missing.empty()) {
    record.push_back({"missing", std::string(feature.missing), "", true});
    record.push_back({"reason", feature.reason});
  }
  return record;
}

}  // namespace

int run_feature(Session& session, Words& words) {
  words.end();
  std::vector<Record> records;
  for (const Feature& feature : probe_features(session.backend())) records.push_back(describe(feature));
  session.print(records);
  return 0;
}

}  // namespace percpumap
