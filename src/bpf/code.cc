#include "bpf/code.h"

namespace percpumap {
namespace {

int width(size_t size) {
  switch (size) {
    case 1: return BPF_B;
    case 2: return BPF_H;
    case 4: return BPF_W;
    default: return BPF_DW;
  }
}

}  // namespace

Place on_stack(size_t depth) {
  return {Register::fp, size_t{0} - depth};
}

void Code::put(int code, Register to, Register from, size_t offset, int32_t number) {
  bpf_insn instruction{};
  instruction.code = static_cast<uint8_t>(code);
  instruction.dst_reg = static_cast<uint8_t>(to) & 0xfU;
  instruction.src_reg = static_cast<uint8_t>(from) & 0xfU;
  instruction.off = static_cast<int16_t>(offset);
  instruction.imm = number;
  code_.push_back(instruction);
}

void Code::move(Register to, Register from) {
  put(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}
void Code::move(Register to, int32_t number) {
  put(BPF_ALU64 | BPF_MOV | BPF_K, to, Register::r0, 0, number);
}
void Code::add(Register to, Register from) {
  put(BPF_ALU64 | BPF_ADD | BPF_X, to, from, 0, 0);
}
void Code::add(Register to, int32_t number) {
  put(BPF_ALU64 | BPF_ADD, to, Register::r0, 0, number);
}
void Code::negate(Register number) {
  put(BPF_ALU64 | BPF_NEG, number, Register::r0, 0, 0);
}

void Code::load(size_t size, Register to, Place from) {
  put(BPF_LDX | BPF_MEM | width(size), to, from.base, from.offset, 0);
}
void Code::store(size_t size, Place to, Register from) {
  put(BPF_STX | BPF_MEM | width(size), to.base, from, to.offset, 0);
}
void Code::atomic_add(size_t size, Place to, Register number) {
  put(BPF_STX | BPF_ATOMIC | width(size), to.base, number, to.offset, BPF_ADD);
}
void Code::exchange(size_t size, Place with, Register value) {
  put(BPF_STX | BPF_ATOMIC | width(size), with.base, value, with.offset, BPF_XCHG);
}

// Takes the room of two instructions; `kind` says what the numbers stand for.
void Code::load64(Register to, uint8_t kind, int32_t low, uint32_t high) {
  put(BPF_LD | BPF_IMM | BPF_DW, to, static_cast<Register>(kind), 0, low);
  put(0, Register::r0, Register::r0, 0, static_cast<int32_t>(high));
}
void Code::load_map(Register to, int map) {
  load64(to, BPF_PSEUDO_MAP_FD, map, 0);
}
void Code::load_map_value(Register to, int map, uint32_t offset) {
  load64(to, BPF_PSEUDO_MAP_VALUE, map, offset);
}
size_t Code::load_function(Register to) {
  load64(to, BPF_PSEUDO_FUNC, 0, 0);
  return size() - 2;
}
void Code::point(size_t function) {
  code_[function].imm = static_cast<int32_t>(size() - function - 1);
}

void Code::call(bpf_func_id helper) {
  put(BPF_JMP | BPF_CALL, Register::r0, Register::r0, 0, helper);
}
void Code::call_kernel(uint32_t id) {
  put(BPF_JMP | BPF_CALL, Register::r0, static_cast<Register>(BPF_PSEUDO_KFUNC_CALL), 0,
      static_cast<int32_t>(id));
}

size_t Code::jump_if(uint8_t condition, Register left, int32_t right) {
  put(BPF_JMP | BPF_K | condition, left, Register::r0, 0, right);
  return size() - 1;
}
size_t Code::jump_if(uint8_t condition, Register left, Register right) {
  put(BPF_JMP | BPF_X | condition, left, right, 0, 0);
  return size() - 1;
}
void Code::land(size_t jump) {
  code_[jump].off = static_cast<int16_t>(size() - jump - 1);
}
void Code::exit() {
  put(BPF_JMP | BPF_EXIT, Register::r0, Register::r0, 0, 0);
}

}  // namespace percpumap
