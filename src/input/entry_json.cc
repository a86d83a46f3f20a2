#include "input/entry_json.h"

#include <charconv>

#include "input/bad_data.h"
#include "input/cpu_word.h"

namespace percpumap {
namespace {

constexpr std::string_view kWhat = "the entry";
constexpr std::string_view kOfRaw = "\"raw\": ";

// `of`: a beginning for the message, when the object is not the entry itself.
std::string_view required(std::string_view member, std::string_view name, std::string_view of = "") {
  if (member.empty()) throw bad_data("{}no \"{}\"", of, name);
  return member;
}

std::string_view required_value(std::string_view member, std::string_view cpu) {
  if (member.empty()) throw bad_data("{}: no \"value\"", cpu);
  return member;
}

uint32_t read_cpu(JsonReader& json, size_t i) {
  if (json.kind() == JsonKind::number) {
    const std::string_view digits = json.number();
    const char* const end = digits.data() + digits.size();
    uint32_t cpu = 0;
    const auto [stop, ec] = std::from_chars(digits.data(), end, cpu);
    if (ec == std::errc() && stop == end) return cpu;
  }
  throw bad_data("values[{}]: \"cpu\" is not the number of a CPU", i);
}

void read_hex(JsonReader& json, std::string_view what, MutableBytes out) {
  if (const JsonKind kind = json.kind(); kind != JsonKind::string) {
    throw bad_data("{}: expected a string of {} hexadecimal digits, got {}", what, 2 * out.size(),
                   json_kind_name(kind));
  }
  parse_hex_run(json.string(), FieldPath(what), out);
}

}  // namespace

EntryParser::EntryParser(const EntryFormat& format)
    : format_(format),
      key_reader_(format.key, format.wide),
      value_reader_(format.value, format.wide),
      row_(format),
      json_("", kWhat),
      value_("", kWhat) {}

void EntryParser::parse(std::string_view text, MutableBytes key, MutableBytes row) {
  const Members entry = members_of(text);
  required(entry.key, "key");
  required(entry.values, "values");
  row_.start(row);
  if (is_bpftools(entry.key)) {
    parse_bpftools(entry, key);
  } else if (!entry.raw.empty()) {
    parse_raw(entry, key);
  } else {
    parse_own(entry, key);
  }
  row_.finish();
}

EntryParser::Members EntryParser::members_of(std::string_view object) {
  json_.reset(object);
  if (const JsonKind kind = json_.kind(); kind != JsonKind::object) {
    json_.skip();
    json_.end();
    throw bad_data("expected an entry ({{\"key\":...}}), got {}", json_kind_name(kind));
  }
  Members members;
  json_.open_object();
  for (std::string_view name; json_.member(name);) {
    const std::string_view text = json_.skip();
    if (name == "key") members.key = text;
    if (name == "values") members.values = text;
    if (name == "raw") members.raw = text;
  }
  json_.end();
  return members;
}

bool EntryParser::is_bpftools(std::string_view key) {
  if (format_.format == ImportFormat::bpftool_json) return true;
  if (!can_be_bpftools()) return false;
  json_.reset(key);
  if (json_.kind() != JsonKind::array) return false;
  json_.open_array();
  if (!json_.element() || json_.kind() != JsonKind::string || !json_.string().starts_with("0x")) return false;
  if (!format_.format) return true;
  throw bad_data("the key is an array of \"0x..\" strings: this looks like bpftool's JSON")
      .advise("--from bpftool-json reads it");
}

// An array of texts may begin with "0x", too.
bool EntryParser::can_be_bpftools() const {
  return format_.key.root().kind != Kind::array || format_.key[1].kind != Kind::text;
}

void EntryParser::parse_own(const Members& entry, MutableBytes key) {
  json_.reset(entry.key);
  key_reader_.read_json(json_, "key", key);
  open_values(entry.values);
  for (size_t i = 0; json_.element(); ++i) {
    const Value value = read_value(i);
    const MutableBytes out = row_.value_of(value.cpu);
    const CpuWord cpu(value.cpu);
    value_.reset(required_value(value.text, cpu.text()));
    value_reader_.read_json(value_, cpu.value(), out);
  }
}

void EntryParser::parse_raw(const Members& entry, MutableBytes key) {
  json_.reset(entry.raw);
  if (const JsonKind kind = json_.kind(); kind != JsonKind::object) {
    throw bad_data("\"raw\" is not an object, but {}", json_kind_name(kind));
  }
  const Members raw = members_of(entry.raw);
  json_.reset(required(raw.key, "key", kOfRaw));
  read_hex(json_, "raw key", key);
  const size_t wanted = count_values(entry.values);
  const size_t got = count_values(required(raw.values, "values", kOfRaw), kOfRaw);
  if (got != wanted) {
    throw bad_data("\"raw\": expected {} values, one for each of \"values\", got {}", wanted, got);
  }
  value_.reset(raw.values);
  value_.open_array();
  open_values(entry.values);
  for (size_t i = 0; json_.element() && value_.element(); ++i) {
    const Value value = read_value(i);
    const MutableBytes out = row_.value_of(value.cpu);
    read_hex(value_, CpuWord(value.cpu).value(), out);
  }
}

void EntryParser::parse_bpftools(const Members& entry, MutableBytes key) {
  const auto cpus = format_.shape.cpus.ids();
  read_bytes(entry.key, "key", key);
  open_values(entry.values);
  for (size_t i = 0; json_.element(); ++i) {
    const Value value = read_value(i);
    if (value.cpu >= cpus.size()) {
      throw bad_data("bpftool's CPU {} is beyond the {} possible ones of this machine", value.cpu,
                     cpus.size())
          .advise("bpftool counts the possible CPUs from 0");
    }
    const uint32_t cpu = cpus[value.cpu];
    const MutableBytes out = row_.value_of(cpu);
    const CpuWord word(cpu);
    read_bytes(required_value(value.text, word.text()), word.text(), out);
  }
}

void EntryParser::open_values(std::string_view text, std::string_view of) {
  json_.reset(text);
  if (const JsonKind kind = json_.kind(); kind != JsonKind::array) {
    throw bad_data("{}\"values\" is not an array, but {}", of, json_kind_name(kind));
  }
  json_.open_array();
}

size_t EntryParser::count_values(std::string_view text, std::string_view of) {
  open_values(text, of);
  size_t count = 0;
  for (; json_.element(); ++count) json_.skip();
  return count;
}

EntryParser::Value EntryParser::read_value(size_t i) {
  if (const JsonKind kind = json_.kind(); kind != JsonKind::object) {
    throw bad_data("values[{}]: expected an object, got {}", i, json_kind_name(kind));
  }
  Value value{};
  bool has_cpu = false;
  json_.open_object();
  for (std::string_view name; json_.member(name);) {
    if (name == "cpu") {
      value.cpu = read_cpu(json_, i);
      has_cpu = true;
    } else if (const std::string_view text = json_.skip(); name == "value") {
      value.text = text;
    }
  }
  if (!has_cpu) throw bad_data("values[{}]: no \"cpu\"", i);
  return value;
}

// ["0x01","0xff"]
void EntryParser::read_bytes(std::string_view text, std::string_view what, MutableBytes out) {
  value_.reset(text);
  if (const JsonKind kind = value_.kind(); kind != JsonKind::array) {
    throw bad_data("{}: expected an array of \"0x..\" strings, got {}", what, json_kind_name(kind));
  }
  value_.open_array();
  size_t size = 0;
  for (; value_.element(); ++size) {
    const std::string_view word = value_.kind() == JsonKind::string ? value_.string() : value_.skip();
    const MutableBytes place = size < out.size() ? out.subspan(size, 1) : MutableBytes();
    if (!place.empty() && !(word.starts_with("0x") && from_hex(word.substr(2), place))) {
      throw bad_data("{}: {} is not a byte as bpftool prints them (0x..)", what, shown(word));
    }
  }
  if (size != out.size()) throw bad_data("{}: expected {} bytes, got {}", what, out.size(), size);
}

}  // namespace percpumap
