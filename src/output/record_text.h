// What the text formats of records share.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "output/record.h"

namespace percpumap {

// A field that holds records, which no cell of a table can show.
bool is_nested(const Item& field);

// The value without units or quotes; strings of a list with `separator` between. REQUIRES !is_nested(field).
std::string plain_text(const Item& field, std::string_view separator);

// The names of fields that some record has, in the order in which they first appear.
std::vector<std::string> column_names(std::span<const Record> records, bool (*wanted)(const Item&));

// nullptr if `record` has no such field.
const Item* find_field(const Record& record, std::string_view name);

}  // namespace percpumap
