#include "cmd/offers.h"

#include <algorithm>

#include "base/utf8.h"

namespace percpumap {

void Offers::fix_through(std::string_view marks) {
  const size_t count = typed_.find_last_of(marks) + 1;  // npos + 1 is 0
  fixed_ += typed_.substr(0, count);
  typed_.erase(0, count);
}

bool Offers::fits(std::string_view rest) const {
  if (!rest.starts_with(typed_)) return false;
  while (!rest.empty()) {
    const Character character = first_character(rest);
    if (!character.valid || character.control) return false;
    rest.remove_prefix(character.size);
  }
  return true;
}

void Offers::drop_if_they_agree() {
  const size_t at = fixed_.size() + typed_.size();
  const auto next = [&](const Offer& offer) { return offer.word.size() > at ? offer.word[at] : '\0'; };
  const bool differ =
      std::ranges::any_of(list_, [&](const Offer& o) { return next(o) != next(list_.front()); });
  if (!differ) list_.clear();
}

void Offers::add(std::string_view rest, std::string_view help) {
  if (fits(rest)) list_.push_back({fixed_ + std::string(rest), std::string(help)});
}

}  // namespace percpumap
