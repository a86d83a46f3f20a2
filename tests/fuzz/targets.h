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
// A declaration in the first line, literals of that type in the others: what is accepted is printed and read
// back as the same bytes.
void fuzz_literals(std::string_view text);

// BTF, every type of it: a layout whose values are typed back as they were printed, or an error of data.
void fuzz_btf(std::string_view text);
// Declarations: their BTF reads as the same layout, and so do their values.
void fuzz_declare(std::string_view text);
// Filters and orders over a few layouts: what is accepted runs, the rest are errors of data.
void fuzz_filter(std::string_view text);

}  // namespace percpumap::test
