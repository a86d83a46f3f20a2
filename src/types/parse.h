// The words of the command line to bytes (CLI.md section 1, DATA).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "types/json_reader.h"
#include "types/layout.h"
#include "types/parse_leaf.h"

namespace percpumap {

// The words of one DATA argument, to exactly layout.size() == out.size() bytes:
//   as many words as bytes: each a byte, decimal or 0x..; after the word `hex`, all hexadecimal;
//   `hex` and one run of digits;
//   one word otherwise: a literal of the layout's type. What is no single field is JSON, and so is what
//   begins with a quote; any other word stands for itself, without escapes (parse_leaf).
// Throws Error (bad_data) that names `what` ("key", "value") and the field or the word that is wrong.
void parse_data(std::span<const std::string> words, const Layout& layout, std::string_view what,
                MutableBytes out, WideNumbers wide = WideNumbers::numbers, Members members = Members::all);

// Reads the next value as a dump writes it. For one value; ValueReader is for many. Throws Error (bad_data).
void parse_json(JsonReader& json, const Layout& layout, WideNumbers wide, std::string_view what,
                MutableBytes out, Members members = Members::all);

// A JSON array with one value per possible CPU, in their order, to a row of cpus * stride bytes with zero
// padding. Throws Error (bad_data); for another number of values it names both numbers.
void parse_values(std::string_view json_text, const Layout& value, WideNumbers wide, size_t cpus,
                  size_t stride, MutableBytes row);

}  // namespace percpumap
