#include "map/zeroing.h"

#include <cerrno>

#include "map_fixture.h"
#include "types/declare.h"

namespace percpumap::test {
namespace {

struct Value {
  uint64_t packets;
  uint32_t address;
  uint16_t errors;
  uint16_t port;
  bool operator==(const Value&) const = default;
};
constexpr const char* kValueType = "{packets:u64,address:ipv4,errors:u16,port:be16}";

class ZeroingTest : public MapTest {
 protected:
  static MapSpec spec() {
    MapSpec spec = small_spec();
    spec.value_size = sizeof(Value);
    return spec;
  }
  Zeroing zeroing(Map& map, const CpuList& cpus) {
    return {faulty(), map, cpus, declare_layout(kValueType, "value"), Racy::refused};
  }
  Zeroing zeroing(Map& map) { return zeroing(map, reachable_cpus()); }

  // `value` in the slots that are reached, `elsewhere` in the others.
  Buffer row_of(const Value& value, const Value& elsewhere) {
    Buffer row;
    for (const uint32_t cpu : backend().possible_cpus().ids()) {
      const Bytes bytes = bytes_of(reachable_cpus().contains(cpu) ? value : elsewhere);
      row.insert(row.end(), bytes.begin(), bytes.end());
    }
    return row;
  }
  Buffer row_of(const Value& value) { return row_of(value, value); }
  // A row of the reached slots alone.
  Buffer reached(const Value& value) {
    Buffer row;
    for (size_t slot = 0; slot < reachable_cpus().size(); ++slot)
      row.insert(row.end(), bytes_of(value).begin(), bytes_of(value).end());
    return row;
  }
  void put(Map& map, uint32_t number, const Value& value) { map.update(key(number), row_of(value), kAny); }
  Buffer get(Map& map, uint32_t number) {
    Buffer row(map.shape().row_size());
    EXPECT_TRUE(map.lookup(key(number), row)) << number;
    return row;
  }
  // The entries `numbers` as a scan gives them, all of the value `read`.
  Batch batch_of(std::initializer_list<uint32_t> numbers, const Value& read) {
    Batch batch;
    for (const uint32_t number : numbers) {
      const Buffer k = key(number);
      const Buffer r = row_of(read);
      batch.keys.insert(batch.keys.end(), k.begin(), k.end());
      batch.rows.insert(batch.rows.end(), r.begin(), r.end());
      ++batch.count;
    }
    return batch;
  }
  static Buffer row_in(const Batch& batch, const Shape& shape, size_t i) {
    const Bytes row = batch.row(shape, i);
    return {row.begin(), row.end()};
  }

