// What is fuzzed: each takes any bytes and must neither crash nor hang. A broken promise ends in abort().
#pragma once

#include <string_view>

namespace percpumap::test {

// The file of a simulated map: opened, and every command run on it.
void fuzz_map_file(std::string_view content);
// DIR/machine: what is accepted is written as it was read.
void fuzz_machine(std::string_view text);
// PERCPUMAP_SIM_FAULTS.
void fuzz_faults(std::string_view text);
// JSON: JsonReader and nlohmann_json accept the same texts and find the same values in them.
void fuzz_json(std::string_view text);
// What import reads, in every format: entries are whole, errors are those of data.
void fuzz_entries(std::string_view text);

}  // namespace percpumap::test
