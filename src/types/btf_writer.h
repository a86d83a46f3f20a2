// BTF of declarations.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "types/declaration.h"

struct btf;

namespace percpumap {

class BtfWriter {
 public:
  // Throws Error (no_memory).
  BtfWriter();

  // The type's number. REQUIRES a type that makes a layout.
  uint32_t add(const Declaration& type);
  // What BPF_BTF_LOAD takes.
  std::vector<std::byte> blob() const;

 private:
  uint32_t add_element(const Declaration& type);
  uint32_t add_leaf(const Declaration& type);
  uint32_t add_member(const Declaration& type);
  uint32_t add_structure(const Declaration& type);
  uint32_t add_typedef(std::string_view name, uint32_t type);
  uint32_t add_array(uint32_t element, uint32_t count);
  uint32_t add_char();
  uint32_t add_integer(const char* name, uint32_t size, int encoding);
  uint32_t add_native(uint32_t size, bool is_signed);
  uint32_t add_float(const char* name, uint32_t size);

  std::shared_ptr<btf> types_;
  std::map<std::string, uint32_t> basic_;  // integers and floats so far
};

}  // namespace percpumap
