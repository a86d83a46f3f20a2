// What clang makes of C, read as layouts.
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "support/skip.h"
#include "types/btf.h"

namespace percpumap::test {
namespace {

const std::map<std::string, std::string> kExpected = {
    {"unsigned_sizes", "{a:u8,b:u16,c:u32,d:u64}"},
    {"signed_sizes", "{a:i8,b:i16,c:i32,d:i64}"},
    {"wide", "{a:hex[16]}"},
    {"booleans", "{a:bool,b:bool[2]}"},
    {"characters", "{a:char,b:char[16],c:char[2][8],d:u8[4]}"},
    {"floats", "{a:f32,b:f64}"},
    {"pointers", "{a:pointer,b:pointer,c:pointer,d:pointer}"},
    {"arrays", "{a:u32[3],b:u16[2][3],c:u8[0]}"},
    {"enumerations", "{a:enum,b:enum}"},
    {"nested", "{c:{a:u8,b:u32},{d:u8,union{e:u32,f:u8[4]}}}"},
    {"unions", "union{a:u64,{b:u32,c:u32}}"},
    {"bit_fields", "{a:uint:3,b:int:7,c:uint:2,d:uint:1,e:uint:40,f:u16}"},
    {"only_bit_field", "{a:uint:64}"},
    {"packed", "packed{a:u8,b:u64,c:uint:12}"},
    {"modifiers", "{a:u64,b:{a:u32},c:{a:u32}[2]}"},
    {"network", "{a:be16,b:be32,c:be64,d:be16[2]}"},
    {"empty", "{a:{},b:i32}"},
    {"aligned", "{a:u64}"},
    {"number", "i32"},
    {"text", "char[16]"},
};

#ifdef PERCPUMAP_TYPES_OBJECT
using Object = std::unique_ptr<bpf_object, decltype(&bpf_object__close)>;

class TypesClangTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(nullptr, object_) << PERCPUMAP_TYPES_OBJECT;
    uint32_t size = 0;
    const void* const data = btf__raw_data(bpf_object__btf(object_.get()), &size);
    btf_ = std::make_unique<Btf>(Bytes(static_cast<const std::byte*>(data), size));
  }

  Layout value_of(const std::string& map) const {
    return btf_->layout(bpf_map__btf_value_type_id(bpf_object__find_map_by_name(object_.get(), map.c_str())));
  }

  Object object_{bpf_object__open_file(PERCPUMAP_TYPES_OBJECT, nullptr), bpf_object__close};
  std::unique_ptr<Btf> btf_;
};

TEST_F(TypesClangTest, EveryConstructIsWhatItSays) {
  size_t maps = 0;
  const bpf_map* map = nullptr;
  bpf_object__for_each_map(map, object_.get()) {
    SCOPED_TRACE(bpf_map__name(map));
    EXPECT_EQ(value_of(bpf_map__name(map)).name(), kExpected.at(bpf_map__name(map)));
    EXPECT_EQ(value_of(bpf_map__name(map)).size(), bpf_map__value_size(map));
    ++maps;
  }
  EXPECT_EQ(maps, kExpected.size());
}

TEST_F(TypesClangTest, EnumeratorsAreThere) {
  const Layout layout = value_of("enumerations");
  EXPECT_EQ(layout.enumerators(layout[1]),
            (std::vector<Enumerator>{{"RED", 0}, {"GREEN", 5}, {"BLUE", ~uint64_t{0}}}));
}

TEST_F(TypesClangTest, PaddingIsNotCovered) {
  EXPECT_EQ(value_of("aligned").covered().size(), 64U);
  EXPECT_TRUE(value_of("unions").covered().empty());
}
#else
TEST(TypesClangTest, EveryConstructIsWhatItSays) {
  SKIP_UNLESS_EMPTY("there was no clang when this was built: install it, then configure again");
}
#endif

}  // namespace
}  // namespace percpumap::test
