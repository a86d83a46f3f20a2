// Strict JSON (RFC 8259), pulled out of a text value by value. Nothing is copied that need not be, and
// nothing is allocated but for names and strings with escapes.
#pragma once

#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>
#include <vector>

namespace percpumap {

enum class JsonKind { null, boolean, number, string, array, object };
// "null", "boolean", …
std::string_view json_kind_name(JsonKind kind);

// Arrays and objects within each other, so that brackets alone cannot exhaust the stack of whoever reads
// them.
inline constexpr size_t kMaxJsonDepth = 64;

// Reads one text from its start to its end: one value, then end(). Every method throws Error (bad_data): for
// what is not JSON (a byte that is no UTF-8, a lone surrogate, a text that ends too early) with the number of
// the character, from 1; for another kind of value than is asked for; for more than kMaxJsonDepth levels.
class JsonReader {
 public:
  // `text` and `what` stay the caller's and have to outlive the reader. `what` is how messages call the text:
  // "the entry".
  JsonReader(std::string_view text, std::string_view what) : what_(what) { reset(text); }

  // Starts again with another text; what was allocated is kept.
  void reset(std::string_view text);

  // The kind of the value that comes next, by its first character.
  JsonKind kind();

  void null();
  bool boolean();
  // As it is written: any size, any number of digits.
  std::string_view number();
  // Without escapes it is a view of the text; with them it is good until the next string().
  std::string_view string();

  // reader.open_array(); while (reader.element()) … one value is read or skipped.
  void open_array() { open(JsonKind::array, '['); }
  bool element() { return more(']'); }

  // reader.open_object(); while (reader.member(name)) … one value is read or skipped. `name` is good until
  // the object ends; a name that came twice is an error there, when member() would answer false.
  void open_object();
  bool member(std::string_view& name);

  // Passes over one value of any kind and returns its text. Objects in it may have a name twice.
  std::string_view skip();

  // Only white space follows.
  void end();

 private:
  // What stands between the quotes.
  struct Quoted {
    std::string_view text;
    bool escapes;
  };

  bool at_end() const { return at_ == end_; }
  // Passes white space; the character that comes then, Error at the end of the text.
  char peek() { return at_ != end_ && *at_ > ' ' ? *at_ : peek_behind_space(); }
  char peek_behind_space();
  void open(JsonKind kind, char bracket);
  bool more(char closing);
  void pass_value();
  void pass_word(std::string_view word);
  void pass_digits();
  Quoted pass_string();
  void pass_escape();
  uint32_t pass_code_unit();
  Quoted pass_name();
  void refuse_doubled_names();
  [[noreturn]] void refuse() const;
  [[noreturn]] void refuse_kind(JsonKind wanted);

  std::string_view what_;
  const char* begin_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  size_t depth_ = 0;
  bool first_ = true;  // the innermost array or object has had no element yet

  std::vector<std::string_view> names_;           // of the objects that are open, outer ones first
  std::vector<size_t> begins_;                    // where in names_ each object begins
  std::forward_list<std::string> escaped_names_;  // what names_ points to that is not in the text
  std::string string_;
};

}  // namespace percpumap
