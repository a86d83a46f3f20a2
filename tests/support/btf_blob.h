// BTF written word by word, broken ways included (Documentation/bpf/btf.rst).
#pragma once

#include <linux/btf.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace percpumap::test {

// Every method that adds a type returns its number.
class BtfBlob {
 public:
  using Words = std::vector<uint32_t>;

  struct Member {
    std::string_view name;
    uint32_t type;
    uint32_t bit_offset;
    uint32_t bit_size = 0;  // written only in a composite with bit-fields
  };
  struct Choice {
    std::string_view name;
    uint64_t value;
  };

  // Where the name stands in the string section.
  uint32_t name(std::string_view text);

  // Any type: `size` is its size or the type it refers to, `rest` what follows.
  uint32_t type(std::string_view name, uint32_t kind, uint32_t size, uint32_t length = 0, bool flag = false,
                const Words& rest = {});
  uint32_t integer(std::string_view name, uint32_t size, uint32_t encoding = 0);
  // An integer of which only some bits count: the bit-fields of old compilers.
  uint32_t part_of_integer(uint32_t size, uint32_t bits, uint32_t bit_offset, uint32_t encoding = 0);
  uint32_t array(uint32_t element, uint32_t count);
  // BTF_KIND_STRUCT or BTF_KIND_UNION.
  uint32_t composite(uint32_t kind, uint32_t size, const std::vector<Member>& members,
                     bool bit_fields = false);
  uint32_t structure(uint32_t size, const std::vector<Member>& members) {
    return composite(BTF_KIND_STRUCT, size, members);
  }
  uint32_t enumeration(uint32_t size, bool is_signed, const std::vector<Choice>& choices);
  uint32_t enumeration64(bool is_signed, const std::vector<Choice>& choices);
  uint32_t type_definition(std::string_view name, uint32_t type) {
    return this->type(name, BTF_KIND_TYPEDEF, type);
  }

  // Header, types and strings.
  std::vector<std::byte> bytes() const;

 private:
  Words types_;
  std::string strings_ = std::string(1, '\0');
  uint32_t count_ = 0;
};

}  // namespace percpumap::test
