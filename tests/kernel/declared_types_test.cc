// BTF that is made of declarations: the kernel takes it, and bpftool sees the same fields.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "backend/open_backend.h"
#include "kernel/kernel_fixture.h"
#include "support/random_layout.h"
#include "support/skip.h"
#include "types/declare.h"

namespace percpumap::test {
namespace {

class DeclaredTypesTest : public KernelTest {
 protected:
  // Null, with its reason as a test failure, where the kernel refuses.
  std::unique_ptr<RawMap> create(const std::string& key, const std::string& value) {
    const DeclaredBtf types = declare_btf(key, value);
    const std::unique_ptr<Backend> backend = open_backend("syscall");
    MapSpec spec;
    spec.key_size = static_cast<uint32_t>(declare_layout(key, "key").size());
    spec.value_size = static_cast<uint32_t>(declare_layout(value, "value").size());
    spec.max_entries = 2;
    spec.btf = types.blob;
    spec.btf_key_type_id = types.key_type_id;
    spec.btf_value_type_id = types.value_type_id;
    std::unique_ptr<RawMap> map;
    EXPECT_EQ(backend->create(spec, map), std::error_code()) << key << " and " << value;
    return map;
  }
};

TEST_F(DeclaredTypesTest, TheKernelTakesWhateverCanBeDeclared) {
  size_t made = 0;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Dice dice(seed);
    const std::string key = random_declaration(dice);
    const std::string value = random_declaration(dice);
    if (declare_layout(key, "key").size() > 512 || declare_layout(value, "value").size() > 8192) continue;
    ASSERT_NE(nullptr, create(key, value)) << "seed " << seed;
    ++made;
  }
  EXPECT_GT(made, 400U);
}

TEST_F(DeclaredTypesTest, BpftoolShowsTheFields) {
  SKIP_UNLESS_EMPTY(missing_program({"bpftool"}));
  const auto map =
      create("{saddr:ipv4,dport:be16}", "packed{a:u8,b:f64,c:comm,d:mac,e:hex[2],f:bool,g:i32[2]}");
  ASSERT_NE(nullptr, map);
  ASSERT_EQ(map->pin("/sys/fs/bpf/declared"), std::error_code());
  const std::string fields = out_of("bpftool btf dump map pinned /sys/fs/bpf/declared kv");
  for (const char* field : {"'saddr' type_id=2 bits_offset=0", "'dport' type_id=4 bits_offset=32",
                            "'b' type_id=8 bits_offset=8", "'g' type_id=18 bits_offset=272"}) {
    EXPECT_NE(fields.find(field), std::string::npos) << field << " in\n" << fields;
  }
  const std::string key = "01 00 00 00 00 50 00 00";
  const std::string value =
      "01 00 00 00 00 00 00 f0 3f 62 62 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
      "01 02 03 04 05 06 07 08 01 ff ff ff ff 02 00 00 00";
  out_of("bpftool map update pinned /sys/fs/bpf/declared key hex " + key + " value hex " + value);
  const Json entry = json_of("bpftool -j map dump pinned /sys/fs/bpf/declared").at(0).at("formatted");
  EXPECT_EQ(entry.at("key"), Json::parse(R"({"saddr":1,"dport":20480})"));
  EXPECT_EQ(
      entry.at("values").at(0).at("value"),
      Json::parse(
          R"({"a":1,"b":4607182418800017408,"c":"bb","d":[1,2,3,4,5,6],"e":[7,8],"f":true,"g":[-1,2]})"));
}

TEST_F(DeclaredTypesTest, TypedefsHaveTheNamesThatWereDeclared) {
  SKIP_UNLESS_EMPTY(missing_program({"bpftool"}));
  const auto map = create("{a:ipv4,b:ipv6,c:mac,d:be64}", "{e:comm,f:hex[3],g:be16}");
  ASSERT_NE(nullptr, map);
  MapInfo info;
  ASSERT_EQ(map->info(info), std::error_code());
  const std::string types = out_of("bpftool btf dump id " + std::to_string(info.btf_id));
  for (const char* name : {"ipv4", "ipv6", "mac", "be64", "comm", "hex", "be16"}) {
    EXPECT_NE(types.find("TYPEDEF '" + std::string(name) + "'"), std::string::npos) << name << " in\n"
                                                                                    << types;
  }
}

}  // namespace
}  // namespace percpumap::test
