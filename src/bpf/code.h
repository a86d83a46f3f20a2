// BPF instructions, written down one by one (Documentation/bpf/standardization/instruction-set.rst).
//
// They are not compiled from C, for what they are depends on the map: sizes of keys and values, and the
// numbers that a command adds to. That also needs no compiler where the tool is built.
#pragma once

#include <linux/bpf.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace percpumap {

// r0: a call's result; r1 to r5: its arguments, lost with it; r6 to r9: kept; fp: the end of 512 bytes of
// stack.
enum class Register : uint8_t { r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, fp };

// An address: a register and a distance in bytes. Distances reach from -32768 to 32767.
struct Place {
  Register base;
  size_t offset = 0;
};
// Below the frame pointer.
Place on_stack(size_t depth);

class Code {
 public:
  void move(Register to, Register from);
  void move(Register to, int32_t number);
  void add(Register to, Register from);
  void add(Register to, int32_t number);
  // `size` is 1, 2, 4 or 8 bytes.
  void load(size_t size, Register to, Place from);
  void store(size_t size, Place to, Register from);
  // In one step; `size` is 4 or 8. exchange() (5.12) leaves what was there in the register.
  void atomic_add(size_t size, Place to, Register number);
  void exchange(size_t size, Place with, Register value);
  void negate(Register number);

  // A map by its descriptor, and the address of the byte at `offset` in an array's only element (5.2).
  void load_map(Register to, int map);
  void load_map_value(Register to, int map, uint32_t offset);
  // The address of a function in this program, which begins with the next instruction once point() is called
  // with what was returned.
  size_t load_function(Register to);
  void point(size_t function);

  void call(bpf_func_id helper);
  // A kernel function by its BTF id.
  void call_kernel(uint32_t id);
  // Jumps to where land() is called with what was returned, at most 32767 instructions behind.
  size_t jump_if(uint8_t condition, Register left, int32_t right);
  size_t jump_if(uint8_t condition, Register left, Register right);
  void land(size_t jump);
  void exit();

  size_t size() const { return code_.size(); }
  std::span<const bpf_insn> instructions() const { return code_; }

 private:
  void put(int code, Register to, Register from, size_t offset, int32_t number);
  void load64(Register to, uint8_t kind, int32_t low, uint32_t high);

  std::vector<bpf_insn> code_;
};

}  // namespace percpumap
