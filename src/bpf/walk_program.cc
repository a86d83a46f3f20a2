#include "bpf/walk_program.h"

namespace percpumap {
namespace {

using enum Register;

constexpr size_t kIndexDepth = 8;

// r1 is the array, r2 points to the index.
void point_to_element(Code& code, int array) {
  code.load_map(r1, array);
  code.move(r2, fp);
  code.add(r2, -static_cast<int32_t>(kIndexDepth));
}

// Called with the key in r2 and the value in r3. It answers 1 to end the walk.
void write_callback(Code& code, size_t value_size, const EntryArrays& arrays) {
  code.move(r6, r2);
  code.move(r7, r3);
  code.load_map_value(r8, arrays.control, 0);
  code.load(8, r9, {r8, offsetof(Control, next)});
  code.store(4, on_stack(kIndexDepth), r9);
  // Keys can have any size, and this helper is how the kernel copies so many bytes.
  point_to_element(code, arrays.keys);
  code.move(r3, r6);
  code.move(r4, 0);
  code.call(BPF_FUNC_map_update_elem);
  const size_t full = code.jump_if(BPF_JNE, r0, 0);
  point_to_element(code, arrays.values);
  code.call(BPF_FUNC_map_lookup_elem);
  const size_t none = code.jump_if(BPF_JEQ, r0, 0);
  for (const Word& word : words_of(value_size)) {
    code.load(word.size, r1, {r7, word.offset});
    code.store(word.size, {r0, word.offset}, r1);
  }
  code.add(r9, 1);
  code.store(8, {r8, offsetof(Control, next)}, r9);
  code.load(8, r1, {r8, offsetof(Control, stop_at)});
  const size_t end = code.jump_if(BPF_JEQ, r1, r9);
  code.move(r0, 0);
  code.exit();
  for (const size_t jump : {full, none, end}) code.land(jump);
  code.move(r0, 1);
  code.exit();
}

}  // namespace

WalkCode walk_code(int map, size_t value_size, const EntryArrays& arrays) {
  Code code;
  check_cpu(code, arrays.control);
  code.load_map(r1, map);
  const size_t function = code.load_function(r2);
  code.move(r3, 0);
  code.load(8, r4, {r6, offsetof(Control, flags)});
  code.call(BPF_FUNC_for_each_map_elem);
  code.store(8, {r6, offsetof(Control, result)}, r0);
  code.move(r1, 1);
  code.store(8, {r6, offsetof(Control, ran)}, r1);
  code.move(r0, 0);
  code.exit();
  code.point(function);
  const size_t callback = code.size();
  write_callback(code, value_size, arrays);
  return {std::move(code), callback};
}

}  // namespace percpumap
