#include "differential/map_call.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace percpumap::test {
namespace {

constexpr uint32_t kUntouched = 0xdeadbeef;

// The bytes a command is told of.
MutableBytes view(const std::optional<Buffer>& asked, Buffer& buffer) {
  return asked ? MutableBytes(buffer).first(buffer.size() - kGuard) : MutableBytes();
}

BatchCommand batch_command(Command command) {
  switch (command) {
    case Command::take_batch: return BatchCommand::take;
    case Command::update_batch: return BatchCommand::update;
    case Command::erase_batch: return BatchCommand::erase;
    default: return BatchCommand::lookup;
  }
}

std::error_code perform_batch(const MapCall& call, RawMap& map, Answer& answer) {
  const uint32_t start = call.in.value_or(kUntouched);
  const bool shared = call.out == MapCall::Out::same_as_in && call.in;
  answer.cursor = shared ? start : kUntouched;
  BatchCall batch;
  if (call.in) batch.in = shared ? &answer.cursor : &start;
  if (call.out != MapCall::Out::null) batch.out = &answer.cursor;
  batch.keys = view(call.keys, answer.keys).data();
  batch.rows = view(call.rows, answer.rows).data();
  batch.count = call.count;
  batch.elem_flags = call.elem_flags;
  batch.flags = call.flags;
  const auto error = map.batch(batch_command(call.command), batch);
  answer.count = batch.count;
  return error;
}

std::error_code perform_single(const MapCall& call, RawMap& map, Answer& answer) {
  const MutableBytes key = view(call.keys, answer.keys);
  const MutableBytes row = view(call.rows, answer.rows);
  switch (call.command) {
    case Command::update: return map.update(key, row, call.flags);
    case Command::erase: return map.erase(key, call.flags);
    case Command::take: return map.take(key, row, call.flags);
    case Command::next_key: return map.next_key(key, row);
    default: return map.lookup(key, row, call.flags);
  }
}

std::string shorten(const std::optional<Buffer>& buffer) {
  constexpr size_t shown = 24;
  if (!buffer) return "null";
  const Bytes bytes = Bytes(*buffer).first(buffer->size() - kGuard);
  return to_hex(bytes.first(std::min(shown, bytes.size()))) + (bytes.size() > shown ? "…" : "") + " (" +
         std::to_string(bytes.size()) + " bytes)";
}

std::string hex_number(uint64_t number) {
  std::array<char, 20> text{};
  return {text.data(), static_cast<size_t>(std::snprintf(text.data(), text.size(), "0x%llx",
                                                         static_cast<unsigned long long>(number)))};
}

template <typename T>
void compare(std::string& text, const char* what, const T& one, const T& other) {
  if (one != other) text += std::string("  ") + what + ": " + one + " / " + other + "\n";
}

void compare(std::string& text, const char* what, const Buffer& one, const Buffer& other) {
  constexpr size_t shown = 16;
  if (one == other) return;
  const auto at = static_cast<size_t>(std::ranges::mismatch(one, other).in1 - one.begin());
  const auto part = [&](const Buffer& all) {
    return to_hex(Bytes(all).subspan(at, std::min(shown, all.size() - at)));
  };
  compare(text, (std::string(what) + " from byte " + std::to_string(at)).c_str(), part(one), part(other));
}

}  // namespace

bool walks_buckets(Command command) {
  return command == Command::lookup_batch || command == Command::take_batch;
}

bool is_batch(Command command) {
  return walks_buckets(command) || command == Command::update_batch || command == Command::erase_batch;
}

Answer perform(const MapCall& call, RawMap& map) {
  Answer answer;
  answer.keys = call.keys.value_or(Buffer());
  answer.rows = call.rows.value_or(Buffer());
  const auto error =
      is_batch(call.command) ? perform_batch(call, map, answer) : perform_single(call, map, answer);
  answer.code = error.value();
  return answer;
}

std::string describe(const MapCall& call) {
  static constexpr auto names =
      std::to_array<const char*>({"lookup", "update", "erase", "take", "next_key", "lookup_batch",
                                  "take_batch", "update_batch", "erase_batch"});
  std::string text = names[static_cast<size_t>(call.command)];
  text += " flags " + hex_number(call.flags) + " keys " + shorten(call.keys) + " rows " + shorten(call.rows);
  if (!is_batch(call.command)) return text;
  static constexpr auto outs = std::to_array<const char*>({"null", "apart", "same as in"});
  return text + " count " + std::to_string(call.count) + " in " +
         (call.in ? std::to_string(*call.in) : "null") + " out " + outs[static_cast<size_t>(call.out)] +
         " elem_flags " + hex_number(call.elem_flags);
}

std::string describe_difference(const Answer& one, const Answer& other) {
  std::string text;
  compare(text, "code", errno_name(one.code), errno_name(other.code));
  compare(text, "count", std::to_string(one.count), std::to_string(other.count));
  compare(text, "cursor", hex_number(one.cursor), hex_number(other.cursor));
  compare(text, "keys", one.keys, other.keys);
  compare(text, "rows", one.rows, other.rows);
  compare(text, "answer", one.text, other.text);
  return text;
}

}  // namespace percpumap::test
