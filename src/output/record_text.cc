#include "output/record_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace percpumap {
namespace {

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const std::string& word : words) {
    if (&word != &words.front()) text += separator;
    text += word;
  }
  return text;
}

// The shortest form, for a double as well.
template <typename Number>
std::string number_text(Number value) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

struct PlainText {
  std::string_view separator;

  std::string operator()(uint64_t value) const { return number_text(value); }
  std::string operator()(int64_t value) const { return number_text(value); }
  std::string operator()(double value) const { return number_text(value); }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const Json& value) const { return value.text; }
  std::string operator()(const std::vector<std::string>& value) const { return join(value, separator); }
  std::string operator()(const Record&) const { return {}; }
  std::string operator()(const std::vector<Record>&) const { return {}; }
};

}  // namespace

bool is_nested(const Item& field) {
  return std::holds_alternative<Record>(field.value) ||
         std::holds_alternative<std::vector<Record>>(field.value);
}

std::string plain_text(const Item& field, std::string_view separator) {
  return std::visit(PlainText{separator}, field.value);
}

std::vector<std::string> column_names(std::span<const Record> records, bool (*wanted)(const Item&)) {
  std::vector<std::string> names;
  for (const Record& record : records) {
    for (const Item& field : record) {
      const bool known = std::find(names.begin(), names.end(), field.name) != names.end();
      if (!known && wanted(field)) names.push_back(field.name);
    }
  }
  return names;
}

const Item* find_field(const Record& record, std::string_view name) {
  const auto found =
      std::find_if(record.begin(), record.end(), [&](const Item& field) { return field.name == name; });
  return found == record.end() ? nullptr : &*found;
}

}  // namespace percpumap
