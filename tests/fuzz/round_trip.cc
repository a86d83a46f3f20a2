#include "fuzz/round_trip.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/error.h"
#include "types/format.h"
#include "types/parse.h"
#include "types/survival.h"

namespace percpumap::test {
namespace {

// Nothing where it is refused.
std::optional<std::vector<std::byte>> read_back(const Layout& layout, const std::string& text,
                                                bool u64_strings) {
  std::vector<std::byte> value(layout.size());
  JsonReader json(text, "the value");
  try {
    parse_json(json, layout, u64_strings ? WideNumbers::strings : WideNumbers::numbers, "value", value);
    json.end();
  } catch (const Error&) {
    return std::nullopt;
  }
  return value;
}

bool keeps_to_width(const Layout& layout, const Notation& notation, Bytes value) {
  const ValueWriter writer(layout, notation);
  std::string text(writer.width() + ValueWriter::kSlack, '\0');
  return writer.write(text.data(), value) <= text.data() + writer.width();
}

}  // namespace

std::string round_trip_fault(const Layout& layout, Bytes value) {
  if (value.empty()) return "";  // no key and no value is
  for (const Notation::Form form : {Notation::Form::json, Notation::Form::bare, Notation::Form::text}) {
    for (const bool pretty : {false, true}) {
      const Notation notation{.form = form, .pretty = pretty};
      if (!keeps_to_width(layout, notation, value)) return "wider than announced";
    }
  }
  const bool expected = Survival(layout)(value);
  for (const bool u64_strings : {false, true}) {
    const std::string text = format_value(layout, {.u64_strings = u64_strings}, value);
    const auto read = read_back(layout, text, u64_strings);
    const bool same = read && std::equal(value.begin(), value.end(), read->begin());
    if (same == expected) continue;
    return layout.name() + ": " + to_hex(value) + " as " + text + ": " +
           (!expected ? "raw was not needed"
            : read    ? "read as " + to_hex(*read)
                      : "was refused");
  }
  return "";
}

}  // namespace percpumap::test
