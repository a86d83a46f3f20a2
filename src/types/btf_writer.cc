#include "types/btf_writer.h"

#include <bpf/btf.h>

#include <cerrno>

#include "base/error.h"

namespace percpumap {
namespace {

// libbpf answers the new type's number, or a negative errno.
uint32_t checked(int answer) {
  if (answer >= 0) return static_cast<uint32_t>(answer);
  throw Error(answer == -ENOMEM ? Problem::no_memory : Problem::bug, "could not write BTF")
      .because(errno_code(-answer));
}

const char* native_name(uint32_t size, bool is_signed) {
  switch (size) {
    case 1: return is_signed ? "signed char" : "unsigned char";
    case 2: return is_signed ? "short" : "unsigned short";
    case 4: return is_signed ? "int" : "unsigned int";
    default: return is_signed ? "long long" : "unsigned long long";
  }
}

int as_id(uint32_t type) {
  return static_cast<int>(type);
}

}  // namespace

BtfWriter::BtfWriter() : types_(btf__new_empty(), btf__free) {
  if (!types_) throw Error(Problem::no_memory, "could not write BTF").because(errno_code(errno));
}

uint32_t BtfWriter::add(const Declaration& type) {
  switch (type.field.kind) {
    case Kind::structure: return add_structure(type);
    case Kind::array: return add_array(add_element(type.children.front()), type.field.count);
    case Kind::bytes: return add_typedef("hex", add_array(add_native(1, false), type.field.size));
    default: break;
  }
  const uint32_t leaf = add_leaf(type);
  return type.word->is_typedef ? add_typedef(type.word->word, leaf) : leaf;
}

// An array of characters would be one text.
uint32_t BtfWriter::add_element(const Declaration& type) {
  const bool is_char = type.field.kind == Kind::text && type.field.size == 1;
  return is_char ? add_array(add_char(), 1) : add(type);
}

// Without its typedef.
uint32_t BtfWriter::add_leaf(const Declaration& type) {
  const Field& field = type.field;
  switch (field.kind) {
    case Kind::integer: return add_native(field.size, field.is_signed);
    case Kind::ipv4: return add_native(4, false);
    case Kind::boolean: return add_integer("_Bool", 1, BTF_INT_BOOL);
    case Kind::floating: return add_float(field.size == 4 ? "float" : "double", field.size);
    case Kind::text: return field.size == 1 ? add_char() : add_array(add_char(), field.size);
    default: return add_array(add_native(1, false), field.size);  // addresses
  }
}

// The kernel takes no float at an unaligned place (btf_float_check_member() of kernel/bpf/btf.c, 6.18).
uint32_t BtfWriter::add_member(const Declaration& type) {
  const Field& field = type.field;
  if (field.kind != Kind::floating || field.offset % field.size == 0) return add(type);
  return add_typedef(type.word->word, add_native(field.size, false));
}

uint32_t BtfWriter::add_structure(const Declaration& type) {
  std::vector<uint32_t> members;
  for (const Declaration& child : type.children) members.push_back(add_member(child));
  const uint32_t structure = checked(btf__add_struct(types_.get(), nullptr, type.field.size));
  for (size_t i = 0; i < members.size(); ++i) {
    const Field& field = type.children[i].field;
    checked(btf__add_field(types_.get(), field.name.c_str(), as_id(members[i]), 8 * field.offset, 0));
  }
  return structure;
}

uint32_t BtfWriter::add_typedef(std::string_view name, uint32_t type) {
  return checked(btf__add_typedef(types_.get(), std::string(name).c_str(), as_id(type)));
}

uint32_t BtfWriter::add_array(uint32_t element, uint32_t count) {
  return checked(btf__add_array(types_.get(), as_id(add_native(4, false)), as_id(element), count));
}

uint32_t BtfWriter::add_char() {
  return add_integer("char", 1, BTF_INT_SIGNED);
}

uint32_t BtfWriter::add_native(uint32_t size, bool is_signed) {
  return add_integer(native_name(size, is_signed), size, is_signed ? BTF_INT_SIGNED : 0);
}

uint32_t BtfWriter::add_integer(const char* name, uint32_t size, int encoding) {
  const auto [at, is_new] = basic_.try_emplace(name);
  if (is_new) at->second = checked(btf__add_int(types_.get(), name, size, encoding));
  return at->second;
}

uint32_t BtfWriter::add_float(const char* name, uint32_t size) {
  const auto [at, is_new] = basic_.try_emplace(name);
  if (is_new) at->second = checked(btf__add_float(types_.get(), name, size));
  return at->second;
}

std::vector<std::byte> BtfWriter::blob() const {
  uint32_t size = 0;
  const auto* const data = static_cast<const std::byte*>(btf__raw_data(types_.get(), &size));
  if (data == nullptr) throw Error(Problem::no_memory, "could not write BTF").because(errno_code(errno));
  return {data, data + size};
}

}  // namespace percpumap
