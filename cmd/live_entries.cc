#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/error.h"
#include "cmd/live_places.h"
#include "stats/number_fields.h"
#include "types/format.h"
#include "types/parse.h"
#include "types/show.h"

namespace percpumap {
namespace {

using Strings = std::vector<std::string>;

// At most so many keys, found in the time there is, each by `offer`.
template <typename Offer>
void offer_each_key(LiveLine& line, Offers& offers, Offer offer) {
  constexpr size_t kMost = 64;
  RawMap& map = line.map().raw();
  std::vector<std::byte> key(line.map().shape().key_size);
  std::vector<std::byte> next(key.size());
  for (Bytes after; !map.next_key(after, next); after = key) {
    if (line.is_late() || offers.list().size() == kMost) return offers.drop_if_they_agree();
    offer(Bytes(next));
    key.swap(next);
  }
}

bool reads_back(const std::string& word, const Layout& layout, WideNumbers wide, Bytes key) {
  std::vector<std::byte> read(key.size());
  try {
    parse_data(std::array{word}, layout, "key", read, wide);
  } catch (const Error&) {
    return false;
  }
  return std::equal(read.begin(), read.end(), key.begin(), key.end());
}

// What a word may look like that is this key: as it is, or as JSON, which can be typed where the former would
// be taken for something else.
Strings words_for(const Layout& layout, WideNumbers wide, Bytes key) {
  const bool strings = wide == WideNumbers::strings;
  const std::string json = format_value(layout, {.u64_strings = strings}, key);
  if (layout.root().has_children()) return {json};
  if (layout.root().kind != Kind::text) return {format_value(layout, {.form = Notation::Form::bare}, key)};
  const std::string_view characters(reinterpret_cast<const char*>(key.data()), key.size());
  std::string bare(characters.substr(0, characters.find('\0')));
  return bare.starts_with('-') ? Strings{json} : Strings{std::move(bare), json};
}

void offer_key(LiveLine& line, Bytes key, Offers& offers) {
  const Layout& layout = line.layouts().key;
  for (const std::string& word : words_for(layout, line.wide_numbers(), key)) {
    if (!offers.fits(word) || !reads_back(word, layout, line.wide_numbers(), key)) continue;
    return offers.add(word);
  }
}

void offer_keys(LiveLine& line, Offers& offers) {
  offer_each_key(line, offers, [&](Bytes key) { offer_key(line, key, offers); });
}

void offer_choices(const Layout& layout, Offers& offers) {
  const Field& root = layout.root();
  if (root.kind == Kind::boolean) {
    for (const std::string_view word : {"false", "true"}) offers.add(word);
  }
  if (root.kind != Kind::enumeration) return;
  for (const Enumerator& choice : layout.enumerators(root)) offers.add(choice.name);
}

// "value.bytes", "key[0]", "sum".
std::string field_of(std::string_view head, std::string_view path) {
  return fmt::format("{}{}{}", head, path.empty() || path.starts_with('[') ? "" : ".", path);
}

// `element`: arrays by their first one.
Strings columns(std::string_view head, const Layout& layout, bool element) {
  Strings names;
  for (const ColumnField& column : column_fields(layout)) {
    const bool is_array = layout[column.index].kind == Kind::array;
    names.push_back(field_of(head, column.name) + (element && is_array ? "[0]" : ""));
  }
  return names;
}

Strings aggregates(const Layout& value) {
  Strings names;
  const auto numbers = number_fields(value, "").fields;
  for (const std::string_view head : {"sum", "min", "max", "avg"}) {
    if (!value.root().has_children()) {
      names.emplace_back(head);
      continue;
    }
    for (const NumberField& number : numbers) names.push_back(field_of(head, number.name));
  }
  return names;
}

bool can_be_shown(const Layout& layout, std::string_view path, std::string_view view) {
  try {
    show_field(layout, path, view, "");
    return true;
  } catch (const Error&) {
    return false;
  }
}

// Whether an expression may begin behind this text.
bool begins_operand(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  const auto ends = [&](std::string_view end) { return text.ends_with(end); };
  return text.empty() || ends("(") || ends("!") || ends("&&") || ends("||") || ends(" and") || ends(" or") ||
         ends("not");
}

}  // namespace

void offer_data(LiveLine& line, Offers& offers) {
  const Layouts& layouts = line.layouts();
  if (line.cursor().after == "value") return offer_choices(layouts.value, offers);
  if (line.cursor().after == "key" && !layouts.key.is_bytes()) offer_keys(line, offers);
}

void offer_hex_key(LiveLine& line, Offers& offers) {
  const auto& words = line.cursor().line.words;
  const size_t count = words.size();
  if (count < 2 || words[count - 2] != "key" || words[count - 1] != "hex") return;
  offer_each_key(line, offers, [&](Bytes key) { offers.add(to_hex(key)); });
}

void offer_number_fields(LiveLine& line, Offers& offers) {
  const Layout& value = line.layouts().value;
  for (const ColumnField& column : column_fields(value)) {
    if (value[column.index].kind == Kind::array && !column.name.empty()) offers.add(column.name);
  }
  for (const NumberField& field : number_fields(value, "").fields) offers.add(field.name);
}

void offer_orders(LiveLine& line, Offers& offers) {
  Strings fields = columns("key", line.layouts().key, false);
  for (std::string& name : aggregates(line.layouts().value)) fields.push_back(std::move(name));
  for (const std::string& field : fields) {
    offers.add(field);
    offers.add(field + ":desc");
  }
}

void offer_views(LiveLine& line, Offers& offers) {
  offers.unfinished = true;
  offers.fix_through(",");
  const Layouts& layouts = line.layouts();
  for (const auto& [head, layout] : {std::pair{"key", &layouts.key}, std::pair{"value", &layouts.value}}) {
    for (const ColumnField& column : column_fields(*layout)) {
      const std::string field = field_of(head, column.name) + "=";
      if (!offers.typed().starts_with(field)) {
        offers.add(field);
        continue;
      }
      for (const std::string_view view : view_names()) {
        if (can_be_shown(*layout, column.name, view)) offers.add(field + std::string(view));
      }
    }
  }
}

void offer_filter_fields(LiveLine& line, Offers& offers) {
  offers.unfinished = true;
  const std::string before = offers.typed().substr(0, offers.typed().find_last_of(" (!&|") + 1);
  if (!begins_operand(before)) return;
  offers.fix_through(" (!&|");
  const Layouts& layouts = line.layouts();
  for (const auto& fields : {columns("key", layouts.key, true), columns("value", layouts.value, true),
                             aggregates(layouts.value)}) {
    for (const std::string& field : fields) offers.add(field);
  }
  for (const std::string_view quantifier : {"any(", "all("}) offers.add(quantifier);
}

}  // namespace percpumap
