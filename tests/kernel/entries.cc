#include "kernel/entries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "base/bytes.h"
#include "support/host_kernel.h"

namespace percpumap::test {
namespace {

std::string key_digits(size_t number, size_t size) {
  std::vector<std::byte> key(size);
  for (size_t i = 0; i < size; ++i)
    key[i] = static_cast<std::byte>(i < sizeof number ? number >> (8 * i) : number + i);
  return to_hex(key);
}

std::string value_digits(size_t number, uint32_t cpu, size_t size) {
  std::vector<std::byte> value(size);
  for (size_t i = 0; i < size; ++i)
    value[i] = static_cast<std::byte>(number * 7 + cpu * size_t{31} + i * 13 + (number >> 8));
  return to_hex(value);
}

// "0x0a" "0x00": bpftool's bytes.
std::string digits_of(const Json& bytes) {
  std::string digits;
  for (const Json& byte : bytes) digits += byte.get<std::string>().substr(2);
  return digits;
}

template <typename Rows, typename Key, typename Value>
Rows read_rows(const Json& dump, Key key_of, Value value_of) {
  Rows rows;
  for (const Json& entry : dump) {
    const auto [at, fresh] = rows.try_emplace(key_of(entry.at("key")));
    EXPECT_TRUE(fresh) << "twice: " << at->first;
    for (const Json& slot : entry.at("values")) {
      at->second[slot.at("cpu").template get<uint32_t>()] = value_of(slot.at("value"));
    }
  }
  return rows;
}

}  // namespace

CpuList possible_cpus() {
  return this_machine().possible;
}

CpuList online_cpus() {
  return this_machine().online;
}

std::string entry_lines(size_t count, EntrySizes sizes, const CpuList& cpus) {
  std::string text;
  for (size_t number = 0; number < count; ++number) {
    text += "{\"key\":\"" + key_digits(number, sizes.key) + "\",\"values\":[";
    for (const uint32_t cpu : cpus.ids()) {
      if (cpu != cpus.ids().front()) text += ',';
      text += "{\"cpu\":" + std::to_string(cpu) + ",\"value\":\"" + value_digits(number, cpu, sizes.value) +
              "\"}";
    }
    text += "]}\n";
  }
  return text;
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

Rows rows_of(const Json& dump) {
  const auto text = [](const Json& word) { return word.get<std::string>(); };
  return read_rows<Rows>(dump, text, text);
}

Rows rows_of_bpftool(const Json& dump) {
  return read_rows<Rows>(dump, digits_of, digits_of);
}

Counters counters_of(const Json& dump) {
  return read_rows<Counters>(
      dump, [](const Json& key) { return key.is_string() ? key.get<std::string>() : key.dump(); },
      [](const Json& value) { return value.get<uint64_t>(); });
}

void expect_no_decrease(const Counters& earlier, const Counters& later) {
  for (const auto& [key, values] : earlier) {
    const auto now = later.find(key);
    ASSERT_NE(now, later.end()) << "gone: " << key;
    for (const auto& [cpu, value] : values) EXPECT_LE(value, now->second.at(cpu)) << key << " CPU " << cpu;
  }
}

uint64_t sum(const Counters& counters) {
  uint64_t total = 0;
  for (const auto& [key, values] : counters) {
    for (const auto& [cpu, value] : values) total += value;
  }
  return total;
}

}  // namespace percpumap::test
