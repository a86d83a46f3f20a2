#include "fuzz/json_judge.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <vector>

#include "base/error.h"
#include "types/json_reader.h"

namespace percpumap::test {
namespace {

using Json = nlohmann::json;

// A text as a run of events that can be compared; lengths keep strings apart from what follows them.
class Events {
 public:
  void mark(char kind) { text_ += kind; }
  void value(char kind, std::string_view content) {
    text_ += kind + std::to_string(content.size()) + ':' + std::string(content);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

class Judge : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return mark('n'); }
  bool boolean(bool value) override { return mark(value ? 't' : 'f'); }
  // -0 is the one integer that does not look like its value.
  bool number_integer(int64_t value) override { return number(value == 0 ? "-0" : std::to_string(value)); }
  bool number_unsigned(uint64_t value) override { return number(std::to_string(value)); }
  bool number_float(double, const std::string& digits) override { return number(digits); }
  bool string(std::string& value) override {
    events.value('s', value);
    return true;
  }
  bool binary(Json::binary_t&) override { return false; }
  bool start_object(size_t) override {
    names_.emplace_back();
    return open('{');
  }
  bool key(std::string& name) override {
    doubled |= !names_.back().insert(name).second;
    events.value('k', name);
    return true;
  }
  bool end_object() override {
    names_.pop_back();
    return close('}');
  }
  bool start_array(size_t) override { return open('['); }
  bool end_array() override { return close(']'); }
  bool parse_error(size_t, const std::string&, const Json::exception& error) override {
    constexpr int kNumberOutOfRange = 406;
    beyond_double = error.id == kNumberOutOfRange;
    return false;
  }

  Events events;
  bool doubled = false;
  bool too_deep = false;
  bool beyond_double = false;

 private:
  bool mark(char kind) {
    events.mark(kind);
    return true;
  }
  bool number(std::string_view digits) {
    events.value('#', digits);
    return true;
  }
  bool open(char bracket) {
    too_deep |= ++depth_ > kMaxJsonDepth;
    return mark(bracket);
  }
  bool close(char bracket) {
    --depth_;
    return mark(bracket);
  }

  std::vector<std::set<std::string>> names_;
  size_t depth_ = 0;
};

void read_value(JsonReader& reader, Events& events) {
  switch (reader.kind()) {
    case JsonKind::null: reader.null(); return events.mark('n');
    case JsonKind::boolean: return events.mark(reader.boolean() ? 't' : 'f');
    case JsonKind::number: return events.value('#', reader.number());
    case JsonKind::string: return events.value('s', reader.string());
    case JsonKind::array:
      reader.open_array();
      events.mark('[');
      while (reader.element()) read_value(reader, events);
      return events.mark(']');
    case JsonKind::object:
      reader.open_object();
      events.mark('{');
      for (std::string_view name; reader.member(name);) {
        events.value('k', name);
        read_value(reader, events);
      }
      return events.mark('}');
  }
}

// nullopt where `read` refuses the text.
template <typename Read>
std::optional<std::string> events_of(std::string_view text, Read read) {
  Events events;
  try {
    JsonReader reader(text, "the text");
    read(reader, events);
    reader.end();
  } catch (const Error&) {
    return std::nullopt;
  }
  return events.text();
}

bool has_what_only_nlohmann_takes(std::string_view text) {
  return text.starts_with("\xef\xbb\xbf") || text.find('\0') != std::string_view::npos;
}

}  // namespace

std::string json_disagreement(std::string_view text) {
  Judge judge;
  const bool accepted = Json::sax_parse(text, &judge) && !has_what_only_nlohmann_takes(text);
  if (judge.beyond_double) return "";
  const auto read = events_of(text, read_value);
  const auto skipped = events_of(text, [](JsonReader& reader, Events&) { reader.skip(); });
  const auto verdict = [](bool good) { return good ? std::string("accepted") : std::string("refused"); };
  const bool skippable = accepted && !judge.too_deep;
  if (skipped.has_value() != skippable)
    return "skip: " + verdict(!skippable) + ", judge: " + verdict(accepted);
  const bool readable = skippable && !judge.doubled;
  if (read.has_value() != readable) return "read: " + verdict(!readable) + ", judge: " + verdict(accepted);
  if (readable && *read != judge.events.text()) return "read: " + *read + ", judge: " + judge.events.text();
  return "";
}

}  // namespace percpumap::test
