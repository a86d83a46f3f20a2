// bpftool is the judge of maps with BTF: of the types we give a map, and byte for byte of the formats that
// have its name, its oddities included.
#include <bpf/btf.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>

#include "backend/syscall_backend.h"
#include "kernel/kernel_fixture.h"
#include "support/skip.h"
#include "types/btf.h"

namespace percpumap::test {
namespace {

// A type and its bytes.
struct Made {
  int id;
  uint32_t size;
};

// BTF in the making. What cannot be made is a test failure.
class BtfMaker {
 public:
  BtfMaker() : btf_(btf__new_empty(), btf__free) { index_ = integer("unsigned int", 4, 0).id; }

  Made integer(const char* name, uint32_t size, int encoding) {
    return {good(btf__add_int(get(), name, size, encoding)), size};
  }
  Made floating() { return {good(btf__add_float(get(), "float", 4)), 4}; }
  Made pointer() { return {good(btf__add_ptr(get(), 0)), 8}; }
  Made array(Made element, uint32_t count) {
    return {good(btf__add_array(get(), index_, element.id, count)), element.size * count};
  }
  Made enumeration(uint32_t size) {
    const int id = good(btf__add_enum(get(), "E", size));
    for (const auto& [name, value] : {std::pair{"NONE", 0}, {"ONE", 1}, {"MINUS", -1}}) {
      good(btf__add_enum_value(get(), name, value));
    }
    return {id, size};
  }
  Made wide_enumeration() {
    const int id = good(btf__add_enum64(get(), "W", 8, true));
    good(btf__add_enum64_value(get(), "FAR", uint64_t{1} << 40));
    good(btf__add_enum64_value(get(), "MINUS", UINT64_MAX));
    return {id, 8};
  }
  Made as(int (*add)(btf*, int), Made type) { return {good(add(get(), type.id)), type.size}; }
  Made named(const char* name, Made type) {
    return {good(btf__add_typedef(get(), name, type.id)), type.size};
  }

  struct Member {
    const char* name;  // null: anonymous
    Made type;
    uint32_t bit;
    uint32_t bits = 0;
  };
  Made structure(uint32_t size, const std::vector<Member>& members, bool is_union = false) {
    const int id = good(is_union ? btf__add_union(get(), "U", size) : btf__add_struct(get(), "S", size));
    for (const Member& member : members) {
      good(btf__add_field(get(), member.name, member.type.id, member.bit, member.bits));
    }
    return {id, size};
  }

  std::vector<std::byte> blob() const {
    uint32_t size = 0;
    const auto* data = static_cast<const std::byte*>(btf__raw_data(get(), &size));
    return {data, data + size};
  }

 private:
  btf* get() const { return btf_.get(); }
  static int good(int result) {
    EXPECT_GE(result, 0);
    return result;
  }

