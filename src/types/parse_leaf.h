// One field that is neither array nor structure, from its characters.
#pragma once

#include <string_view>

#include "types/field_path.h"
#include "types/json_reader.h"

namespace percpumap {

// Whether numbers of 64 bits are strings of digits (a dump under --u64 string). It has to be said: sixteen
// digits can also be eight bytes in hexadecimal.
enum class WideNumbers { numbers, strings };

// Which members of a structure have to be given; those that are not are 0.
enum class Members { all, some };

// From a word, as it stands, without escapes: 42, -0x10, true, 1.5, inf, TCP (an enumerator, or its number),
// eth0, 10.0.0.1, fe80::1, 02:42:ac:11:00:02, hexadecimal digits for bytes. Throws Error (bad_data).
void parse_leaf(std::string_view text, const LeafPlace& place);

// From the JSON value that comes next, as ValueWriter writes it. Throws Error (bad_data).
void parse_json_leaf(JsonReader& json, WideNumbers wide, const LeafPlace& place);

// Exactly out.size() bytes in memory order. Throws Error (bad_data).
void parse_hex_run(std::string_view run, const FieldPath& path, MutableBytes out);

// "4 bytes".
std::string counted_bytes(size_t count);

}  // namespace percpumap
