// The vectors of kernel-semantics.md section 0, taken from the kernel's own header.
#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

#include "sim/jhash.h"

namespace percpumap {
namespace {

uint32_t hash_text(std::string_view text, uint32_t seed = 0) {
  return jhash(std::as_bytes(std::span(text.data(), text.size())), seed);
}

template <typename T>
uint32_t hash_number(T number) {
  return jhash(std::as_bytes(std::span(&number, 1)), 0);
}

TEST(Jhash, whole_words) {
  EXPECT_EQ(0x049396b8U, hash_number(uint32_t{0}));
  EXPECT_EQ(0x72a82a9bU, hash_number(uint32_t{1}));
  EXPECT_EQ(0xee626ccaU, hash_number(uint32_t{2}));
  EXPECT_EQ(0x9917754fU, hash_number(uint32_t{3}));
  EXPECT_EQ(0x58c184bfU, hash_number(uint64_t{0}));
  EXPECT_EQ(0x5543253fU, hash_number(uint64_t{1}));
  EXPECT_EQ(0x66b24bb9U, hash_number(uint64_t{2}));
  EXPECT_EQ(0x5ed29de3U, hash_number(uint64_t{3}));
}

TEST(Jhash, text_of_every_remainder) {
  EXPECT_EQ(0x58d68708U, hash_text("a"));
  EXPECT_EQ(0xfbb3a8dfU, hash_text("ab"));
  EXPECT_EQ(0x0e397631U, hash_text("abc"));
  EXPECT_EQ(0xb5f4889cU, hash_text("abcd"));
  EXPECT_EQ(0x026d72deU, hash_text("abcde"));
  EXPECT_EQ(0x2995c3beU, hash_text("abcdefgh"));
  EXPECT_EQ(0x5f61edf8U, hash_text("abcdefghijk"));
  EXPECT_EQ(0x4012f87bU, hash_text("abcdefghijkl"));
}

TEST(Jhash, text_longer_than_a_block) {
  EXPECT_EQ(0x928128f9U, hash_text("abcdefghijklm"));
  EXPECT_EQ(0x11347272U, hash_text("abcdefghijklmnop"));
  EXPECT_EQ(0x7538b5bdU, hash_text("abcdefghijklmnopqrstuvwxyz"));
}

TEST(Jhash, the_seed_counts) {
  EXPECT_EQ(0xafb95b7fU, hash_text("abcdefghijklmnopqrstuvwxyz", 0x12345678));
}

}  // namespace
}  // namespace percpumap
