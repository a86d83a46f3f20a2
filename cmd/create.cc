#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/log.h"
#include "map/create_failure.h"
#include "map/pin_path.h"
#include "types/declare.h"

namespace percpumap {
namespace {

std::optional<uint32_t> parse_number(std::string_view text) {
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  uint32_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number, hex ? 16 : 10);
  if (text.empty() || ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "no_prealloc,zero_seed", or bpftool's number.
uint32_t parse_flags(const Words& words, const std::string& text) {
  if (const auto number = parse_number(text)) return *number;
  uint32_t flags = 0;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string name = text.substr(begin, end - begin);
    const auto bit = map_flag_by_name(name);
    if (!bit) {
      std::string known;
      for (const std::string& flag : map_flag_names(~0U)) {
        if (!flag.starts_with("0x")) known += (known.empty() ? "" : ", ") + flag;
      }
      words.fail(fmt::format("there is no flag '{}'; flags are {}, or a number", name, known));
    }
    flags |= *bit;
    begin = end + 1;
  }
  return flags;
}

uint32_t parse_size(std::string_view what, const std::string& text) {
  if (const auto size = parse_number(text)) return *size;
  throw Error(Problem::bad_data, fmt::format("the {} size '{}' is not a number of bytes", what, shown(text)))
      .in("create");
}

bool is_size(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

// Bytes, or a declaration: then the map gets BTF. What has only a size is opaque bytes in it.
void set_types(const std::string& key, const std::string& value, MapSpec& spec) {
  const bool has_types = !is_size(key) || !is_size(value);
  const auto declaration = [](const std::string& text, uint32_t size) {
    return is_size(text) ? fmt::format("hex[{}]", size) : text;
  };
  const auto size_of = [](std::string_view what, const std::string& text) {
    return is_size(text) ? parse_size(what, text) : static_cast<uint32_t>(declare_layout(text, what).size());
  };
  spec.key_size = size_of("key", key);
  spec.value_size = size_of("value", value);
  if (!has_types || spec.key_size == 0 || spec.value_size == 0) return;
  DeclaredBtf btf = declare_btf(declaration(key, spec.key_size), declaration(value, spec.value_size));
  spec.btf = std::move(btf.blob);
  spec.btf_key_type_id = btf.key_type_id;
  spec.btf_value_type_id = btf.value_type_id;
}

MapSpec read_spec(Words& words) {
  MapSpec spec;
  std::optional<std::string> key, value;
  bool entries = false;
  while (!words.empty()) {
    if (words.accept("type")) {
      const std::string type = words.next("the map type");
      if (type != "percpu_hash")
        throw Error(Problem::bad_data,
                    fmt::format("type '{}' cannot be made: percpu_hash is the one type", type));
    } else if (words.accept("key")) {
      key = words.next("the key's size or type");
    } else if (words.accept("value")) {
      value = words.next("the value's size or type");
    } else if (words.accept("entries")) {
      spec.max_entries = words.number("the number of entries");
      entries = true;
    } else if (words.accept("name")) {
      spec.name = words.next("the name");
    } else if (words.accept("flags")) {
      spec.flags |= parse_flags(words, words.next("the flags"));
    } else if (words.accept("numa_node")) {
      const std::string node = words.next("the NUMA node");
      const auto number = parse_number(node);
      if (!number && node != "-1") words.fail("'" + node + "' is not the number of a NUMA node");
      spec.numa_node = number ? static_cast<int32_t>(*number) : -1;
      spec.flags |= kNumaNode;
    } else {
      words.fail("'" + words.next("word") + "' is none of key, value, entries, name, flags, numa_node, type");
    }
  }
  if (!key || !value || !entries) {
    words.fail(fmt::format("'{}' is missing", !key ? "key K" : !value ? "value V" : "entries N"));
  }
  set_types(*key, *value, spec);
  return spec;
}

// MemAvailable of /proc/meminfo in bytes; no limit where it cannot be read.
uint64_t available_memory() {
  std::ifstream file("/proc/meminfo");
  std::string word;
  while (file >> word) {
    uint64_t kib = 0;
    if (word == "MemAvailable:" && file >> kib) return kib * 1024;
  }
  return UINT64_MAX;
}

// A map that the kernel refuses whatever the memory is left to the kernel.
void check_memory(const MapSpec& spec, size_t cpus) {
  if (!within_limits(spec)) return;
  const uint64_t needed = preallocated_bytes(spec, cpus);
  const uint64_t available = available_memory();
  if (needed <= available) return;
  throw Error(Problem::no_memory, fmt::format("the map would take {} MiB at once, and {} MiB are available",
                                              needed >> 20, available >> 20))
      .in("create")
      .of(spec.name)
      .advise("flag no_prealloc takes memory as entries come; --force tries all the same");
}

// What a user should know about the flags, in one line.
void explain_flags(uint32_t flags) {
  std::vector<std::string> notes;
  if ((flags & kZeroSeed) != 0)
    notes.emplace_back("zero_seed: the hash is predictable, whoever chooses keys can make one bucket long");
  if ((flags & (kReadOnly | kWriteOnly)) != 0)
    notes.emplace_back(
        "rdonly and wronly belong to the descriptor, not to the map: they are gone when this command ends");
  if ((flags & kNoPrealloc) != 0)
    notes.emplace_back("no_prealloc: an insert can fail for want of memory at that moment");
  if (!notes.empty()) note(fmt::format("{}", fmt::join(notes, "; ")));
}

}  // namespace

int run_create(Session& session, Words& words) {
  const std::string path = words.next("PATH");
  const MapSpec spec = read_spec(words);
  Backend& backend = session.backend();
  check_pin_path(backend, path);  // before memory is taken; a race is settled by the kernel
  if (!session.options().force) check_memory(spec, backend.possible_cpus().size());
  Map map = Map::create(backend, spec);
  map.pin(backend, path);
  explain_flags(spec.flags);
  session.print_change({{"created", uint64_t{1}}, {"id", uint64_t{map.info().id}}});
  return 0;
}

}  // namespace percpumap
