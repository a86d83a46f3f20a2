#include "support/btf_blob.h"

#include <span>

namespace percpumap::test {
namespace {

void append(std::vector<std::byte>& blob, std::span<const std::byte> bytes) {
  blob.insert(blob.end(), bytes.begin(), bytes.end());
}

}  // namespace

uint32_t BtfBlob::name(std::string_view text) {
  if (text.empty()) return 0;
  const size_t at = strings_.size();
  strings_ += text;
  strings_ += '\0';
  return static_cast<uint32_t>(at);
}

uint32_t BtfBlob::type(std::string_view name, uint32_t kind, uint32_t size, uint32_t length, bool flag,
                       const Words& rest) {
  types_.insert(types_.end(), {this->name(name), uint32_t{flag} << 31 | kind << 24 | length, size});
  types_.insert(types_.end(), rest.begin(), rest.end());
  return ++count_;
}

uint32_t BtfBlob::integer(std::string_view name, uint32_t size, uint32_t encoding) {
  return type(name, BTF_KIND_INT, size, 0, false, {encoding << 24 | 8 * size});
}

uint32_t BtfBlob::part_of_integer(uint32_t size, uint32_t bits, uint32_t bit_offset, uint32_t encoding) {
  return type("part", BTF_KIND_INT, size, 0, false, {encoding << 24 | bit_offset << 16 | bits});
}

uint32_t BtfBlob::array(uint32_t element, uint32_t count) {
  return type("", BTF_KIND_ARRAY, 0, 0, false, {element, element, count});
}

uint32_t BtfBlob::composite(uint32_t kind, uint32_t size, const std::vector<Member>& members,
                            bool bit_fields) {
  Words rest;
  for (const Member& member : members) {
    const uint32_t bits = bit_fields ? member.bit_size << 24 : 0;
    rest.insert(rest.end(), {name(member.name), member.type, bits | member.bit_offset});
  }
  return type("", kind, size, static_cast<uint32_t>(members.size()), bit_fields, rest);
}

uint32_t BtfBlob::enumeration(uint32_t size, bool is_signed, const std::vector<Choice>& choices) {
  Words rest;
  for (const Choice& choice : choices) {
    rest.insert(rest.end(), {name(choice.name), static_cast<uint32_t>(choice.value)});
  }
  return type("", BTF_KIND_ENUM, size, static_cast<uint32_t>(choices.size()), is_signed, rest);
}

uint32_t BtfBlob::enumeration64(bool is_signed, const std::vector<Choice>& choices) {
  Words rest;
  for (const Choice& choice : choices) {
    const auto upper = static_cast<uint32_t>(choice.value >> 32);
    rest.insert(rest.end(), {name(choice.name), static_cast<uint32_t>(choice.value), upper});
  }
  return type("", BTF_KIND_ENUM64, 8, static_cast<uint32_t>(choices.size()), is_signed, rest);
}

std::vector<std::byte> BtfBlob::bytes() const {
  const auto type_length = static_cast<uint32_t>(4 * types_.size());
  const btf_header header{.magic = BTF_MAGIC,
                          .version = BTF_VERSION,
                          .flags = 0,
                          .hdr_len = sizeof header,
                          .type_off = 0,
                          .type_len = type_length,
                          .str_off = type_length,
                          .str_len = static_cast<uint32_t>(strings_.size())};
  std::vector<std::byte> blob;
  append(blob, std::as_bytes(std::span(&header, 1)));
  append(blob, std::as_bytes(std::span(types_)));
  append(blob, std::as_bytes(std::span(strings_)));
  return blob;
}

}  // namespace percpumap::test