  std::unique_ptr<btf, void (*)(btf*)> btf_;
  int index_ = 0;
};

struct Subject {
  const char* name;
  std::function<Made(BtfMaker&)> make;
};
void PrintTo(const Subject& subject, std::ostream* out) {
  *out << subject.name;
}

Made integers(BtfMaker& btf) {
  return btf.structure(56, {{"u8", btf.integer("u8", 1, 0), 0},
                            {"i8", btf.integer("i8", 1, BTF_INT_SIGNED), 8},
                            {"c", btf.integer("char", 1, BTF_INT_CHAR), 16},
                            {"b", btf.integer("_Bool", 1, BTF_INT_BOOL), 24},
                            {"i16", btf.integer("i16", 2, BTF_INT_SIGNED), 32},
                            {"i32", btf.integer("i32", 4, BTF_INT_SIGNED), 64},
                            {"u64", btf.integer("u64", 8, 0), 128},
                            {"i64", btf.integer("i64", 8, BTF_INT_SIGNED), 192},
                            {"p", btf.pointer(), 256},
                            {"u128", btf.integer("u128", 16, 0), 320}});
}

Made strings(BtfMaker& btf) {
  const Made c = btf.integer("char", 1, BTF_INT_SIGNED);
  return btf.structure(24, {{"text", btf.array(c, 4), 0},
                            {"constant", btf.array(btf.as(btf__add_const, c), 4), 32},
                            {"own", btf.array(btf.named("letter", c), 4), 64},
                            {"texts", btf.array(btf.array(c, 2), 4), 96},
                            {"chars", btf.array(btf.integer("x", 1, BTF_INT_CHAR), 4), 160}});
}

Made bit_fields(BtfMaker& btf) {
  const Made u32 = btf.integer("u32", 4, 0);
  const Made i32 = btf.integer("i32", 4, BTF_INT_SIGNED);
  const Made u64 = btf.integer("u64", 8, 0);
  return btf.structure(32, {{"a", u32, 0, 3},
                            {"b", i32, 3, 5},
                            {"c", u64, 8, 33},
                            {"e", btf.enumeration(4), 41, 2},
                            {"f", btf.integer("_Bool", 1, BTF_INT_BOOL), 43, 1},
                            {"g", u64, 44, 60},
                            {"plain", u32, 128},
                            {"h", btf.integer("u64", 8, 0), 163, 64}});
}

Made widest_bit_field(BtfMaker& btf) {
  return btf.structure(16, {{"a", btf.integer("u8", 1, 0), 0, 2}, {"k", btf.integer("u128", 16, 0), 2, 126}});
}

Made nested(BtfMaker& btf) {
  const Made u16 = btf.integer("u16", 2, 0);
  const Made u32 = btf.integer("u32", 4, 0);
  const Made either =
      btf.structure(4, {{"i", u32, 0}, {"c", btf.array(btf.integer("char", 1, 1), 4), 0}}, true);
  const Made pair = btf.structure(4, {{"x", u16, 0}, {"y", u16, 16}});
  return btf.structure(36, {{nullptr, either, 0},
                            {"pairs", btf.array(pair, 3), 32},
                            {nullptr, pair, 128},
                            {"grid", btf.array(btf.array(u16, 2), 3), 160},
                            {"none", btf.array(u16, 0), 256},
                            {"empty", btf.structure(0, {}), 256},
                            {"last", btf.named("typed", btf.as(btf__add_volatile, u32)), 256}});
}

Made enumerations(BtfMaker& btf) {
  return btf.structure(23, {{"e1", btf.enumeration(1), 0},
                            {"e2", btf.enumeration(2), 8},
                            {"e4", btf.enumeration(4), 24},
                            {"e8", btf.enumeration(8), 56},
                            {"w", btf.wide_enumeration(), 120}});
}

Made unknown_in_the_middle(BtfMaker& btf) {
  const Made u32 = btf.integer("u32", 4, 0);
  return btf.structure(
      12, {{"a", u32, 0}, {"f", btf.structure(4, {{"f", btf.floating(), 0}}), 32}, {"b", u32, 64}});
}

class BpftoolBtfTest : public KernelTest, public testing::WithParamInterface<Subject> {
 protected:
  void SetUp() override {
    SKIP_UNLESS_EMPTY(missing_program({"bpftool"}));
    KernelTest::SetUp();
  }

  static constexpr size_t kEntries = 12;

  // A map at $PINS/t with these types and entries.
  void make_map(const BtfMaker& btf, Made key, Made value);
  std::vector<std::byte> any_bytes(size_t size);

  void expect_same_text(const std::string& options, const std::string& command) const {
    EXPECT_EQ(out_of("percpumap -o bpftool" + std::string(options.empty() ? "" : "-json") + " " + command),
              out_of("bpftool " + options + " map " + command));
  }

