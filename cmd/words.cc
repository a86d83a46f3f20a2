#include "cmd/words.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/map_info.h"

namespace percpumap {
namespace {

// The words that end a DATA argument. The first word of one is data whatever it is.
constexpr auto kKeywords = std::to_array<std::string_view>(
    {"key", "value", "values", "cpu", "of", "any", "exist", "noexist", "flags"});

bool is_keyword(const std::string& word) {
  return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end();
}

std::optional<uint32_t> to_number(std::string_view text) {
  uint32_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Words::Words(std::vector<std::string> words, std::string_view command, std::string_view synopsis)
    : words_(std::move(words)), command_(command), synopsis_(synopsis) {}

bool Words::accept(std::string_view keyword) {
  if (!is(keyword)) return false;
  ++at_;
  return true;
}

void Words::expect(std::string_view keyword) {
  if (!accept(keyword))
    fail("expected '" + std::string(keyword) + "'" + (empty() ? "" : ", got '" + words_[at_] + "'"));
}

std::string Words::next(std::string_view what) {
  if (empty()) fail(std::string(what) + " is missing");
  return words_[at_++];
}

uint32_t Words::number(std::string_view what) {
  const std::string word = next(what);
  const auto number = to_number(word);
  if (!number) fail("'" + word + "' is not a number from 0 to 4294967295 (" + std::string(what) + ")");
  return *number;
}

uint64_t Words::wide_number(std::string_view what) {
  const std::string word = next(what);
  const bool hex = word.starts_with("0x");
  uint64_t number = 0;
  const char* const last = word.data() + word.size();
  const auto [end, ec] = std::from_chars(word.data() + (hex ? 2 : 0), last, number, hex ? 16 : 10);
  if (ec != std::errc() || end != last)
    fail("'" + word + "' is not a number of at most 64 bits (" + std::string(what) + ")");
  return number;
}

MapRef Words::map() {
  if (accept("id")) return {MapRef::Kind::id, number("the map's id"), {}};
  if (accept("name")) return {MapRef::Kind::name, 0, next("the map's name")};
  if (accept("pinned")) return {MapRef::Kind::pin, 0, next("the pinned path")};
  if (accept("fd")) return {MapRef::Kind::fd, number("the descriptor"), {}};
  if (empty()) fail("MAP is missing: an id, a name or a pinned path, see 'percpumap list'");
  const std::string word = next("MAP");
  if (word.find('/') != std::string::npos) return {MapRef::Kind::pin, 0, word};
  const bool digits = word.find_first_not_of("0123456789") == std::string::npos && !word.empty();
  if (!digits) return {MapRef::Kind::name, 0, word};
  const auto id = to_number(word);
  if (!id) fail("'" + word + "' is too large for an id");
  return {MapRef::Kind::id, *id, {}};
}

std::span<const std::string> Words::data(std::string_view what) {
  if (empty()) fail("the " + std::string(what) + " is missing");
  const auto first = words_.begin() + static_cast<long>(at_);
  const auto last = std::find_if(first + 1, words_.end(), is_keyword);
  at_ = static_cast<size_t>(last - words_.begin());
  return {first, last};
}

uint64_t Words::update_flags() {
  if (accept("noexist")) return kNoExist;
  if (accept("exist")) return kExist;
  accept("any");
  return kAny;
}

void Words::end() const {
  if (!empty()) fail("'" + words_[at_] + "' is one word too many");
}

void Words::fail(const std::string& why) const {
  throw Error(Problem::usage, std::string(command_) + ": " + why)
      .advise("percpumap " + std::string(command_) + (synopsis_.empty() ? "" : " ") + std::string(synopsis_));
}

CpuList parse_cpus(const std::string& text, const CpuList& possible, const CpuList& online) {
  if (text == "all") return possible;
  if (text == "online") return online;
  const auto cpus = CpuList::parse(text);
  if (!cpus || cpus->empty()) {
    throw Error(Problem::usage, "'" + text + "' is not a list of CPUs")
        .advise("write 3, 0-3,8, all or online");
  }
  for (const uint32_t cpu : cpus->ids()) {
    if (possible.contains(cpu)) continue;
    throw Error(Problem::bad_data, "there is no CPU " + std::to_string(cpu) + " on this machine")
        .advise("possible CPUs are " + possible.to_string());
  }
  return *cpus;
}

}  // namespace percpumap
