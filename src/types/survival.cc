#include "types/survival.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/utf8.h"
#include "types/scalar.h"

namespace percpumap {
namespace {

bool text_survives(Bytes bytes) {
  const auto nul = std::find(bytes.begin(), bytes.end(), std::byte{0});
  if (std::any_of(nul, bytes.end(), [](std::byte byte) { return byte != std::byte{0}; })) return false;
  std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                        static_cast<size_t>(nul - bytes.begin()));
  while (!text.empty()) {
    const Character character = first_character(text);
    if (!character.valid) return false;
    text.remove_prefix(character.size);
  }
  return true;
}

template <typename Float>
bool float_survives(Bytes bytes) {
  Float value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  if (!std::isnan(value)) return true;
  constexpr auto kRead =
      std::bit_cast<std::array<std::byte, sizeof(Float)>>(std::numeric_limits<Float>::quiet_NaN());
  return std::equal(kRead.begin(), kRead.end(), bytes.begin(), bytes.end());
}

bool survives(Kind kind, Bytes bytes) {
  switch (kind) {
    case Kind::text: return text_survives(bytes);
    case Kind::boolean: return std::to_integer<unsigned>(bytes[0]) <= 1;
    default: return bytes.size() == 8 ? float_survives<double>(bytes) : float_survives<float>(bytes);
  }
}

bool is_lossy(Kind kind) {
  return kind == Kind::text || kind == Kind::boolean || kind == Kind::floating;
}

}  // namespace

Survival::Survival(const Layout& layout) : covered_(layout.covered().begin(), layout.covered().end()) {
  for_each_leaf(layout, 0, 0, [this](const Field& leaf, size_t offset) {
    if (is_lossy(leaf.kind)) lossy_.push_back({leaf.kind, leaf.size, offset});
  });
}

bool Survival::operator()(Bytes value) const {
  for (size_t i = 0; i < covered_.size(); ++i) {
    if ((value[i] & ~covered_[i]) != std::byte{0}) return false;
  }
  return std::all_of(lossy_.begin(), lossy_.end(), [&](const Part& part) {
    return survives(part.kind, value.subspan(part.offset, part.size));
  });
}

}  // namespace percpumap