  std::mt19937 random_{20};
};

// Among them many that mean something in strings, booleans and enumerations.
std::vector<std::byte> BpftoolBtfTest::any_bytes(size_t size) {
  constexpr std::string_view kSpecial("\0\0\0\1\2\xff\xff\"\\'\n\x1b Aa~\x7f", 17);
  const bool plain = random_() % 3 == 0;
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) {
    byte = plain ? std::byte(random_() % 256) : std::byte(kSpecial[random_() % kSpecial.size()]);
  }
  return bytes;
}

void BpftoolBtfTest::make_map(const BtfMaker& btf, Made key, Made value) {
  const auto backend = make_syscall_backend();
  MapSpec spec;
  spec.key_size = key.size;
  spec.value_size = value.size;
  spec.max_entries = kEntries;
  spec.btf = btf.blob();
  spec.btf_key_type_id = static_cast<uint32_t>(key.id);
  spec.btf_value_type_id = static_cast<uint32_t>(value.id);
  std::unique_ptr<RawMap> map;
  ASSERT_EQ(backend->create(spec, map).value(), 0);
  for (size_t i = 0; i < kEntries; ++i) {
    std::vector<std::byte> row;
    for (size_t slot = 0; slot < backend->possible_cpus().size(); ++slot) {
      const auto bytes = any_bytes(value.size);
      row.insert(row.end(), bytes.begin(), bytes.end());
      row.resize((slot + 1) * round_up8(value.size));
    }
    ASSERT_EQ(map->update(any_bytes(key.size), row, kAny).value(), 0);
  }
  out_of("printf %s $PINS/t > pin");  // read back from the file, where it stands as it is
  ASSERT_EQ(map->pin(read("pin")).value(), 0);
}

TEST_P(BpftoolBtfTest, DumpsOfValuesAreItsOwnByteForByte) {
  BtfMaker btf;
  const Made key = btf.integer("u32", 4, 0);
  make_map(btf, key, GetParam().make(btf));
  expect_same_text("", "dump pinned $PINS/t");
  expect_same_text("-j", "dump pinned $PINS/t");
}

TEST_P(BpftoolBtfTest, DumpsOfKeysAreItsOwnByteForByte) {
  BtfMaker btf;
  const Made key = GetParam().make(btf);
  make_map(btf, key, btf.integer("u64", 8, BTF_INT_SIGNED));
  expect_same_text("", "dump pinned $PINS/t");
  expect_same_text("-j", "dump pinned $PINS/t");
}

TEST_P(BpftoolBtfTest, LookupsAreItsOwnByteForByte) {
  BtfMaker btf;
  const Made key = btf.integer("u32", 4, 0);
  make_map(btf, key, GetParam().make(btf));
  const Json first = json_of("percpumap -j getnext pinned $PINS/t");
  std::string words = "lookup pinned $PINS/t key hex";
  for (int i = 0; i < 4; ++i) {
    words += " " + out_of("printf %02x $((" + first.at("next_key").dump() + " >> " + std::to_string(8 * i) +
                          " & 255))");
  }
  expect_same_text("", words);
  expect_same_text("-j", words);
}

INSTANTIATE_TEST_SUITE_P(Types, BpftoolBtfTest,
                         testing::Values(Subject{"integers", integers}, Subject{"strings", strings},
                                         Subject{"bit_fields", bit_fields},
                                         Subject{"widest_bit_field", widest_bit_field},
                                         Subject{"nested", nested}, Subject{"enumerations", enumerations},
                                         Subject{"unknown", unknown_in_the_middle}),
                         [](const auto& row) { return row.param.name; });

class BpftoolOnDeclaredTypesTest : public KernelTest {
 protected:
  void SetUp() override {
    SKIP_UNLESS_EMPTY(missing_program({"bpftool"}));
    KernelTest::SetUp();
  }
};

TEST_F(BpftoolOnDeclaredTypesTest, ItShowsTheFieldsOfOurMap) {
  out_of(
      "percpumap create $PINS/t key '{pid:u32,comm:char[8]}' value '{packets:u64,delta:i32,ok:bool}' entries "
      "4");
  out_of(
      "percpumap update $PINS/t key '{\"pid\":7,\"comm\":\"init\"}' "
      "value '{\"packets\":5,\"delta\":-3,\"ok\":true}'");
  const Json judge = json_of("bpftool -j map dump pinned $PINS/t").at(0).at("formatted");
  const Json ours = json_of("percpumap -j dump $PINS/t").at(0);
  EXPECT_EQ(ours.at("key"), judge.at("key"));
  EXPECT_EQ(ours.at("values"), judge.at("values"));
}

TEST_F(BpftoolOnDeclaredTypesTest, AnEmptyMapIsAnEmptyArray) {
  out_of("percpumap create $PINS/t key u32 value u64 entries 4");
  EXPECT_EQ(out_of("percpumap -o bpftool dump $PINS/t"), out_of("bpftool map dump pinned $PINS/t"));
  EXPECT_EQ(out_of("percpumap -o bpftool-json dump $PINS/t"), out_of("bpftool -j map dump pinned $PINS/t"));
}

}  // namespace
}  // namespace percpumap::test
