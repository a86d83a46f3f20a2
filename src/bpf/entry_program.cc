#include "bpf/entry_program.h"

#include <algorithm>
#include <array>

namespace percpumap {
namespace {

using enum Register;

// Kept throughout: r6 Control, r8 the key, r9 the value of the arrays, r7 the pointer that a lookup gave.
constexpr size_t kIndexDepth = 8;
constexpr size_t kResultDepth = 16;

class Writer {
 public:
  Writer(const EntryProgram& what, int map, size_t value_size, const EntryArrays& arrays, Exchange exchange)
      : what_(what), map_(map), words_(words_of(value_size)), arrays_(arrays), exchange_(exchange) {}

  Code write() {
    check_cpu(code_, arrays_.control);
    take_index();
    find(arrays_.keys);
    code_.move(r8, r0);
    find(arrays_.values);
    code_.move(r9, r0);
    call_helper();
    end();
    return std::move(code_);
  }

 private:
  // Counted up first, for whatever happens this entry has had its turn.
  void take_index() {
    code_.load(8, r7, {r6, offsetof(Control, next)});
    code_.store(4, on_stack(kIndexDepth), r7);
    code_.add(r7, 1);
    code_.store(8, {r6, offsetof(Control, next)}, r7);
  }

  // This entry's element of an array to r0; there is always one.
  void find(int array) {
    code_.load_map(r1, array);
    code_.move(r2, fp);
    code_.add(r2, -static_cast<int32_t>(kIndexDepth));
    code_.call(BPF_FUNC_map_lookup_elem);
    const size_t found = code_.jump_if(BPF_JNE, r0, 0);
    code_.exit();
    code_.land(found);
  }

  // With the helper's result in r0.
  void end() {
    code_.store(8, on_stack(kResultDepth), r0);
    find(arrays_.results);
    code_.load(8, r1, on_stack(kResultDepth));
    code_.store(8, {r0}, r1);
    code_.move(r0, 0);
    code_.exit();
  }

  void call_helper() {
    if (what_.program != Program::update && what_.program != Program::erase) return call_lookup();
    code_.load_map(r1, map_);
    code_.move(r2, r8);
    if (what_.program == Program::erase) return code_.call(BPF_FUNC_map_delete_elem);
    code_.move(r3, r9);
    code_.load(8, r4, {r6, offsetof(Control, flags)});
    code_.call(BPF_FUNC_map_update_elem);
  }

  void call_lookup() {
    code_.load_map(r1, map_);
    code_.move(r2, r8);
    if (what_.of_slot) code_.load(8, r3, {r6, offsetof(Control, slot_of)});
    code_.call(what_.of_slot ? BPF_FUNC_map_lookup_percpu_elem : BPF_FUNC_map_lookup_elem);
    // What is done with the pointer can be too long for a jump over it.
    const size_t found = code_.jump_if(BPF_JNE, r0, 0);
    end();
    code_.land(found);
    code_.move(r7, r0);
    use_pointer();
    code_.move(r0, 1);
  }

  void use_pointer() {
    if (what_.program == Program::add) {
      for (const AddedNumber& number : what_.numbers) add(number);
      return;
    }
    for (const Word& word : words_) use(word);
  }

  void use(const Word& word) {
    const Place slot{r7, word.offset};
    const Place ours{r9, word.offset};
    switch (what_.program) {
      case Program::lookup: return copy(word.size, ours, slot);
      case Program::store: return copy(word.size, slot, ours);
      default: return exchange(word.size, slot, ours);
    }
  }

  void copy(size_t size, Place to, Place from) {
    code_.load(size, r1, from);
    code_.store(size, to, r1);
  }

  // By adding what is new less what was there: what is added meanwhile is on top of it.
  void exchange(size_t size, Place slot, Place ours) {
    code_.load(size, r1, ours);
    if (size < 4) {
      code_.load(size, r2, slot);
      code_.store(size, slot, r1);
      code_.move(r1, r2);
    } else if (exchange_ == Exchange::at_once) {
      code_.exchange(size, slot, r1);
    } else {
      code_.load(size, r2, slot);
      code_.move(r3, r2);
      code_.negate(r3);
      code_.add(r3, r1);
      code_.atomic_add(size, slot, r3);
      code_.move(r1, r2);
    }
    code_.store(size, ours, r1);
  }

  void add(const AddedNumber& number) {
    const Place slot{r7, number.offset};
    code_.load(number.size, r1, {r9, number.offset});
    if (number.size >= 4 && number.offset % number.size == 0) return code_.atomic_add(number.size, slot, r1);
    code_.load(number.size, r2, slot);
    code_.add(r2, r1);
    code_.store(number.size, slot, r2);
  }

  const EntryProgram& what_;
  const int map_;
  const std::vector<Word> words_;
  const EntryArrays arrays_;
  const Exchange exchange_;
  Code code_;
};

}  // namespace

std::vector<Word> words_of(size_t value_size) {
  std::vector<Word> words;
  for (size_t offset = 0; offset < value_size;) {
    size_t size = 8;
    while (size > value_size - offset) size /= 2;
    words.push_back({offset, size});
    offset += size;
  }
  return words;
}

void check_cpu(Code& code, int control) {
  code.call(BPF_FUNC_get_smp_processor_id);
  code.load_map_value(r6, control, 0);
  code.load(8, r1, {r6, offsetof(Control, cpu)});
  const size_t here = code.jump_if(BPF_JEQ, r0, r1);
  code.move(r0, 0);
  code.exit();
  code.land(here);
}

Code entry_code(const EntryProgram& what, int map, size_t value_size, const EntryArrays& arrays,
                Exchange exchange) {
  return Writer(what, map, value_size, arrays, exchange).write();
}

}  // namespace percpumap
