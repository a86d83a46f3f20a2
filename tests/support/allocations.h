// Counts what the program allocates. For one source file of a program: it replaces operator new.
#pragma once

#include <atomic>
#include <cstdlib>
#include <new>

namespace percpumap::test {

inline std::atomic<size_t> allocations = 0;

}  // namespace percpumap::test

// Not inlined, or g++ 12 sees malloc's pointer go to delete and takes that for a mistake.
[[gnu::noinline]] void* operator new(size_t size) {
  ++percpumap::test::allocations;
  if (void* place = std::malloc(size)) return place;
  throw std::bad_alloc();
}
// What std::stable_sort asks for. Without it, one library's memory would go to another's free.
[[gnu::noinline]] void* operator new(size_t size, const std::nothrow_t&) noexcept {
  ++percpumap::test::allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* place) noexcept {
  std::free(place);
}
[[gnu::noinline]] void operator delete(void* place, size_t) noexcept {
  std::free(place);
}