  static constexpr Value kRead{1, 1, 1, 1};
  static constexpr Value kNow{1000, 0x0100000a, 7, 0x5000};
  static constexpr Value kNothing{};
};

TEST_P(ZeroingTest, TakesWhatIsThereNowAndLeavesZeroes) {
  Map map = make(spec());
  put(map, 1, kNow);
  put(map, 2, kNow);
  Zeroing zeroing = this->zeroing(map);
  Batch batch = batch_of({1, 2}, kRead);
  zeroing.take(batch);
  ASSERT_EQ(batch.count, 2U);
  for (const size_t i : {0U, 1U}) EXPECT_EQ(row_in(batch, zeroing.shape(), i), reached(kNow));
  for (const uint32_t number : {1U, 2U}) EXPECT_EQ(get(map, number), row_of(kNothing, kNow));
}

TEST_P(ZeroingTest, LeavesASlotThatWasReadAsZero) {
  Map map = make(spec());
  put(map, 1, kNow);
  Zeroing zeroing = this->zeroing(map);
  Batch batch = batch_of({1}, kNothing);
  zeroing.take(batch);
  EXPECT_EQ(row_in(batch, zeroing.shape(), 0), reached(kNothing));
  EXPECT_EQ(get(map, 1), row_of(kNow));
}

TEST_P(ZeroingTest, LeavesOutWhatHasVanished) {
  Map map = make(spec());
  put(map, 2, kNow);
  Zeroing zeroing = this->zeroing(map);
  Batch batch = batch_of({1, 2, 3}, kRead);
  zeroing.take(batch);
  ASSERT_EQ(batch.count, 1U);
  EXPECT_EQ(zeroing.vanished(), 2U);
  EXPECT_TRUE(std::ranges::equal(batch.key(zeroing.shape(), 0), key(2)));
  EXPECT_EQ(row_in(batch, zeroing.shape(), 0), reached(kNow));
}

TEST_P(ZeroingTest, LeavesOtherCpusAlone) {
  Map map = make(spec());
  put(map, 1, kNow);
  const uint32_t last = reachable_cpus().ids().back();
  Zeroing zeroing = this->zeroing(map, CpuList({last}));
  Batch batch = batch_of({1}, kRead);
  zeroing.take(batch);
  EXPECT_TRUE(std::ranges::equal(batch.row(zeroing.shape(), 0), bytes_of(kNow)));
  Buffer expected = row_of(kNow);
  const size_t slot = *backend().possible_cpus().slot_of(last);
  std::fill_n(expected.begin() + static_cast<long>(slot * sizeof(Value)), sizeof(Value), std::byte{0});
  EXPECT_EQ(get(map, 1), expected);
  EXPECT_FALSE(zeroing.put_back(batch, 0));
  EXPECT_EQ(get(map, 1), row_of(kNow));
}

TEST_P(ZeroingTest, AddsToNumbersWhatGoesBack) {
  Map map = make(spec());
  put(map, 1, kNow);
  Zeroing zeroing = this->zeroing(map);
  Batch batch = batch_of({1}, kRead);
  zeroing.take(batch);
  put(map, 1, {5, 0, 0xfffe, 0});
  EXPECT_FALSE(zeroing.put_back(batch, 0));
  EXPECT_EQ(get(map, 1), row_of({1005, kNow.address, 5, kNow.port}, {5, 0, 0xfffe, 0}))
      << "errors wrap, without a carry";
  EXPECT_EQ(row_in(batch, zeroing.shape(), 0), reached(kNothing)) << "nothing is left to be given back";
}

TEST_P(ZeroingTest, KeepsWhatIsNoNumberAndCameAnew) {
  Map map = make(spec());
  put(map, 1, kNow);
  put(map, 2, kNow);
  Zeroing zeroing = this->zeroing(map);
  Batch batch = batch_of({1, 2}, kRead);
  zeroing.take(batch);
  put(map, 1, {5, 0x0200000a, 0, 0});
  EXPECT_FALSE(zeroing.put_back(batch, 0));
  EXPECT_EQ(get(map, 1), row_of({1005, 0x0200000a, 7, 0}, {5, 0x0200000a, 0, 0}));
  EXPECT_EQ(get(map, 2), row_of(kNow));
}

TEST_P(ZeroingTest, OfBytesAddsWords) {
  Map map = make(spec());
  put(map, 1, kNow);
  Zeroing zeroing(faulty(), map, reachable_cpus(), Layout::bytes(sizeof(Value)), Racy::refused);
  Batch batch = batch_of({1}, kRead);
  zeroing.take(batch);
  put(map, 1, {5, 0, 0, 0});
  EXPECT_FALSE(zeroing.put_back(batch, 0));
  EXPECT_EQ(get(map, 1), row_of({1005, kNow.address, kNow.errors, kNow.port}, {5, 0, 0, 0}));
}

TEST_P(ZeroingTest, PutsBackOnlyFromTheFirstThatIsNotDelivered) {
  Map map = make(spec());
  put(map, 1, kNow);
  put(map, 2, kNow);
  Zeroing zeroing = this->zeroing(map);
  Batch batch = batch_of({1, 2}, kRead);
  zeroing.take(batch);
  EXPECT_FALSE(zeroing.put_back(batch, 1));
  EXPECT_EQ(get(map, 1), row_of(kNothing, kNow));
  EXPECT_EQ(get(map, 2), row_of(kNow));
}

TEST_P(ZeroingTest, KeepsWhatHasNoEntryToGoBackTo) {
  Map map = make(spec());
  put(map, 1, kNow);
  put(map, 2, kNow);
  Zeroing zeroing = this->zeroing(map);
  Batch batch = batch_of({1, 2}, kRead);
  zeroing.take(batch);
  map.erase(key(1));
  const auto refusal = zeroing.put_back(batch, 0);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->problem(), Problem::not_found);
  EXPECT_EQ(row_in(batch, zeroing.shape(), 0), reached(kNow));
  EXPECT_EQ(row_in(batch, zeroing.shape(), 1), reached(kNothing));
  EXPECT_EQ(get(map, 2), row_of(kNow));
}

// The first CPU's values are taken when the second one's program fails: the batch holds them and nothing
// else.
TEST_P(ZeroingTest, ThatFailsHalfWayHoldsWhatIsTaken) {
  if (reachable_cpus().size() < 2) GTEST_SKIP() << "needs two CPUs";
  Map map = make(spec());
  put(map, 1, kNow);
  put(map, 2, kNow);
  Zeroing zeroing = this->zeroing(map);
  Batch batch = batch_of({1, 2, 3}, kRead);
  faults().fail(Call::run_program, faults().calls(Call::run_program) + 2, EPERM);
  EXPECT_EQ(problem_of([&] { zeroing.take(batch); }), Problem::not_permitted);
  ASSERT_EQ(batch.count, 2U) << "3 is not there";
  Buffer expected(sizeof(Value) * reachable_cpus().size());
  std::ranges::copy(bytes_of(kNow), expected.begin());
  EXPECT_EQ(row_in(batch, zeroing.shape(), 0), expected);
  EXPECT_FALSE(zeroing.put_back(batch, 0));
  for (const uint32_t number : {1U, 2U}) EXPECT_EQ(get(map, number), row_of(kNow));
}

TEST_P(ZeroingTest, RefusesBeforeItChangesAnything) {
  Map map = make(spec());
  faults().fail(Call::run_program, faults().calls(Call::run_program) + 1, EPERM);
  EXPECT_EQ(problem_of([&] { zeroing(map); }), Problem::not_permitted);
  map.freeze();
  EXPECT_EQ(problem_of([&] { zeroing(map); }), Problem::frozen);
}

// Before 5.19 a program for an offline CPU's slot is EINVAL, also where the CPU is back when that comes.
TEST_P(ZeroingTest, LeavesACpuThatComesBackWhileItIsAskedFor) {
  Map map = make(spec());
  const uint64_t next = faults().calls(Call::run_program) + 1;
  faults().fail(Call::run_program, next, ENXIO);
  faults().fail(Call::run_program, next + 1, EINVAL);
  const CpuList first({backend().online_cpus().ids().front()});
  EXPECT_EQ(zeroing(map, first).unreachable(), first);
}

TEST_P(ZeroingTest, OfPaddedValuesTakesNoPadding) {
  MapSpec spec = small_spec();
  spec.value_size = 5;
  Map map = make(spec);
  Zeroing zeroing(faulty(), map, reachable_cpus(), Layout::bytes(5), Racy::refused);
  Batch batch;
  batch.keys = key(1);
  batch.rows = Buffer(map.shape().row_size(), std::byte{0xa5});
  batch.count = 1;
  map.update(key(1), batch.rows, kAny);
  zeroing.take(batch);
  Buffer expected(zeroing.shape().row_size());
  for (size_t i = 0; i < expected.size(); ++i) expected[i] = i % 8 < 5 ? std::byte{0xa5} : std::byte{0};
  EXPECT_EQ(row_in(batch, zeroing.shape(), 0), expected);
}

PERCPUMAP_FOR_EVERY_BACKEND(ZeroingTest);

}  // namespace
}  // namespace percpumap::test
