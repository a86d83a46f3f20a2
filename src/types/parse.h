// Characters to bytes: the DATA words of the command line (CLI.md section 1), JSON values and CSV cells.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "types/json_reader.h"
#include "types/layout.h"

namespace percpumap {

// The words of one DATA argument, to exactly layout.size() == out.size() bytes:
//   as many words as bytes: each a byte, decimal or 0x..; after the word `hex`, all hexadecimal;
//   `hex` and one run of digits; one word otherwise: a literal of the layout's type.
// Throws Error (bad_data) that names `what` ("key", "value") and the word that is wrong.
void parse_data(std::span<const std::string> words, const Layout& layout, std::string_view what,
                MutableBytes out);

// Whether numbers of 64 bits are strings of digits (a dump under --u64 string). It has to be said: sixteen
// digits can also be eight bytes in hexadecimal.
enum class WideNumbers { numbers, strings };

// Reads the next value as a dump writes it: an integer for numbers, a hexadecimal string for bytes. Throws
// Error (bad_data).
void parse_json(JsonReader& json, const Layout& layout, WideNumbers wide, std::string_view what,
                MutableBytes out);

// A cell of a dump in CSV: an integer, or a run of hexadecimal digits. Throws Error (bad_data).
void parse_cell(std::string_view cell, const Layout& layout, std::string_view what, MutableBytes out);

// A JSON array with one value per possible CPU, in their order, to a row of cpus * stride bytes with zero
// padding. Throws Error (bad_data); for another number of values it names both numbers.
void parse_values(std::string_view json_text, const Layout& value, WideNumbers wide, size_t cpus,
                  size_t stride, MutableBytes row);

}  // namespace percpumap
