// Text that may hold anything (names, strings in values), made harmless for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace percpumap {

// Between the quotes of a JSON string: quotes, backslashes and whatever a terminal may obey or be misled by
// (Character::control) escaped, bytes that are no UTF-8 as \u00XX. At most kJsonEscape characters for each
// byte. Returns the end.
inline constexpr size_t kJsonEscape = 6;
char* put_json_text(char* out, std::string_view text);
std::string json_text(std::string_view text);

// For tables: the same characters as \n, \t, \r or their bytes as \xNN. At most kShownEscape characters for
// each byte. Returns the end.
inline constexpr size_t kShownEscape = 4;
char* put_shown_text(char* out, std::string_view text);
std::string shown_text(std::string_view text);

}  // namespace percpumap
