// Thousands of random operations against a std::map: what an entry holds, what every answer is.
#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <random>

#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

constexpr uint32_t kCapacity = 48;
constexpr uint32_t kKeys = 64;  // more than fit
constexpr int kSteps = 5000;

using Row = std::vector<uint64_t>;

class ModelContract : public BackendTest {
 protected:
  void play(uint32_t flags, uint32_t seed);
  void step();
  void check_walk();

  uint32_t draw(uint32_t below) { return static_cast<uint32_t>(random_() % below); }
  Row draw_row() {
    Row row(cpus());
    for (uint64_t& slot : row) slot = random_();
    return row;
  }
  // What the kernel answers to an update.
  int expected_update(uint32_t key, uint64_t flag) const {
    const bool there = model_.contains(key);
    if (there) return flag == kNoExist ? EEXIST : 0;
    if (flag == kExist) return ENOENT;
    return model_.size() < kCapacity ? 0 : E2BIG;
  }
  // Where no memory is preallocated the kernel can run out of it in passing.
  int update(uint32_t key, const Row& row, uint64_t flag) {
    int answer = ENOMEM;
    for (int tries = 0; answer == ENOMEM && tries < 1000; ++tries) {
      answer = code(map_->update(bytes_of(key), std::as_bytes(std::span(row)), flag));
    }
    return answer;
  }

  void do_update(uint32_t key);
  void do_lookup(uint32_t key);
  void do_take(uint32_t key);
  void do_erase(uint32_t key);
  void do_take_batch();

  std::mt19937_64 random_;
  std::unique_ptr<RawMap> map_;
  std::map<uint32_t, Row> model_;
};

void ModelContract::do_update(uint32_t key) {
  const uint64_t flag = draw(3);
  const Row row = draw_row();
  const int expected = expected_update(key, flag);
  ASSERT_EQ(expected, update(key, row, flag)) << "key " << key << ", flag " << flag;
  if (expected == 0) model_[key] = row;
}

void ModelContract::do_lookup(uint32_t key) {
  Row row(cpus());
  const int answer = code(map_->lookup(bytes_of(key), std::as_writable_bytes(std::span(row)), 0));
  ASSERT_EQ(model_.contains(key) ? 0 : ENOENT, answer) << "key " << key;
  if (answer == 0) {
    ASSERT_EQ(model_[key], row) << "key " << key;
  }
}

void ModelContract::do_take(uint32_t key) {
  Row row(cpus());
  const int answer = code(map_->take(bytes_of(key), std::as_writable_bytes(std::span(row)), 0));
  ASSERT_EQ(take_answer(model_.contains(key) ? 0 : ENOENT), answer) << "key " << key;
  if (answer == 0) {
    ASSERT_EQ(model_[key], row) << "key " << key;
  }
  if (has_take()) model_.erase(key);
}

void ModelContract::do_erase(uint32_t key) {
  ASSERT_EQ(model_.erase(key) == 1 ? 0 : ENOENT, code(map_->erase(bytes_of(key), 0))) << "key " << key;
}

void ModelContract::do_take_batch() {
  std::array<uint32_t, kCapacity> keys{};
  Row rows(kCapacity * cpus());
  uint32_t token = 0;
  BatchCall call;
  call.out = &token;
  call.keys = reinterpret_cast<std::byte*>(keys.data());
  call.rows = reinterpret_cast<std::byte*>(rows.data());
  call.count = 8 + draw(kCapacity - 8);
  const int answer = code(map_->batch(BatchCommand::take, call));
  ASSERT_TRUE(answer == 0 || answer == ENOENT) << answer;
  for (size_t i = 0; i < call.count; ++i) {
    const auto row = rows.begin() + static_cast<ptrdiff_t>(i * cpus());
    ASSERT_EQ(1U, model_.count(keys[i])) << "key " << keys[i];
    ASSERT_EQ(model_[keys[i]], Row(row, row + static_cast<ptrdiff_t>(cpus()))) << "key " << keys[i];
    model_.erase(keys[i]);
  }
}

void ModelContract::check_walk() {
  auto keys = SmallMap(*map_, cpus()).keys();
  std::sort(keys.begin(), keys.end());
  std::vector<uint32_t> expected;
  for (const auto& [key, row] : model_) expected.push_back(key);
  ASSERT_EQ(expected, keys);
}

void ModelContract::step() {
  const uint32_t key = draw(kKeys);
  const uint32_t dice = draw(1000);
  if (dice < 600) return do_update(key);
  if (dice < 800) return do_lookup(key);
  if (dice < 880) return do_erase(key);
  if (dice < 960) return do_take(key);
  if (dice < 990) return check_walk();
  do_take_batch();
}

void ModelContract::play(uint32_t flags, uint32_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_.seed(seed);
  MapSpec spec = small_spec();
  spec.max_entries = kCapacity;
  spec.flags = flags;
  map_ = create(spec);
  for (int i = 0; i < kSteps; ++i) {
    step();
    ASSERT_FALSE(HasFatalFailure()) << "step " << i;
  }
  check_walk();
  map_.reset();
}

TEST_P(ModelContract, a_preallocated_map_behaves_like_the_model) {
  play(0, 20240601);
}

TEST_P(ModelContract, a_map_without_preallocation_behaves_like_the_model) {
  play(kNoPrealloc, 20240602);
}

PERCPUMAP_FOR_EVERY_BACKEND(ModelContract);

}  // namespace
}  // namespace percpumap::test
