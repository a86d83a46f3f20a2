// Adding to counters, on every backend.
#include "map/counter.h"

#include "map/map_fixture.h"
#include "types/declare.h"

namespace percpumap::test {
namespace {

class Adding : public MapTest {
 protected:
  Map make_of(const char* value_type) {
    value_ = declare_layout(value_type, "value");
    MapSpec spec = small_spec();
    spec.value_size = static_cast<uint32_t>(value_.size());
    return make(spec);
  }
  Delta delta(const char* literal) {
    const std::string word = literal;
    return parse_delta({&word, 1}, value_, WideNumbers::numbers);
  }
  void add(Map& map, uint32_t number, const char* literal, const CpuList& cpus) {
    CpuPrograms programs(faulty(), map, "add", Racy::refused);
    add_to_entry(programs, key(number), delta(literal), cpus);
  }
  CpuList first() { return CpuList({faulty().possible_cpus().ids().front()}); }
  // The value of the first CPU.
  Buffer found(Map& map, uint32_t number) {
    Buffer bytes(map.shape().row_size());
    EXPECT_TRUE(map.lookup(key(number), bytes));
    bytes.resize(map.shape().value_size);
    return bytes;
  }
  template <typename... Numbers>
  static Buffer buffer(Numbers... numbers) {
    Buffer all;
    (all.insert(all.end(), bytes_of(numbers).begin(), bytes_of(numbers).end()), ...);
    return all;
  }

 private:
  Layout value_ = Layout::bytes(1);
};

PERCPUMAP_FOR_EVERY_BACKEND(Adding);

TEST_P(Adding, CountsUpDownAndRound) {
  Map map = make_of("u64");
  add(map, 1, "5", first());
  add(map, 1, "7", first());
  EXPECT_EQ(buffer(uint64_t{12}), found(map, 1));
  add(map, 1, "-13", first());
  EXPECT_EQ(buffer(UINT64_MAX), found(map, 1));
  add(map, 1, "1", first());
  EXPECT_EQ(buffer(uint64_t{0}), found(map, 1));
}

TEST_P(Adding, MakesAKeyThatIsNotThere) {
  Map map = make_of("u64");
  map.update(key(2), row(map, UINT64_MAX), kAny);
  map.erase(key(2));
  add(map, 1, "5", first());
  Buffer expected = row(map, 0);
  expected[0] = std::byte{5};
  Buffer all(map.shape().row_size());
  EXPECT_TRUE(map.lookup(key(1), all));
  EXPECT_EQ(expected, all);
}

TEST_P(Adding, EveryCpuGetsTheDelta) {
  Map map = make_of("u64");
  if (!reaches_all_cpus()) {
    EXPECT_EQ(Problem::unsupported, problem_of([&] { add(map, 1, "3", faulty().possible_cpus()); }));
    return;
  }
  for (const uint64_t sum : {3U, 6U}) {
    add(map, 1, "3", faulty().possible_cpus());
    Buffer all(map.shape().row_size());
    EXPECT_TRUE(map.lookup(key(1), all));
    EXPECT_EQ(row(map, sum), all);
  }
}

TEST_P(Adding, FieldByField) {
  Map map = make_of("{packets:u64,errors:u32,level:i16,kind:u8,flag:u8}");
  add(map, 1, R"({"packets":5,"errors":6,"level":-7,"kind":8,"flag":9})", first());
  add(map, 1, R"({"errors":-1,"level":-1,"kind":-1})", first());
  EXPECT_EQ(buffer(uint64_t{5}, uint32_t{5}, int16_t{-8}, uint8_t{7}, uint8_t{9}), found(map, 1));
}

TEST_P(Adding, PackedNumbersToo) {
  Map map = make_of("packed{kind:u8,bytes:u64,port:u16}");
  for (int i = 0; i < 2; ++i) add(map, 1, R"({"kind":255,"bytes":255,"port":255})", first());
  const Buffer value = found(map, 1);
  ASSERT_EQ(11U, value.size());
  EXPECT_EQ(Buffer({std::byte{254}, std::byte{254}, std::byte{1}}), Buffer(value.begin(), value.begin() + 3));
}

TEST_P(Adding, OnlyNumbersCanBeAddedTo) {
  make_of("{packets:u64,name:char[4],port:be16,load:f32}");
  for (const char* literal : {R"({"name":"eth0"})", R"({"port":1})", R"({"load":1})", R"({"packet":1})"}) {
    EXPECT_EQ(Problem::bad_data, problem_of([&] { delta(literal); })) << literal;
  }
  EXPECT_EQ(1U, delta(R"({"packets":5,"name":"","port":0,"load":0})").numbers.size());
}

TEST_P(Adding, AFrozenMapIsLeftAlone) {
  Map map = make_of("u64");
  add(map, 1, "5", first());
  map.freeze();
  EXPECT_EQ(Problem::frozen, problem_of([&] { add(map, 1, "5", first()); }));
  EXPECT_EQ(buffer(uint64_t{5}), found(map, 1));
}

TEST_P(Adding, AFullMapHasNoRoomForAnotherKey) {
  Map map = make_of("u64");
  fill(map, 16);
  EXPECT_EQ(Problem::full, problem_of([&] { add(map, 99, "5", first()); }));
  add(map, 1, "5", first());
  EXPECT_EQ(buffer(uint64_t{6}), found(map, 1));
}

// Somebody inserts the key between the look and the insertion.
TEST_P(Adding, AKeyThatComesMeanwhileIsAddedTo) {
  Map map = make_of("u64");
  faults().before(Call::update, 2, [&] { map.update(key(1), row(map, 100), kNoExist); });
  add(map, 1, "5", first());
  EXPECT_EQ(buffer(uint64_t{105}), found(map, 1));
}

TEST(AddedNumbers, AUnionsBytesAreAddedToOnce) {
  Layout value = declare_layout("u64", "value");
  const uint64_t five = 5;
  EXPECT_EQ((std::vector<AddedNumber>{{0, 8}}), added_numbers(value, bytes_of(five)));
  LayoutBuilder builder;
  builder.begin({.kind = Kind::one_of, .size = 8});
  builder.add({.kind = Kind::integer, .size = 4, .name = "low"});
  builder.add({.kind = Kind::integer, .size = 8, .name = "whole"});
  builder.end();
  EXPECT_EQ((std::vector<AddedNumber>{{0, 8}}), added_numbers(builder.finish(), bytes_of(five)));
}

}  // namespace
}  // namespace percpumap::test
