#include "output/hottest.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace percpumap {
namespace {

// REQUIRES 0 <= share <= 1.
char* put_share(char* out, double share) {
  const auto percent = std::lround(100 * share);
  if (percent < 100) *out++ = ' ';
  if (percent < 10) *out++ = ' ';
  return put(std::to_chars(out, out + 3, percent).ptr, " %");
}

}  // namespace

Hottest::Hottest(const Field& field, size_t offset, const Shape& shape)
    : field_(field), offset_(offset), stride_(shape.stride()) {
  if (field.kind != Kind::floating) load_ = integer_loader(field);
  const size_t digits = std::to_string(shape.cpus.ids().back()).size();
  for (const uint32_t cpu : shape.cpus.ids()) {
    const std::string number = std::to_string(cpu);
    labels_.emplace_back("CPU " + number + std::string(digits - number.size() + 2, ' '));
  }
}

double Hottest::number(const std::byte* at) const {
  if (load_ == nullptr) return load_floating(field_, at);
  const uint64_t value = load_(at, field_);
  return field_.is_signed ? static_cast<double>(static_cast<int64_t>(value)) : static_cast<double>(value);
}

char* Hottest::put(char* out, const std::byte* row) const {
  size_t hottest = 0;
  double most = number(row + offset_);
  double least = most;
  double sum = most;
  for (size_t slot = 1; slot < labels_.size(); ++slot) {
    const double next = number(row + offset_ + slot * stride_);
    if (next > most) hottest = slot;
    most = std::max(most, next);
    least = std::min(least, next);
    sum += next;
  }
  if (most == 0 && least == 0) return percpumap::put(out, "-");
  out = labels_[hottest].put(out);
  return least >= 0 && std::isfinite(sum) ? put_share(out, most / sum) : out;
}

}  // namespace percpumap
