#include "input/entry_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "types/parse.h"

namespace percpumap {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxDepth = 64;

template <typename... Args>
Error bad(fmt::format_string<Args...> format, Args&&... args) {
  return {Problem::bad_data, fmt::format(format, std::forward<Args>(args)...)};
}

// What the parser itself lets pass: of doubled members it keeps the last, and it nests until memory ends.
class Strictness {
 public:
  void see(Json::parse_event_t event, const Json& parsed) {
    if (event == Json::parse_event_t::object_start) names_.emplace_back();
    if (event == Json::parse_event_t::object_end) names_.pop_back();
    if (event == Json::parse_event_t::key) see_name(parsed.get_ref<const std::string&>());
  }

 private:
  void see_name(const std::string& name) {
    if (!names_.back().insert(name).second) throw bad("\"{}\" comes twice in one object", name);
  }

  std::vector<std::set<std::string>> names_;  // of the objects that are open
};

Json parse_strictly(std::string_view text) {
  Strictness strictness;
  const auto callback = [&](int depth, Json::parse_event_t event, const Json& parsed) {
    if (static_cast<size_t>(depth) > kMaxDepth) throw bad("more than {} levels of brackets", kMaxDepth);
    strictness.see(event, parsed);
    return true;
  };
  try {
    return Json::parse(text, callback);
  } catch (const Json::parse_error& error) {
    if (error.byte <= text.size()) throw bad("not JSON near character {} of the entry", error.byte);
    throw bad("not JSON: the entry ends too early").advise("lines hold one whole entry each");
  } catch (const Json::out_of_range&) {
    throw bad("a number is beyond all ranges");
  }
}

// `of`: a beginning for the message, when the object is not the entry itself.
const Json& member(const Json& object, const char* name, std::string_view of = "") {
  const auto at = object.find(name);
  if (at == object.end()) throw bad("{}no \"{}\"", of, name);
  return *at;
}

const Json& array_member(const Json& object, const char* name, std::string_view of = "") {
  const Json& array = member(object, name, of);
  if (!array.is_array()) throw bad("{}\"{}\" is not an array, but {}", of, name, array.type_name());
  return array;
}

void refuse_bpftool(const Json& key) {
  const bool hex_words = key.is_array() && !key.empty() && key.front().is_string() &&
                         key.front().get_ref<const std::string&>().starts_with("0x");
  if (!hex_words) return;
  throw bad("the key is an array of \"0x..\" strings: this looks like bpftool's JSON")
      .advise("import reads what percpumap's dump writes (-j, -p, -o ndjson)");
}

// Where the bytes of one entry come from: the members themselves, or "raw".
class Source {
 public:
  Source(const Json& entry, const EntryFormat& format)
      : format_(format), key_(member(entry, "key")), values_(array_member(entry, "values")) {
    const auto raw = entry.find("raw");
    if (raw == entry.end()) return;
    if (!raw->is_object()) throw bad("\"raw\" is not an object, but {}", raw->type_name());
    raw_key_ = &member(*raw, "key", "\"raw\": ");
    raw_values_ = &array_member(*raw, "values", "\"raw\": ");
    if (raw_values_->size() == values_.size()) return;
    throw bad("\"raw\": expected {} values, one for each of \"values\", got {}", values_.size(),
              raw_values_->size());
  }

  void key(MutableBytes out) const {
    if (raw_key_ != nullptr)
      return parse_json(*raw_key_, Layout::bytes(out.size()), WideNumbers::numbers, "raw key", out);
    refuse_bpftool(key_);
    parse_json(key_, format_.key, format_.wide, "key", out);
  }

  size_t size() const { return values_.size(); }

  uint32_t cpu(size_t i) const {
    if (!values_[i].is_object())
      throw bad("values[{}]: expected an object, got {}", i, values_[i].type_name());
    const Json& cpu = member(values_[i], "cpu", fmt::format("values[{}]: ", i));
    if (cpu.is_number_unsigned() && cpu.get<uint64_t>() <= UINT32_MAX) return cpu.get<uint32_t>();
    throw bad("values[{}]: \"cpu\" is not the number of a CPU", i);
  }

  void value(size_t i, uint32_t cpu, MutableBytes out) const {
    const std::string what = fmt::format("CPU {}", cpu);
    if (raw_values_ != nullptr)
      return parse_json((*raw_values_)[i], Layout::bytes(out.size()), WideNumbers::numbers, what, out);
    parse_json(member(values_[i], "value", what + ": "), format_.value, format_.wide, what, out);
  }

 private:
  const EntryFormat& format_;
  const Json& key_;
  const Json& values_;
  const Json* raw_key_ = nullptr;
  const Json* raw_values_ = nullptr;
};

void require_all(const std::vector<bool>& seen, const CpuList& cpus) {
  std::vector<uint32_t> missing;
  for (size_t slot = 0; slot < seen.size(); ++slot) {
    if (!seen[slot]) missing.push_back(cpus.ids()[slot]);
  }
  if (missing.empty()) return;
  throw bad("no value for CPU {}", CpuList(std::move(missing)).to_string())
      .advise("--missing-cpu zero fills in zeroes");
}

}  // namespace

void parse_entry(std::string_view text, const EntryFormat& format, MutableBytes key, MutableBytes row) {
  const Json entry = parse_strictly(text);
  if (!entry.is_object()) throw bad("expected an entry ({{\"key\":...}}), got {}", entry.type_name());
  const Source source(entry, format);
  source.key(key);

  const Shape& shape = format.shape;
  std::vector<bool> seen(shape.cpus.size());
  std::fill(row.begin(), row.end(), std::byte{0});
  for (size_t i = 0; i < source.size(); ++i) {
    const uint32_t cpu = source.cpu(i);
    const auto slot = shape.cpus.slot_of(cpu);
    if (!slot) throw bad("CPU {} is not one of this machine ({})", cpu, shape.cpus.to_string());
    if (seen[*slot]) throw bad("CPU {} comes twice", cpu);
    seen[*slot] = true;
    source.value(i, cpu, row.subspan(*slot * shape.stride(), shape.value_size));
  }
  if (!format.missing_cpu_zero) require_all(seen, shape.cpus);
}

}  // namespace percpumap
