#include "types/field_path.h"

namespace percpumap {

std::string FieldPath::text() const {
  if (parent_ == nullptr) return std::string(name_);
  if (element_ != 0) return fmt::format("{}[{}]", parent_->text(), element_ - 1);
  if (name_.empty()) return parent_->text();
  return parent_->text() + "." + shown(name_);
}

}  // namespace percpumap
