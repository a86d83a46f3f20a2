// JsonReader judged by nlohmann_json.
#pragma once

#include <string>
#include <string_view>

namespace percpumap::test {

// What the two make of `text`, where they differ in what they accept or in any value; empty where they agree.
// What is known to be different is agreement: JsonReader also refuses names that come twice, levels beyond
// its limit, a byte order mark and NUL bytes, and takes numbers that no double holds.
std::string json_disagreement(std::string_view text);

}  // namespace percpumap::test
