// Entries as text, and dumps read back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/cpu_list.h"

namespace percpumap::test {

using Json = nlohmann::json;

// Of this machine.
CpuList possible_cpus();
CpuList online_cpus();

struct EntrySizes {
  size_t key;
  size_t value;
};

// Entries number 0 … count - 1, one a line as `dump -o ndjson` prints them. Keys differ (REQUIRES count <=
// 256 for one-byte keys); every byte of every CPU's value depends on its place.
std::string entry_lines(size_t count, EntrySizes sizes, const CpuList& cpus);

// The lines of a text in ascending order.
std::vector<std::string> sorted_lines(const std::string& text);

// Hexadecimal key → each CPU's hexadecimal value. A key that comes twice is a test failure.
using Rows = std::map<std::string, std::map<uint32_t, std::string>>;
Rows rows_of(const Json& dump);          // percpumap -j dump
Rows rows_of_bpftool(const Json& dump);  // bpftool -j map dump

// Key, in hexadecimal or as JSON → each CPU's number; for a dump with types.
using Counters = std::map<std::string, std::map<uint32_t, uint64_t>>;
Counters counters_of(const Json& dump);
// Whatever stands in `later` for a key and a CPU of `earlier` is no less; a test failure otherwise.
void expect_no_decrease(const Counters& earlier, const Counters& later);
uint64_t sum(const Counters& counters);

}  // namespace percpumap::test
