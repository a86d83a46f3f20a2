#include "map/features.h"

#include <array>

#include "base/error.h"
#include "map/feature_probe.h"
#include "map/refusal.h"

namespace percpumap {
namespace {

std::string_view missing_name(Missing missing) {
  switch (missing) {
    case Missing::nothing: return "";
    case Missing::kernel: return "kernel";
    case Missing::capability:
    case Missing::map: return "capability";
    case Missing::filter: return "seccomp";
    case Missing::bpffs: return "bpffs";
    case Missing::btf: return "btf";
    case Missing::cpu: return "cpu";
    case Missing::answer: return "system";
  }
  return "";
}

std::optional<bool> is_available(Missing missing) {
  switch (missing) {
    case Missing::nothing: return true;
    case Missing::map:
    case Missing::cpu:
    case Missing::answer: return std::nullopt;
    default: return false;
  }
}

std::string reason(Backend& backend, const FeatureProbe& probe, const Finding& found) {
  const std::string release = "Linux " + std::string(probe.since);
  switch (found.missing) {
    case Missing::nothing: return "";
    case Missing::kernel: return probe.since.empty() ? "no Linux up to 7.2 has it" : "needs " + release;
    case Missing::capability: return "needs " + right_words(backend, probe.right);
    case Missing::map:
      return "cannot be tried without a map, which needs " + right_words(backend, Right::bpf);
    case Missing::filter: return needed(backend, probe.right);
    case Missing::bpffs: return "there is no bpffs at /sys/fs/bpf";
    case Missing::btf: return "needs " + release + " and its BTF in /sys/kernel/btf";
    case Missing::cpu: return "does not show with one CPU";
    case Missing::answer:
      return errno_text(found.cause.value()) + " (" + errno_name(found.cause.value()) + ")";
  }
  return "";
}

Feature feature(Backend& backend, const FeatureProbe& probe, bool filtered) {
  Finding found = probe.probe(backend);
  if (filtered && (found.missing == Missing::capability || found.missing == Missing::map)) {
    found.missing = Missing::filter;
  }
  return {.name = probe.name,
          .since = probe.since,
          .available = is_available(found.missing),
          .missing = missing_name(found.missing),
          .reason = reason(backend, probe, found)};
}

}  // namespace

std::vector<Feature> probe_features(Backend& backend) {
  const bool filtered = filter_refuses(backend);
  std::vector<Feature> features;
  for (const auto& probes :
       {machine_probes(), create_probes(), command_probes(), program_probes(), slot_probes()}) {
    for (const FeatureProbe& probe : probes) features.push_back(feature(backend, probe, filtered));
  }
  return features;
}

}  // namespace percpumap
