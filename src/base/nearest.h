// What somebody may have meant by a word that is wrong.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace percpumap {

// The name of `names` that is most like `word`, or nothing if none is near.
std::string nearest(std::string_view word, std::span<const std::string_view> names);

}  // namespace percpumap
