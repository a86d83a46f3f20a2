#include "cmd/places.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <variant>

#include "base/map_info.h"
#include "cmd/live_places.h"
#include "types/type_words.h"

namespace percpumap {
namespace {

using Known = void (*)(Offers& offers);
using Live = void (*)(LiveLine& line, Offers& offers);

void add_each(std::string_view list, char separator, Offers& offers) {
  for (size_t end = 0; !list.empty(); list.remove_prefix(std::min(end + 1, list.size()))) {
    end = std::min(list.find(separator), list.size());
    offers.add(list.substr(0, end));
  }
}

void offer_flags(Offers& offers) {
  offers.fix_through(",");
  offers.unfinished = true;
  for (const std::string& flag : map_flag_names(~0U)) {
    if (!flag.starts_with("0x")) offers.add(flag);
  }
}

void offer_types(Offers& offers) {
  const std::string words = known_type_words();
  add_each(std::string_view(words).substr(0, words.rfind(' ')), ' ', offers);  // but hex[N]
}

void offer_cpu_words(Offers& offers) {
  offers.add("all", "every possible CPU");
  offers.add("online", "those that are online when the command runs");
}

void offer_files(Offers& offers) {
  offers.files = true;
}

void offer_map_files(Offers& offers) {
  offers.files = offers.typed().find('/') != std::string::npos;
}

// "sim:/home/me/ma": the directories that begin so.
void offer_directories(Offers& offers) {
  constexpr std::string_view head = "sim:";
  offers.unfinished = true;
  const std::filesystem::path typed(offers.typed().substr(head.size()));
  std::error_code ec;
  std::filesystem::directory_iterator at(typed.has_parent_path() ? typed.parent_path() : ".", ec);
  for (; !ec && at != std::filesystem::directory_iterator(); at.increment(ec)) {
    std::error_code no_directory;
    if (!at->is_directory(no_directory)) continue;
    const auto path = typed.parent_path() / at->path().filename();
    offers.add(std::string(head) + path.string() + '/');
  }
}

void offer_backends(Offers& offers) {
  if (offers.typed().starts_with("sim:")) return offer_directories(offers);
  offers.add("syscall", "the real kernel");
  offers.add("sim", "the simulated kernel of this user");
  offers.add("sim:", "the simulated kernel in a directory");
}

// A place is the label of a step, the argument of an option, or an option whose argument is like no other's.
struct Place {
  std::string_view name;
  Known known;
  Live live;
};

constexpr std::array kPlaces = {
    Place{"MAP", offer_map_files, offer_maps},
    Place{"ID", nullptr, offer_ids},
    Place{"MAPNAME", nullptr, offer_names},
    Place{"PIN", offer_files, offer_pins},
    Place{"DATA", [](Offers& offers) { offers.add("hex", "bytes in hexadecimal"); }, offer_data},
    Place{"BYTE", nullptr, offer_hex_key},
    Place{"CPUS", offer_cpu_words, offer_cpus},
    Place{"M", nullptr, offer_cpu},
    Place{"F", offer_flags, nullptr},
    Place{"K", offer_types, nullptr},
    Place{"V", offer_types, nullptr},
    Place{"TYPE", offer_types, nullptr},
    Place{"PATH", offer_files, offer_paths},
    Place{"FILE", offer_files, nullptr},
    Place{"WHERE", offer_backends, nullptr},
    Place{"--field", nullptr, offer_number_fields},
    Place{"--sort", nullptr, offer_orders},
    Place{"--show", nullptr, offer_views},
    Place{"--filter", nullptr, offer_filter_fields},
};

const Place* find_place(std::string_view name) {
  const auto* const at =
      std::find_if(kPlaces.begin(), kPlaces.end(), [&](const Place& place) { return place.name == name; });
  return at == kPlaces.end() ? nullptr : at;
}

// Null where nothing is known of what stands there.
const Place* place_of(const Cursor& cursor) {
  if (cursor.option != nullptr) {
    const Place* own = find_place(cursor.option->name);
    return own != nullptr ? own : find_place(cursor.option->argument);
  }
  return cursor.steps.empty() ? nullptr : find_place(cursor.steps.back().label);
}

// Two that set the same contradict each other, and only what counts up says more when it comes again.
bool is_done(const OptionRow& row, const Cursor& cursor) {
  if (std::holds_alternative<int Options::*>(row.target)) return false;
  const auto& given = cursor.line.options;
  return std::any_of(given.begin(), given.end(),
                     [&](const GivenOption& option) { return option.row->target == row.target; });
}

void offer_option(const OptionRow& row, const Cursor& cursor, Offers& offers) {
  if (is_done(row, cursor)) return;
  offers.add(row.name, row.help);
  if (row.letter != 0) offers.add(std::string{'-', row.letter}, row.help);
  if (!row.negation.empty()) offers.add(row.negation, row.help);
}

void offer_options(const Cursor& cursor, Offers& offers) {
  for (const OptionRow& row : global_options()) offer_option(row, cursor, offers);
  if (cursor.command == nullptr) return;
  for (const std::string_view name : cursor.command->options)
    offer_option(*find_option(name), cursor, offers);
}

void offer_argument(const Cursor& cursor, Offers& offers) {
  if (cursor.option->name == "--output" && cursor.command != nullptr) {
    for (const std::string_view format : cursor.command->formats) offers.add(format);
  } else {
    add_each(cursor.option->choices, '|', offers);
  }
}

void offer_words(const Cursor& cursor, Offers& offers) {
  if (!cursor.line.ended && offers.typed().starts_with('-')) offer_options(cursor, offers);
  if (cursor.awaits_command) {
    for (const Command& command : commands()) offers.add(command.name, command.summary);
  }
  // Where a file may stand, the words beside it are offered once they are begun.
  if (!cursor.steps.empty() && cursor.steps.back().label == "FILE" && offers.typed().empty()) return;
  for (const Step& step : cursor.steps) {
    if (!is_place(step.label)) offers.add(step.label);
  }
}

}  // namespace

void offer_known(const Cursor& cursor, Offers& offers) {
  cursor.option != nullptr ? offer_argument(cursor, offers) : offer_words(cursor, offers);
  const Place* const place = place_of(cursor);
  if (place != nullptr && place->known != nullptr) place->known(offers);
}

bool has_live_offers(const Cursor& cursor) {
  const Place* const place = place_of(cursor);
  return cursor.command != nullptr && place != nullptr && place->live != nullptr;
}

void offer_live(const Cursor& cursor, Offers& offers) {
  LiveLine line(cursor);
  place_of(cursor)->live(line, offers);
}

}  // namespace percpumap
